// Runs the browser's verifier under Node: one question as JSON on stdin, its answer as JSON on stdout.
import { readFileSync } from "node:fs";
import { webcrypto } from "node:crypto";

globalThis.crypto ??= webcrypto;
const from = (name) => import(new URL(`../../../config/static/js/draw-verify/${name}.js`, import.meta.url));
const { digest, keyed, mac } = await from("hashes");
const { canonical, hex, seedOf, taggedHash, unhex, utf8 } = await from("wire");
const { commitment, newSecret, rank, readList, select, ticketOf, verify } = await from("index");

const answers = {
  digest: ({ suite, message }) => hex(digest(suite, unhex(message))),
  mac: ({ suite, key, message }) => hex(mac(keyed(suite, unhex(key)), unhex(message))),
  commitHash: ({ suite, text }) => hex(taggedHash(suite, "commit", utf8(text))),
  canonical: ({ value }) => canonical(value),
  list: ({ suite, text }) => readList(text, suite),
  seed: ({ suite, commitHash, material }) => hex(seedOf(suite, unhex(commitHash), unhex(material))),
  rank: ({ suite, seed, text }) => rank(suite, unhex(seed), readList(text, suite).candidates),
  ticket: ({ suite, seed, candidate }) => ticketOf(suite, unhex(seed), candidate),
  select: async ({ suite, seed, text, plan, caps, disposed }) => {
    const { candidates } = readList(text, suite);
    return select(await rank(suite, unhex(seed), candidates), candidates, plan, caps, disposed);
  },
  commitment: (given) => commitment(given),
  newSecret: () => newSecret(),
  verify: ({ files }) => verify(files),
};

const questions = JSON.parse(readFileSync(0, "utf8"));
const told = [];
for (const { ask, ...given } of questions) {
  try {
    told.push({ answer: await answers[ask](given) });
  } catch (error) {
    told.push({ error: error.message });
  }
}
process.stdout.write(JSON.stringify(told));
