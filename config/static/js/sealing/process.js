// A bid on its way: sealing with the upload beside it, resuming after a reload, the proof. It runs in the worker.
import { base64, unbase64 } from "./bytes.js";
import { fileDigest } from "./digest.js";
import { bodyOf, moment, signed } from "./envelope.js";
import { keyOf } from "./keys.js";
import { prove } from "./proof.js";
import { rescueText } from "./rescue.js";
import { newIdentity, recipientOf, sealed } from "./seal.js";
import { secretOf, shareOut } from "./shares.js";
import { forgetSeal, keepSeal, read, readPart, writePart } from "./store.js";
import { Queue, announce, missing, put } from "./upload.js";

const EVERY_MS = 200;

/** Return the digests of documents, telling {digested: bytes so far} on the way. */
export async function digests({ files }, tell) {
  const found = [];
  let before = 0;
  for (const file of files) {
    const sha256 = await fileDigest(file, (seen) => tell({ tell: "digesting", seen: before + seen }));
    found.push({ name: file.name.normalize("NFC"), size: file.size, sha256 });
    before += file.size;
  }
  return found;
}

/** Seal a bid and send its parts. `key` names what is kept; `now` is the server's clock in milliseconds. */
export async function seal({ key, lot, bid, files, organisation, token, now }, tell) {
  await forgetSeal(key);
  const id = crypto.randomUUID();
  const identity = await newIdentity();
  const facts = { id, code: lot.code, identity, recipient: await recipientOf(identity), created: moment(now), step: "sealing" };
  await keepSeal(key, facts);
  await announce({ code: lot.code, id, organisation, token, onAway: () => tell({ tell: "away" }) });
  const sending = sender({ id, token }, tell);
  const report = seldom((done, all) => tell({ tell: "sealing", done, all }));
  const onPart = async ({ bytes, ...part }) => {
    await writePart(id, part.n, bytes);
    sending.add(part);
  };
  const made = await sealed({ bid, files, recipient: facts.recipient, onPart, onProgress: report });
  const kept = await keepSeal(key, { ...(await envelopeOf(lot, facts, made)), step: "uploading" });
  tell({ tell: "sealed", size: made.size, parts: made.parts.length, rescue: rescueOf(kept) });
  await finish(key, sending, made.parts, tell);
}

/** Go on after a reload: send what the platform lacks. Returns false if there is nothing that could be finished. */
export async function resume({ key, token }, tell) {
  const kept = await read("seals", key);
  if (!kept || kept.step === "sealing") {
    await forgetSeal(key);
    return tell({ tell: kept ? "interrupted" : "nothing" });
  }
  tell({ tell: "sealed", size: kept.size, parts: kept.parts.length, rescue: rescueOf(kept), proved: kept.proved });
  if (kept.step === "uploaded") return tell({ tell: "uploaded" });
  const lacking = await missing({ ...kept, onAway: () => tell({ tell: "away" }) });
  const sending = sender({ id: kept.id, token, before: kept.parts.length - lacking.length }, tell);
  for (const n of lacking) sending.add(kept.parts[n]);
  await finish(key, sending, kept.parts, tell);
}

async function finish(key, sending, parts, tell) {
  await sending.finished();
  const { id } = await read("seals", key);
  const lacking = await missing({ id, parts });
  if (lacking.length) throw new Error(`${lacking.length} parts are missing`);
  await keepSeal(key, { step: "uploaded" });
  tell({ tell: "uploaded" });
}

/** A queue that sends the kept parts and tells {sent: bytes, parts}. */
function sender({ id, token, before = 0 }, tell) {
  let [bytes, parts] = [0, before];
  const onAway = () => tell({ tell: "away" });
  return new Queue(async (part) => {
    await put({ id, part, bytes: await readPart(id, part.n), token, onAway });
    bytes += part.size;
    parts += 1;
    tell({ tell: "sent", bytes, parts });
  });
}

async function envelopeOf(lot, { id, identity, recipient, created }, made) {
  const place = { tender: lot.tender, bid: id, seq: (lot.current?.seq ?? 0) + 1 };
  const recipients = Object.fromEntries(lot.custodians.map(({ holder, recipient: to }) => [holder, to]));
  const { access, own } = await shareOut({ secret: secretOf(identity), body: place, sets: lot.sets, recipients });
  const { size, part, root, plain, parts } = made;
  const supersedes = lot.current?.leaf_hash;
  const body = bodyOf({ ...place, lot, bidder: lot.bidder, supersedes, recipient, size, part, root, access, created });
  const envelope = await signed(body, await keyOf(lot.bidder));
  return { envelope, share: own && base64(own), size, plain, parts };
}

const rescueOf = ({ share, ...kept }) => rescueText({ ...kept, share: share && unbase64(share) });

/** Prove that the rescue file saved opens what was uploaded; tells {code}, empty when it does. */
export async function check({ key, text }, tell) {
  const { share, ...kept } = await read("seals", key);
  const seal = { ...kept, share: share && unbase64(share) };
  const report = seldom((done) => tell({ tell: "proving", done, all: kept.size }));
  const code = await prove({ text, seal, read: (n) => readPart(kept.id, n), onProgress: report });
  if (!code) await keepSeal(key, { proved: true });
  tell({ tell: "proved", code });
}

/** Tell a progress a few times a second, not a thousand. */
function seldom(report) {
  let last = 0;
  return (done, all) => {
    if (done !== all && performance.now() - last < EVERY_MS) return;
    last = performance.now();
    report(done, all);
  };
}
