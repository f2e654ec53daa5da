// The bytes of ggzy-draw/1 in the browser: tags, lengths, key derivation, canonical JSON, Merkle roots.
import { digest, keyed, mac } from "./hashes.js";

const encoder = new TextEncoder();
export const utf8 = (text) => encoder.encode(text);
export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Return the bytes of lower-case hexadecimal. */
export function unhex(text) {
  if (typeof text !== "string" || !/^([0-9a-f]{2})*$/.test(text)) throw new Error("not lower-case hexadecimal");
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

export function join(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function u32(number) {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, number);
  return bytes;
}

export const sized = (value) => join(u32(value.length), value);
export const tag = (name) => utf8(`ggzy-draw/1/${name}\0`);
export const taggedHash = (suite, name, ...parts) => digest(suite, join(tag(name), ...parts.map(sized)));

/** Return the 32 bytes of the seed (RFC 5869 with the commit hash as salt). */
export function seedOf(suite, commitHash, material) {
  const key = mac(keyed(suite, commitHash), material);
  return mac(keyed(suite, key), join(utf8("ggzy-draw/1/seed"), Uint8Array.of(1)));
}

/** Return the one text of a record: sorted ASCII keys, no spaces, whole numbers, texts in form NFC. */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const members = Object.keys(value).sort();
    if (!members.every((key) => /^[\x00-\x7f]*$/.test(key))) throw new Error("a key is not ASCII");
    return `{${members.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
  }
  if (typeof value === "string" && value.isWellFormed?.() !== false && value === value.normalize("NFC")) {
    return JSON.stringify(value);
  }
  if (typeof value === "boolean" || (Number.isSafeInteger(value) && !Object.is(value, -0))) return String(value);
  throw new Error("a value that no record may hold");
}

/** Return the value of a text that must be canonical. */
export function parseCanonical(text, what) {
  const value = JSON.parse(text);
  if (canonical(value) !== text) throw new Error(`${what} is not canonical JSON`);
  return value;
}

/** Return the RFC 6962 root over leaf contents. */
export function merkleRoot(suite, leaves) {
  let level = leaves.map((leaf) => digest(suite, join(Uint8Array.of(0), leaf)));
  if (!level.length) return digest(suite, new Uint8Array());
  while (level.length > 1) {
    const above = [];
    for (let i = 0; i + 1 < level.length; i += 2) above.push(digest(suite, join(Uint8Array.of(1), level[i], level[i + 1])));
    if (level.length % 2) above.push(level.at(-1));
    level = above;
  }
  return level[0];
}
