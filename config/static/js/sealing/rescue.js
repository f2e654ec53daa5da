// The rescue file of a bid: the key that opens it, kept by the bidder alone. `age -d -i` takes it as it is.
import { base32, base64, unbase32, unbase64, utf8 } from "./bytes.js";

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
