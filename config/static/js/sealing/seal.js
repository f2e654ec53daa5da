// Sealing a bid: files → ZIP → age → parts, as a stream. A part is given away as soon as it is made; the whole is never in memory.
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { base64, hex, join, sha256 } from "./bytes.js";
import { Cutter, PART, partsOf, streamOf } from "./parts.js";
import { leafHash, rootOf } from "./tree.js";
import { zipOf } from "./zip.js";

const AHEAD = 3; // parts that are hashed and stored while the next is made

export { generateX25519Identity as newIdentity, identityToRecipient as recipientOf };

/** Seal `bid` and `files` to a recipient. At most a few parts wait for `onPart({n, size, sha256, bytes})` at a time.
 *
 * Returns {size, part, root, plain, parts}: bytes of the ciphertext, the root over its parts (base64), the digest of the plaintext
 * (`plainDigest`), and for each part its size and SHA-256 (hex). */
export async function sealed({ bid, files, recipient, onPart, onProgress = () => {} }) {
  const zip = zipOf(bid, files);
  const [kept, watched] = watching((seen) => onProgress(seen, zip.size));
  const age = new Encrypter();
  age.addRecipient(recipient);
  const stream = await age.encrypt(zip.stream.pipeThrough(watched));
  const total = stream.size(zip.size);
  const found = { size: 0, leaves: [], parts: [] };
  const under = [];
  for await (const bytes of partsOf(stream)) {
    if (under.length === AHEAD) await under.shift();
    under.push(given(bytes, found, onPart));
  }
  await Promise.all(under);
  if (found.size !== total) throw new Error("the ciphertext is not as long as foretold");
  const root = base64(rootOf(found.leaves));
  return { size: total, part: PART, root, plain: await digestOf(kept), parts: found.parts };
}

/** Take down a part's hashes, which are made off this thread, and give it away. */
async function given(bytes, found, onPart) {
  const n = found.parts.length;
  const facts = { n, size: bytes.length, sha256: "" };
  found.parts.push(facts);
  found.size += bytes.length;
  const [leaf, plain] = await Promise.all([leafHash(bytes), sha256(bytes)]);
  found.leaves[n] = leaf;
  facts.sha256 = hex(plain);
  await onPart({ ...facts, bytes });
}

/** Digest a stream in windows of 1 MiB while it passes: [promises of digests, the transform]. */
function watching(onProgress) {
  const digests = [];
  const cutter = new Cutter();
  let seen = 0;
  const transform = async (chunk, controller) => {
    const full = cutter.take(chunk);
    seen += chunk.length;
    controller.enqueue(chunk);
    if (!full.length) return;
    onProgress(seen);
    await digests.at(-1); // so that no more than a window waits
    digests.push(...full.map(sha256));
  };
  const flush = () => {
    const last = cutter.rest();
    if (last) digests.push(sha256(last));
    onProgress(seen);
  };
  return [digests, new TransformStream({ transform, flush })];
}

/** The digest of a plaintext: SHA-256 over the SHA-256 of each MiB (WebCrypto digests no stream). */
const digestOf = async (digests) => hex(await sha256(join(...(await Promise.all(digests)))));

/** Decrypt parts (`read(n)` gives part n) with an identity and return the digest of the plaintext; throws if they do not open. */
export async function plainDigest({ read, count, identity, onProgress = () => {} }) {
  const age = new Decrypter();
  age.addIdentity(identity);
  const [kept, watched] = watching(onProgress);
  const plain = (await age.decrypt(streamOf(read, count))).pipeThrough(watched);
  await plain.pipeTo(new WritableStream());
  return digestOf(kept);
}
