// A receipt checked where it lies: signed by the pinned key, its sealed content what the entry commits to, the entry in the ledger.
import { ed25519, fold, leafHash, readNote, readProof, sealed, unbase64 } from "../draw-verify/ledger.js";
import { canonical, hex, join, sha256, unhex, utf8 } from "./bytes.js";

const PROMISE = utf8("ptlog receipt v1\n");
const SEALED = utf8("ptlog sealed v1\n");

/** Check a receipt's text, with the proof's text if there is one; `keys` are {receipt: base64, log: note key}.
 *
 * Returns steps {step, ok, detail}: `signed`, `content`, `proof`; ok is null for what is not there or this browser cannot check. */
export async function checkReceipt(text, proof, keys) {
  const given = JSON.parse(text);
  const steps = { signed: () => signed(given, keys), content: () => content(given), proof: () => proved(given, proof, keys) };
  const told = [];
  for (const [step, check] of Object.entries(steps)) {
    try {
      told.push({ step, ...(await check()) });
    } catch (error) {
      told.push({ step, ok: false, detail: error.message });
    }
  }
  return told;
}

async function signed({ key, receipt, sig }, keys) {
  if (key !== keys.receipt) return { ok: false, detail: "" };
  const ok = await ed25519(unbase64(key), join(PROMISE, utf8(canonical(receipt))), unbase64(sig));
  return { ok, detail: receipt.at };
}

/** What was sealed beside the promise: the leaf is the promised one, and commits to this content. */
async function content({ receipt, leaf, sealed: kept }) {
  if (!kept) return { ok: null, detail: "" };
  const promised = hex(leafHash(leaf)) === hex(unbase64(receipt.leaf_hash));
  const digest = hex(await sha256(join(SEALED, unhex(kept.salt), utf8(kept.inner))));
  return { ok: promised && JSON.parse(leaf).data.c === digest, detail: kept.inner };
}

async function proved({ receipt }, proof, keys) {
  if (!proof) return { ok: null, detail: "" };
  const { index, path, checkpoint } = readProof(proof);
  const note = readNote(checkpoint, { origin: receipt.log, witnesses: [], quorum: 0 });
  const [, root] = fold(path, index, note.size - 1, unbase64(receipt.leaf_hash));
  if (hex(root) !== hex(note.root)) return { ok: false, detail: String(index) };
  const log = await sealed(note, keys.log, "log");
  return { ok: log === null ? null : log === 1, detail: String(index) };
}
