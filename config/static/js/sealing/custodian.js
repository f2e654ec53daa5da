// A custodian's key and shares. The key is made here and stays here; the platform gets its recipient and, after the deadline, shares.
import { Decrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { base64, sha256, unbase64 } from "./bytes.js";
import { readRescue } from "./rescue.js";
import { labelOf } from "./shares.js";

const SHARE = 32;

/** Return a new key {identity, recipient, created}. */
export async function newKey(created) {
  const identity = await generateX25519Identity();
  return { identity, recipient: await identityToRecipient(identity), created };
}

/** Return the text of the back-up, which `age -d -i` takes as it is. */
export const backupText = ({ identity, recipient, created }) => `# created: ${created}\n# public key: ${recipient}\n${identity}\n`;

/** Return the key of a back-up; throws if it is none. */
export async function readBackup(text) {
  const { identity } = readRescue(text);
  return { identity, recipient: await identityToRecipient(identity), created: /^# created: (\S+)/m.exec(text)?.[1] ?? "" };
}

async function inside(wrap, identity) {
  const age = new Decrypter();
  age.addIdentity(identity);
  return age.decrypt(unbase64(wrap));
}

/** Return the answer to a test wrap: the base64 of the 32 bytes inside; throws if this key does not open it. */
export async function answerTo(wrap, { identity }) {
  const content = await inside(wrap, identity);
  if (content.length < SHARE) throw new Error("the test wrap is too short");
  return base64(content.slice(-SHARE));
}

/** Open one wrap: {bid, set, share} or {bid, set, code}: `unreadable`, `foreign` (another label) or `commit`. */
async function share({ bid, seq, set, commit, wrap }, { tender, holder }, identity) {
  const content = await inside(wrap, identity).catch(() => null);
  if (!content) return { bid, set, code: "unreadable" };
  const label = labelOf({ tender, bid, seq }, set, holder);
  const right = content.length === label.length + SHARE && label.every((byte, i) => byte === content[i]);
  if (!right) return { bid, set, code: "foreign" };
  if (base64(await sha256(content)) !== commit) return { bid, set, code: "commit" };
  return { bid, set, share: base64(content.slice(label.length)) };
}

/** Open all wraps in turn; `onProgress(done)` counts them. Returns {shares, bad}. */
export async function openAll(wraps, place, { identity }, onProgress = () => {}) {
  const [shares, bad] = [[], []];
  for (const [i, wrap] of wraps.entries()) {
    const found = await share(wrap, place, identity);
    (found.code ? bad : shares).push(found);
    onProgress(i + 1);
  }
  return { shares, bad };
}
