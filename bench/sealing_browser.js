// The worker of bench/sealing_browser.py: bare age-encryption, sealing, sealing with every part stored, and the proof, in turn.
import { Encrypter } from "age-encryption";
import { newIdentity, plainDigest, recipientOf, sealed } from "../config/static/js/sealing/seal.js";
import { readPart, removeParts, writePart } from "../config/static/js/sealing/store.js";

const STORED = "bench";

async function bare(file, recipient) {
  const age = new Encrypter();
  age.addRecipient(recipient);
  await (await age.encrypt(file.stream())).pipeTo(new WritableStream());
}

self.addEventListener("message", async ({ data: { bytes, rounds } }) => {
  const content = new Uint8Array(bytes);
  for (let at = 0; at < bytes; at += 65_536) crypto.getRandomValues(content.subarray(at, at + 65_536));
  const file = new File([content], "document.pdf");
  const identity = await newIdentity();
  const recipient = await recipientOf(identity);
  const order = { bid: {}, files: [file], recipient };
  let made;
  const works = {
    bare: () => bare(file, recipient),
    sealing: () => sealed({ ...order, onPart: async () => {} }),
    storing: async () => (made = await sealed({ ...order, onPart: ({ n, bytes: part }) => writePart(STORED, n, part) })),
    proving: () => plainDigest({ read: (n) => readPart(STORED, n), count: made.parts.length, identity }),
  };
  const seconds = [];
  for (let round = 0; round < rounds; round += 1) {
    const one = {};
    for (const [name, work] of Object.entries(works)) {
      const began = performance.now();
      await work();
      one[name] = (performance.now() - began) / 1000;
    }
    seconds.push(one);
    await removeParts(STORED);
  }
  self.postMessage(seconds);
});
