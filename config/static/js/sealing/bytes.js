// Bytes of a sealed bid: base64, base32, XOR, comparison. Hex and UTF-8 are those of the draw's wire format.
import { base32nopad } from "@scure/base";

export { canonical, hex, join, unhex, utf8 } from "../draw-verify/wire.js";

/** Return the base64 of bytes. */
export function base64(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

/** Return the bytes of base64; a text that another text also stands for is refused. */
export function unbase64(text) {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  if (base64(bytes) !== text) throw new Error("not canonical base64");
  return bytes;
}

/** Return the 52 characters of 32 bytes (RFC 4648 base32 without padding). */
export const base32 = (bytes) => base32nopad.encode(bytes);

/** Return the 32 bytes of 52 characters as a person types them: any case, spaces and hyphens between; null if they are none. */
export function unbase32(text) {
  const typed = text.normalize("NFKC").toUpperCase().replace(/[\s-]/g, "");
  if (!/^[A-Z2-7]{52}$/.test(typed)) return null;
  try {
    return base32nopad.decode(typed);
  } catch {
    return null; // the four spare bits of the last character are not zero: mistyped
  }
}

/** Return the XOR of texts of bytes, all as long as the first. */
export function xor(first, ...others) {
  const sum = Uint8Array.from(first);
  for (const other of others) {
    if (other.length !== sum.length) throw new Error("shares of different lengths");
    other.forEach((byte, i) => (sum[i] ^= byte));
  }
  return sum;
}

export const randomBytes = (length) => crypto.getRandomValues(new Uint8Array(length));

/** Return the SHA-256 of bytes (WebCrypto: about 700 MB/s, off this thread). */
export async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}
