// The proof before submission: the rescue file as it was saved opens the very bid that was uploaded.
import { identityToRecipient } from "age-encryption";
import { base32 } from "./bytes.js";
import { readRescue } from "./rescue.js";
import { plainDigest } from "./seal.js";

/** Prove that the saved text opens the very bid that was uploaded. Returns "" or the code of what is wrong.
 *
 * `seal` is what was kept of the sealing; `read(n)` gives the parts kept in this browser. Nothing is fetched. */
export async function prove({ text, seal, read, onProgress }) {
  let file;
  try {
    file = readRescue(text);
  } catch {
    return "rescue_unreadable";
  }
  const right = (await identityToRecipient(file.identity).catch(() => "")) === seal.recipient;
  if (!right || file.envelope !== seal.envelope) return "rescue_foreign";
  if (seal.share && !(file.share && base32(file.share) === base32(seal.share))) return "rescue_share";
  const plain = await plainDigest({ read, count: seal.parts.length, identity: file.identity, onProgress }).catch(() => "");
  return plain === seal.plain ? "" : "rescue_fails";
}
