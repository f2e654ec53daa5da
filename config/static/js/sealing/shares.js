// The secret of a bid in shares: XOR over each set of custodians, every share committed to and wrapped for its holder.
import { bech32 } from "@scure/base";
import { Encrypter } from "age-encryption";
import { base64, join, randomBytes, sha256, utf8, xor } from "./bytes.js";

const SECRET = 32;
const IDENTITY = "age-secret-key-";
export const BIDDER = "bidder";

/** Return the 32 bytes of an age identity (AGE-SECRET-KEY-1…). */
export function secretOf(identity) {
  const { prefix, bytes } = bech32.decodeToBytes(identity);
  if (prefix.toLowerCase() !== IDENTITY || bytes.length !== SECRET) throw new Error("not an age identity");
  return bytes;
}

/** Return the age identity of 32 bytes. */
export const identityOf = (secret) => bech32.encodeFromBytes(IDENTITY, secret).toUpperCase();

/** Return what a share is bound to: the bid it opens, its set and its holder. */
export function labelOf({ tender, bid, seq }, set, holder) {
  return utf8(`ptseal-share/v1\n${tender}\n${bid}\n${seq}\n${set}\n${holder}\n`);
}

/** Return {holder: share} for one set; the bidder's share is given, the last custodian's is the XOR of all the rest. */
function split(secret, holders, own) {
  const custodians = holders.filter((holder) => holder !== BIDDER);
  const shares = Object.fromEntries(custodians.map((holder) => [holder, randomBytes(SECRET)]));
  if (holders.includes(BIDDER)) shares[BIDDER] = own;
  const last = custodians.at(-1);
  delete shares[last];
  shares[last] = xor(secret, ...Object.values(shares));
  return shares;
}

/** Return {access, own}: the envelope's access lists, and the bidder's own share (null where no set has the bidder). */
export async function shareOut({ secret, body, sets, recipients }) {
  const own = sets.some((holders) => holders.includes(BIDDER)) ? randomBytes(SECRET) : null;
  const access = [];
  for (const [set, holders] of sets.entries()) {
    const shares = split(secret, holders, own);
    access.push(await Promise.all(holders.map((holder) => handed(labelOf(body, set, holder), holder, shares[holder], recipients))));
  }
  return { access, own };
}

async function handed(label, holder, share, recipients) {
  const content = join(label, share);
  const commit = base64(await sha256(content));
  if (holder === BIDDER) return { holder, commit };
  return { holder, commit, wrap: base64(await wrapped(content, recipients[holder])) };
}

async function wrapped(content, recipient) {
  const age = new Encrypter();
  age.addRecipient(recipient);
  return age.encrypt(content);
}
