// A custodian's key and shares. The key is made here and stays here; the platform gets its recipient and, after the deadline, shares.
import { Decrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { base64, sha256, unbase64, utf8 } from "./bytes.js";
import { readRescue } from "./rescue.js";
import { labelOf } from "./shares.js";

const SHARE = 32;
const REHEARSAL = utf8("ptseal-rehearsal/v1\n");

/** What was given out as a test is none: it may be the share of a bid, which nobody may ask for before the deadline. */
export class NotATest extends Error {
  constructor() {
    super("this is not a test wrap");
    this.name = "NotATest";
  }
}

const startsWith = (content, label) => label.every((byte, i) => byte === content[i]);
const isLabelled = (content, label) => content.length === label.length + SHARE && startsWith(content, label);

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

/** Return the answer to a test wrap: the base64 of the 32 bytes under its label; throws NotATest, or if this key does not open it. */
export async function answerTo(wrap, { identity }) {
  const content = await inside(wrap, identity);
  if (!isLabelled(content, REHEARSAL)) throw new NotATest();
  return base64(content.slice(REHEARSAL.length));
}

/** Return the deadline that a custodian holds to: the first that its browser saw; a later one is followed, an earlier one is not. */
export const followed = (kept, told) => (kept && told.deadline <= kept.deadline ? kept : { ...told, ...kept, deadline: told.deadline });

/** Say whether shares may leave this browser by its own clock; a rehearsal's clock is the platform's, and its bids are no bids. */
export const isDue = (kept, now) => Boolean(kept) && (kept.rehearsal || now >= kept.deadline);

/** Open one wrap: {bid, set, share} or {bid, set, code}: `unreadable`, `foreign` (another label) or `commit`. */
async function share({ bid, seq, set, commit, wrap }, { tender, holder }, identity) {
  const content = await inside(wrap, identity).catch(() => null);
  if (!content) return { bid, set, code: "unreadable" };
  const label = labelOf({ tender, bid, seq }, set, holder);
  if (!isLabelled(content, label)) return { bid, set, code: "foreign" };
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
