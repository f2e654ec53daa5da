// The rescue file of a bid: the key that opens it, kept by the bidder alone. `age -d -i` takes it as it is.
import { identityToRecipient } from "age-encryption";
import { base32, base64, unbase32, unbase64, utf8 } from "./bytes.js";
import { plainDigest } from "./seal.js";

export const FILE_NAME = "receipt.age-key.txt";
const LINES = { created: "# created: ", recipient: "# public key: ", share: "# ptseal share: ", envelope: "# ptseal envelope: " };
const IDENTITY = "AGE-SECRET-KEY-1";

/** Return the text of the rescue file; `share` are the bidder's 32 bytes (null in mode T), `envelope` the text that is sent. */
export function rescueText({ identity, recipient, share, envelope, created }) {
  const lines = [LINES.created + created, LINES.recipient + recipient, identity];
  if (share) lines.push(LINES.share + base32(share));
  lines.push(LINES.envelope + base64(utf8(envelope)));
  return `${lines.join("\n")}\n`;
}

/** Return {identity, recipient, share, envelope} of a rescue file; throws if there is not one identity in it. */
export function readRescue(text) {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const after = (mark) => lines.find((line) => line.startsWith(mark))?.slice(mark.length);
  const identities = lines.filter((line) => line.startsWith(IDENTITY));
  if (identities.length !== 1) throw new Error("not one identity");
  const share = after(LINES.share);
  const envelope = after(LINES.envelope);
  return {
    identity: identities[0],
    recipient: after(LINES.recipient) ?? "",
    share: share === undefined ? null : unbase32(share),
    envelope: envelope === undefined ? "" : new TextDecoder().decode(unbase64(envelope)),
  };
}

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
