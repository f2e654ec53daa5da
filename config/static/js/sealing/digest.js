// The SHA-256 of a document that may be larger than memory: WebCrypto for small ones, piece by piece for the others.
import { sha256 as streaming } from "@noble/hashes/sha2.js";
import { hex, sha256 } from "./bytes.js";

const AT_ONCE = 33_554_432; // 32 MiB: WebCrypto has no incremental hash, and is ten times as fast

/** Return the SHA-256 of a File in hexadecimal; `onProgress(bytes)` while it goes. */
export async function fileDigest(file, onProgress = () => {}) {
  if (file.size <= AT_ONCE) return hex(await sha256(await file.arrayBuffer()));
  const hash = streaming.create();
  const reader = file.stream().getReader();
  let seen = 0;
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return hex(hash.digest());
    hash.update(value);
    seen += value.length;
    onProgress(seen);
  }
}
