// The RFC 6962 tree over the parts of a ciphertext, grown leaf by leaf.
import { digest } from "../draw-verify/hashes.js";
import { join, sha256 } from "./bytes.js";

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** Return the leaf hash of a part. */
export const leafHash = (part) => sha256(join(LEAF, part));

/** Return the root over leaf hashes; `hashes` are 32 bytes each, in order. */
export function rootOf(hashes) {
  if (!hashes.length) return digest("sha256", new Uint8Array());
  let level = hashes;
  while (level.length > 1) {
    const above = [];
    for (let i = 0; i + 1 < level.length; i += 2) above.push(digest("sha256", join(NODE, level[i], level[i + 1])));
    if (level.length % 2) above.push(level.at(-1));
    level = above;
  }
  return level[0];
}
