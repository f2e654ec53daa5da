// Runs the browser's sealing under Node: questions as JSON on stdin, their answers as JSON on stdout. Bytes cross as base64.
import { readFileSync } from "node:fs";
import { webcrypto } from "node:crypto";

globalThis.crypto ??= webcrypto;
const from = (name) => import(new URL(`../../config/static/js/sealing/${name}.js`, import.meta.url));
const { base32, base64, unbase32, unbase64, xor } = await from("bytes");
const { bodyOf, opened, signed, signingKey, withdrawalOf } = await from("envelope");
const { bidOf } = await from("items");
const { amountOf, inWords } = await from("words");
const { answerTo, followed, isDue, openAll } = await from("custodian");
const { fileDigest } = await from("digest");
const { plainDigest, newIdentity, recipientOf, sealed } = await from("seal");
const { prove } = await from("proof");
const { readRescue, rescueText } = await from("rescue");
const { secretOf, identityOf, shareOut } = await from("shares");
const { rootOf, leafHash } = await from("tree");
const { padding } = await from("zip");
const { checkReceipt } = await from("receipt");
const { Queue } = await from("upload");
const { Away, patiently } = await from("api");

const filesOf = (files) => files.map(({ name, data }) => new File([unbase64(data)], name));

/** Seal a bid as the worker does, without a store: everything that is sent, and the rescue file. */
async function seal({ lot, bid, files, id, algs, created }) {
  const identity = await newIdentity();
  const recipient = await recipientOf(identity);
  const parts = [];
  const made = await sealed({ bid, files: filesOf(files), recipient, onPart: async ({ bytes }) => parts.push(bytes) });
  const place = { tender: lot.tender, bid: id, seq: (lot.current?.seq ?? 0) + 1 };
  const recipients = Object.fromEntries(lot.custodians.map((one) => [one.holder, one.recipient]));
  const { access, own } = await shareOut({ secret: secretOf(identity), body: place, sets: lot.sets, recipients });
  const supersedes = lot.current?.leaf_hash;
  const body = bodyOf({ ...place, ...made, lot, bidder: lot.bidder, supersedes, recipient, access, created });
  const envelope = await signed(body, await signingKey(algs));
  const rescue = rescueText({ identity, recipient, share: own, envelope, created });
  const kept = { recipient, envelope, share: own, parts: made.parts, plain: made.plain };
  const proofs = {
    right: await prove({ text: rescue, seal: kept, read: (n) => parts[n] }),
    windows: await prove({ text: rescue.replaceAll("\n", "\r\n"), seal: kept, read: (n) => parts[n] }),
    damaged: await prove({ text: rescue, seal: kept, read: (n) => parts[n].map((byte, i) => (i === 400 ? byte ^ 1 : byte)) }),
    foreign: await prove({ text: rescue.replace(identity, await newIdentity()), seal: kept, read: (n) => parts[n] }),
    unreadable: await prove({ text: rescue.replace("AGE-", ""), seal: kept, read: (n) => parts[n] }),
    shareless: await prove({ text: rescue.replace(/# ptseal share.*\n/, ""), seal: kept, read: (n) => parts[n] }),
  };
  return { ...made, envelope, rescue, proofs, ciphertext: base64(Buffer.concat(parts)) };
}

/** Seal `mebibytes` that are made as they are read, and tell the most memory that was held meanwhile. */
async function large({ mebibytes }) {
  const block = new Uint8Array(65_536).fill(7);
  const size = mebibytes * 1_048_576;
  const pull = (left) => (controller) => (left.n ? (left.n--, controller.enqueue(block)) : controller.close());
  const file = new File([], "large.bin");
  Object.defineProperty(file, "size", { value: size });
  file.stream = () => new ReadableStream({ pull: pull({ n: size / 65_536 }) }, { highWaterMark: 0 });
  const before = process.memoryUsage.rss();
  let most = 0;
  const onPart = async () => (most = Math.max(most, process.memoryUsage.rss() - before));
  const made = await sealed({ bid: {}, files: [file], recipient: await recipientOf(await newIdentity()), onPart });
  return { size: made.size, parts: made.parts.length, most };
}

/** Tell how a queue behaves whose works fail `failures` times each before they succeed. */
async function queue({ parts, failures, width }) {
  const [tried, waits] = [new Map(), []];
  let [under, most] = [0, 0];
  const work = async (part) => {
    most = Math.max(most, (under += 1));
    await patiently(
      async () => {
        tried.set(part, (tried.get(part) ?? 0) + 1);
        await null;
        if (tried.get(part) <= failures) throw new Away();
      },
      { wait: async (seconds) => waits.push(seconds) },
    );
    under -= 1;
  };
  const made = new Queue(work, width);
  for (let n = 0; n < parts; n += 1) made.add(n);
  await made.finished();
  return { tried: [...tried.values()], most, waits };
}

const answers = {
  seal,
  large,
  queue,
  words: ({ amount }) => inWords(amount),
  amount: ({ typed }) => amountOf(typed),
  bid: ({ typed, files, lot }) => bidOf(typed, files, lot),
  opened: ({ text }) => opened(text),
  withdrawal: async ({ alg, ...given }) => signed(withdrawalOf(given), await signingKey([alg])),
  openAll: ({ wraps, place, identity }) => openAll(wraps, place, { identity }),
  answer: ({ wrap, identity }) => answerTo(wrap, { identity }),
  due: ({ kept, told, now }) => ({ kept: followed(kept, told), due: isDue(followed(kept, told), now) }),
  newIdentity: () => newIdentity(),
  recipient: ({ identity }) => recipientOf(identity),
  combine: ({ shares }) => identityOf(xor(...shares.map(unbase64))),
  base32: ({ data }) => base32(unbase64(data)),
  unbase32: ({ typed }) => base64(unbase32(typed) ?? new Uint8Array()),
  rescue: ({ text }) => readRescue(text),
  plain: ({ data, identity }) => plainDigest({ read: () => unbase64(data), count: 1, identity }),
  root: async ({ parts }) => base64(rootOf(await Promise.all(parts.map((part) => leafHash(unbase64(part)))))),
  receipt: ({ text, proof, keys }) => checkReceipt(text, proof, keys),
  padding: ({ length }) => padding(length),
  digest: ({ data }) => fileDigest(new File([unbase64(data)], "x")),
};

const told = [];
for (const { ask, ...given } of JSON.parse(readFileSync(0, "utf8"))) {
  try {
    told.push({ answer: await answers[ask](given) });
  } catch (error) {
    told.push({ error: error.message });
  }
}
process.stdout.write(JSON.stringify(told));
