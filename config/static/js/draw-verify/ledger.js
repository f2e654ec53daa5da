// The ledger in the browser: inclusion and consistency proofs (RFC 6962), and Ed25519 where WebCrypto has it.
import { digest } from "./hashes.js";
import { hex, join, unhex, utf8 } from "./wire.js";

const node = (left, right) => digest("sha256", join(Uint8Array.of(1), left, right));
const half = (n) => Math.floor(n / 2);

/** Return the bytes of base64. */
export function unbase64(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** Climb a tree along a proof; returns [old root, new root] or throws. */
export function fold(path, index, last, from) {
  let [old, now] = [from, from];
  for (const other of path) {
    if (!last) throw new Error("a proof is too long");
    if (index % 2 || index === last) {
      [old, now] = [node(other, old), node(other, now)];
      while (index && index % 2 === 0) [index, last] = [half(index), half(last)];
    } else {
      now = node(now, other);
    }
    [index, last] = [half(index), half(last)];
  }
  if (last) throw new Error("a proof is too short");
  return [old, now];
}

/** Prove every entry of the evidence; `signed` is null where this browser cannot check Ed25519. */
export async function proveEntries(files) {
  const keys = JSON.parse(files["keys.json"]);
  const cutOff = readNote(files["cutoff.checkpoint"], keys);
  const final = readNote(files.checkpoint, keys);
  proveConsistency(cutOff, final, files.consistency);
  const names = Object.keys(files).filter((name) => /^events\/\d+\.json$/.test(name)).sort();
  const entries = names.map((name) => proveEntry(files, name, final));
  entries.forEach(({ index }, i) => {
    if (i && index <= entries[i - 1].index) throw new Error("the entries are out of order");
  });
  const checked = [await signatures(cutOff, keys), await signatures(final, keys)];
  return { entries, cutOff, signed: checked.includes(null) ? null : true };
}

/** Return {index, path, checkpoint} of a proof (c2sp.org/tlog-proof). */
export function readProof(text) {
  const [head, ...rest] = text.split("\n\n");
  const [, index, ...path] = head.split("\n");
  return { index: Number(index.replace("index ", "")), path: path.map(unbase64), checkpoint: rest.join("\n\n") };
}

/** Return the hash of a leaf's text. */
export const leafHash = (text) => digest("sha256", join(Uint8Array.of(0), utf8(text)));

function proveEntry(files, name, final) {
  const { index, path, checkpoint } = readProof(files[`${name.slice(0, -5)}.tlog-proof`]);
  const [, root] = fold(path, index, final.size - 1, leafHash(asWritten(files, name)));
  const same = checkpoint === files.checkpoint && hex(root) === hex(final.root);
  if (!same) throw new Error(`${name} is not proved to be in the ledger`);
  return { index, entry: JSON.parse(files[name]) };
}

/** Return an entry as the ledger has it: itself, or the sealed one that commits to it. */
function asWritten(files, name) {
  const kept = files[`${name.slice(0, -5)}.sealed`];
  if (!kept) return files[name];
  const [salt, shut] = kept.split("\n");
  const { type, data } = JSON.parse(shut);
  const c = digest("sha256", join(utf8("ptlog sealed v1\n"), unhex(salt), utf8(files[name])));
  if (type !== "sealed.entry" || data.c !== hex(c)) throw new Error(`${name} is not what was sealed`);
  return shut;
}

function proveConsistency(old, now, lines) {
  const path = lines.split("\n").filter(Boolean).map(unbase64);
  if (Number.isInteger(Math.log2(old.size))) path.unshift(old.root);
  let [index, last] = [old.size - 1, now.size - 1];
  while (index % 2) [index, last] = [half(index), half(last)];
  const [before, after] = fold(path.slice(1), index, last, path[0]);
  if (hex(before) !== hex(old.root) || hex(after) !== hex(now.root)) throw new Error("the checkpoints do not fit");
}

/** Read a checkpoint; without the keys of a quorum of witnesses (`quorum` 0) its time is unknown. */
export function readNote(text, keys) {
  const [body, tail] = text.split("\n\n");
  const [origin, size, root] = body.split("\n");
  if (origin !== keys.origin) throw new Error("a checkpoint of another log");
  const seals = tail.split("\n").filter(Boolean).map((line) => {
    const [, name, seal] = /^— (.+) (\S+)$/.exec(line);
    return { name, seal: unbase64(seal) };
  });
  const cosigned = keys.witnesses.map((key) => sealOf(seals, key)).filter(({ body }) => body);
  const time = cosigned.map(({ body }) => timeOf(body)).sort((a, b) => a - b)[keys.quorum - 1];
  if (keys.quorum && time === undefined) throw new Error("a checkpoint lacks cosignatures");
  return { text: `${body}\n`, size: Number(size), root: unbase64(root), seals, time };
}

const timeOf = (body) => Number(new DataView(body.slice(0, 8).buffer).getBigUint64(0));

/** Return true if log and quorum signed, null if this browser cannot tell; throws if a signature is false. */
async function signatures(note, keys) {
  const counts = { log: 0, witnesses: 0 };
  for (const role of Object.keys(counts)) {
    for (const key of keys[role]) {
      const done = await sealed(note, key, role);
      if (done === null) return null;
      counts[role] += done;
    }
  }
  if (!counts.log || keys.quorum < 1 || counts.witnesses < keys.quorum) throw new Error("a checkpoint lacks signatures");
  return true;
}

/** Return a key's name and bytes, with the body of its line in a note if it has one there. */
function sealOf(seals, key) {
  const [name, , encoded] = key.split(/\+(.*?)\+(.*)/s);
  const material = unbase64(encoded);
  const ident = hex(digest("sha256", join(utf8(`${name}\n`), material)).subarray(0, 4));
  const found = seals.find((one) => one.name === name && hex(one.seal.subarray(0, 4)) === ident);
  return { name, bytes: material.subarray(1), body: found?.seal.subarray(4) };
}

/** Return 1 if a key signed a note, 0 if it has no line there, null if this browser cannot tell; throws if it is false. */
export async function sealed(note, key, role) {
  const { name, bytes, body } = sealOf(note.seals, key);
  if (!body) return 0;
  const head = role === "witnesses" ? `cosignature/v1\ntime ${timeOf(body)}\n` : "";
  const right = await ed25519(bytes, utf8(head + note.text), body.subarray(body.length - 64));
  if (right === false) throw new Error(`${name} did not sign a checkpoint`);
  return right === null ? null : 1;
}

/** Return whether a signature is right, null if this browser cannot tell. */
export async function ed25519(key, message, signature) {
  try {
    const known = await crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", known, signature, message);
  } catch {
    return null;
  }
}
