// A contribution to a draw: the secret is made here, in the contributor's browser, and stays here until the reveal.
import { hex, taggedHash, unhex, utf8 } from "./wire.js";

/** Return 32 fresh random bytes in hexadecimal. */
export function newSecret() {
  return hex(crypto.getRandomValues(new Uint8Array(32)));
}

/** Return the bytes of a secret: hexadecimal of 32 bytes, or at least 40 typed digits. */
export function secretBytes(secret, typed = false) {
  if (typed ? !/^[0-9]{40,}$/.test(secret) : !/^[0-9a-f]{64}$/.test(secret)) {
    throw new Error("a secret is 32 bytes in hexadecimal, or at least 40 typed digits");
  }
  return typed ? utf8(secret) : unhex(secret);
}

/** Return the commitment c, which the server may see at once. */
export function commitment({ suite, drawId, who, secret, typed = false }) {
  return hex(taggedHash(suite, "contrib", utf8(drawId), utf8(who), secretBytes(secret, typed)));
}
