// A custodian's key and shares. The key is made here and stays here; the platform gets its recipient and, after the deadline, shares.
import { Decrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { base64, sha256, unbase64, utf8 } from "./bytes.js";
import { readRescue } from "./rescue.js";

const SHARE = 32;
const BATCH = 100;

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

/** Open one wrap: {bid, set, share} or {bid, set, code}, where the code is `unreadable`, `foreign` or `uncommitted`. */
async function share({ bid, set, commit, wrap }, { tender, holder }, identity) {
  const content = await inside(wrap, identity).catch(() => null);
  if (!content) return { bid, set, code: "unreadable" };
  const label = content.slice(0, -SHARE);
  const [, seq] = /^ptseal-share\/v1\n.*\n.*\n([1-9][0-9]*)\n/.exec(new TextDecoder().decode(label)) ?? [];
  const right = utf8(`ptseal-share/v1\n${tender}\n${bid}\n${seq}\n${set}\n${holder}\n`);
  if (content.length < SHARE || base64(label) !== base64(right)) return { bid, set, code: "foreign" };
  if (base64(await sha256(content)) !== commit) return { bid, set, code: "uncommitted" };
  return { bid, set, share: base64(content.slice(-SHARE)) };
}

/** Open all wraps in turn; `onProgress(done, all)`. Returns {shares, faults}. */
export async function openAll(wraps, place, { identity }, onProgress = () => {}) {
  const [shares, faults] = [[], []];
  for (const [i, wrap] of wraps.entries()) {
    const found = await share(wrap, place, identity);
    (found.code ? faults : shares).push(found);
    onProgress(i + 1, wraps.length);
  }
  return { shares, faults };
}

/** Return lists of at most 100. */
export function batches(list, size = BATCH) {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size));
}
