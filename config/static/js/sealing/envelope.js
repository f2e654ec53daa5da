// The signed envelope of a bid (`ptseal/1`): canonical JSON, signed by a key that was made in this browser.
import { base64, canonical, join, unbase64, utf8 } from "./bytes.js";

const DOMAIN = utf8("ptseal/1 bid envelope\n");
const V = "ptseal/1";
const SUITES = {
  ed25519: { make: { name: "Ed25519" }, use: { name: "Ed25519" } },
  "ecdsa-p256": { make: { name: "ECDSA", namedCurve: "P-256" }, use: { name: "ECDSA", hash: "SHA-256" } },
};

/** Return a new signing key {alg, privateKey, pub}: Ed25519, or ECDSA P-256 where the browser has no Ed25519. */
export async function signingKey(names = Object.keys(SUITES)) {
  for (const alg of names) {
    try {
      const pair = await crypto.subtle.generateKey(SUITES[alg].make, false, ["sign", "verify"]);
      const pub = base64(new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)));
      return { alg, privateKey: pair.privateKey, pub };
    } catch {
      // this browser does not know the algorithm
    }
  }
  throw new Error("this browser cannot sign");
}

/** Return the body of a bid's envelope; `lot` is what the server tells about it, the rest what the sealing gave. */
export function bodyOf({ lot, bid, bidder, seq, supersedes, recipient, size, part, root, access, created }) {
  return {
    v: V,
    tender: lot.tender,
    lot: lot.lot,
    bid,
    bidder,
    seq,
    ...(supersedes ? { supersedes } : {}),
    mode: lot.mode,
    recipient,
    ciphertext: { format: "age-encryption.org/v1", size, part, root },
    access,
    created,
  };
}

/** Return the body of a withdrawal of the current bid. */
export function withdrawalOf({ lot, bidder, current, created }) {
  const { bid, seq, leaf_hash: supersedes } = current;
  return { v: V, kind: "withdraw", tender: lot.tender, lot: lot.lot, bid, bidder, seq: seq + 1, supersedes, created };
}

/** Return the envelope file: the text that is sent, byte for byte. */
export async function signed(body, { alg, privateKey, pub }) {
  const message = join(DOMAIN, utf8(canonical(body)));
  const sig = base64(new Uint8Array(await crypto.subtle.sign(SUITES[alg].use, privateKey, message)));
  return canonical({ body, pub, sig, ...(alg === "ed25519" ? {} : { alg }) });
}

/** Return the body of an envelope file whose form and signature are right; throws otherwise. */
export async function opened(text) {
  const file = JSON.parse(text);
  const { body, pub, sig, alg = "ed25519" } = file;
  if (canonical(file) !== text || !Object.hasOwn(SUITES, alg)) throw new Error("not an envelope");
  const key = await crypto.subtle.importKey("raw", unbase64(pub), SUITES[alg].make, false, ["verify"]);
  const right = await crypto.subtle.verify(SUITES[alg].use, key, unbase64(sig), join(DOMAIN, utf8(canonical(body))));
  if (!right) throw new Error("the envelope's signature is false");
  return body;
}

/** Return a moment as envelopes write it, from milliseconds. */
export const moment = (milliseconds) => new Date(milliseconds).toISOString();
