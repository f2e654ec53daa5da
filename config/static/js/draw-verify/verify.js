// Verify a draw in the browser from its evidence files, as verify_draw.py does on one's own machine.
//
// `verify(files)` takes an object of name to text and returns {ok, steps, result}; a step is {step, ok, detail}, where ok is
// null for what this browser could not check. Nothing is sent anywhere.
import { proveEntries } from "./ledger.js";
import { rank, readList, select } from "./selector.js";
import { digest } from "./hashes.js";
import { canonical, hex, join, merkleRoot, parseCanonical, seedOf, sized, taggedHash, unhex, utf8 } from "./wire.js";

const LABELS = { commit: "who", drand: "round", physical: "digits", "cwl-ssq": "issue", nist: "time" };
const EXCLUSION = /^[0-9A-Za-z._:-]{1,64}\tE0[1-9]\t[0-9a-f]{64}$/;
const QUICKNET = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971";
const [GENESIS, PERIOD, MARGIN] = [1692803367, 3, 30];
// Who may pass over a candidate without a supervisor, by the listed reason.
const SKIPS = { S01: "bidder", S02: "", S03: "", S04: "clock" };
const EXPERT_SKIPS = { S01: "expert", S02: "clock", S03: "" };
const CAUSES = ["equipment", "list_error", "witness_left", "reveals_missing", "legal_order"];
const SUPERVISING = ["site_supervisor", "sector_regulator", "discipline"];
const CHECKS = { files, record, list, ledger, contributions, beacon, seed, ranking, seats };

class Mismatch extends Error {}

function need(fact, why) {
  if (!fact) throw new Mismatch(why);
}

/** Recompute the draw; every step is reported, and the first false one ends it. */
export async function verify(given) {
  const draw = { given };
  const steps = [];
  for (const [step, check] of Object.entries(CHECKS)) {
    try {
      const { ok = true, detail } = await check(draw);
      steps.push({ step, ok, detail });
    } catch (error) {
      steps.push({ step, ok: false, detail: error.message });
      return { ok: false, steps, result: null };
    }
  }
  return { ok: true, steps, result: draw.result };
}

function files(draw) {
  const { files: listed, v } = parseCanonical(draw.given["manifest.json"], "manifest.json");
  need(v === "ggzy-draw-evidence/1", "unknown manifest");
  for (const name of Object.keys(draw.given)) {
    const found = name === "manifest.json" || hex(digest("sha256", utf8(draw.given[name])));
    need(found === true || listed[name] === found, `${name} is not the file of the manifest`);
  }
  const missing = Object.keys(listed).filter((name) => !Object.hasOwn(draw.given, name));
  need(!missing.length, `missing: ${missing.join(", ")}`);
  return { detail: `${Object.keys(listed).length}` };
}

function record(draw) {
  draw.commit = parseCanonical(draw.given["commit.json"], "commit.json");
  need(draw.commit.v === "ggzy-draw/1", "another protocol");
  draw.suite = draw.commit.suite;
  draw.commitHash = taggedHash(draw.suite, "commit", utf8(draw.given["commit.json"]));
  return { detail: hex(draw.commitHash) };
}

function list(draw) {
  const found = readList(draw.given["list.tsv"], draw.suite);
  draw.candidates = found.candidates;
  for (const fact of ["n", "sha", "root"]) need(found[fact] === draw.commit.list[fact], `the list's ${fact} differs`);
  exclusions(draw, new Set(found.candidates.map(({ id }) => id)));
  return { detail: `${found.n} · ${found.root}` };
}

function exclusions({ given, suite, commit }, listed) {
  const lines = given["exclusions.tsv"].split("\n");
  need(lines.pop() === "" && lines.every((line) => EXCLUSION.test(line)), "a line of the exclusions is malformed");
  const ids = lines.map((line) => line.split("\t")[0]);
  need(ids.every((id, i) => !i || ids[i - 1] < id), "the exclusions are repeated or out of order");
  need(lines.length === commit.excl.n && hex(merkleRoot(suite, lines.map(utf8))) === commit.excl.root, "the exclusions differ");
  need(!ids.some((id) => listed.has(id)), "somebody is listed and excluded");
}

async function ledger(draw) {
  const { entries, signed, cutOff } = await proveEntries(draw.given);
  draw.events = entries.filter(({ entry }) => entry.subject.type === "draw" && entry.subject.id === draw.commit.draw_id);
  draw.cutOff = cutOff;
  followsEarlier(draw, entries.map(({ entry }) => entry));
  return { ok: signed, detail: `${entries.length}` };
}

/** A second draw follows the void first one; the first of a lot may follow the draw of the lot that it replaces. */
function followsEarlier({ commit }, entries) {
  const stem = commit.draw_id.slice(0, commit.draw_id.lastIndexOf("/"));
  const voided = entries.filter(({ type }) => type === "draw.voided");
  const elsewhere = entries.filter(({ type, subject }) => type === "draw.committed" && !subject.id.startsWith(`${stem}/`));
  const gapless = voided.every(({ subject }, i) => subject.id === `${stem}/${i + 1}`);
  const lawful = voided.every(({ actor, data }) => SUPERVISING.includes(actor.role) && CAUSES.includes(data.cause));
  need(lawful, "an earlier draw was voided by nobody who supervises, or for no listed cause");
  need(gapless && voided.length === commit.seq - 1, "the earlier draws are not all void");
  const before = [...elsewhere, ...voided].map(({ data }) => data.commit_hash).filter(Boolean).at(-1) ?? "";
  need((commit.prev ?? "") === before, "the record does not follow the draw before");
}

const eventsOf = (draw, type) => draw.events.filter(({ entry }) => entry.type === `draw.${type}`);
const entriesOf = (draw, type) => eventsOf(draw, type).map(({ entry }) => entry);
const dataOf = (draw, type) => entriesOf(draw, type).map(({ data }) => data);

/** The one commit record of the ledger, and where the reveals end: at their close, or at the cut-off. */
function bounds(draw) {
  const [committed, ...others] = eventsOf(draw, "committed");
  need(committed && !others.length, "there is not one commit record in the ledger");
  const { record: told, commit_hash: hash } = committed.entry.data;
  need(canonical(told) === canonical(draw.commit), "commit.json is not the record of the ledger");
  need(hash === hex(draw.commitHash), "the commit hash differs");
  const end = Math.min(draw.cutOff.size, ...eventsOf(draw, "closed").map(({ index }) => index));
  const shut = end < draw.cutOff.size || draw.commit.sources.at(-1).kind !== "physical";
  need(committed.index < end && shut, "the cut-off's checkpoint holds no commit record, or not the close");
  return [committed.index, end];
}

function contributions(draw) {
  const [fixed, end] = bounds(draw);
  const before = eventsOf(draw, "contributed").filter(({ index }) => index < fixed);
  const made = before.map(({ entry }) => `${entry.data.who} ${entry.data.c}`);
  const named = draw.commit.sources.filter(({ kind }) => kind === "commit").map(({ who, c }) => `${who} ${c}`);
  need(canonical(made.sort()) === canonical(named.sort()), "the contributions are not those of the record");
  const counted = eventsOf(draw, "revealed").filter(({ index }) => fixed < index && index < end);
  const told = new Map(counted.map(({ entry }) => [entry.data.who, entry.data.value]));
  need(told.size === counted.length && new Set(told.values()).size === told.size, "somebody revealed twice");
  need(told.size >= draw.commit.min_reveals, "too few reveals");
  draw.beacon = parseCanonical(draw.given["beacon.json"], "beacon.json");
  const rows = draw.commit.sources.map((source) => row(draw, source, told));
  need(canonical(rows) === canonical(JSON.parse(draw.given["sources.json"])), "the sources differ");
  draw.material = join(...rows.flatMap(({ label, status, value }) => [sized(utf8(label)), Uint8Array.of(status), sized(unhex(value))]));
  return { detail: `${told.size}` };
}

function row(draw, source, told) {
  const label = `${source.kind}:${source[LABELS[source.kind]]}`;
  const value = source.kind === "commit" ? (told.get(source.who) ?? "") : draw.beacon.value;
  if (source.kind === "commit" && value) {
    const c = taggedHash(draw.suite, "contrib", utf8(draw.commit.draw_id), utf8(source.who), unhex(value));
    need(hex(c) === source.c, `${source.who} revealed something else`);
  }
  return { label, status: value ? 1 : 0, value };
}

function beacon(draw) {
  const source = draw.commit.sources.at(-1);
  const limit = source.kind === "drand" ? GENESIS + (source.round - 1) * PERIOD - MARGIN : Infinity;
  const after = draw.events.filter(({ entry }) => ["draw.dice_entered", "draw.beacon_taken"].includes(entry.type));
  need(after.length && after.every(({ index }) => index >= draw.cutOff.size), "the beacon was entered before the cut-off");
  need(draw.cutOff.time <= Math.min(limit, Date.parse(after[0].entry.at) / 1000), "the cut-off was witnessed too late");
  const drawn = drawnOf(draw);
  need(agrees(draw.beacon, { ...drawn.data, ...source }), "beacon.json is not that of the ledger");
  if (source.kind === "physical") return dice(draw, source, drawn);
  if (source.kind !== "drand") return { ok: null, detail: `${source.kind} ${source[LABELS[source.kind]]}` };
  need(source.chain === QUICKNET, "the chain is not the pinned one");
  need(hex(digest("sha256", unhex(draw.beacon.signature))) === draw.beacon.value, "drand's value differs");
  return { ok: null, detail: `drand ${source.round}` };
}

/** The dice as two people read them, three hands rolled them and a supervisor confirmed them. */
function dice(draw, source, drawn) {
  const [one, two] = eventsOf(draw, "dice_entered").slice(-2).map(({ entry }) => entry);
  const { digits = "", attempt } = two?.data ?? {};
  need(/^[0-9]+$/.test(digits) && digits.length === source.digits, "the dice differ");
  need(hex(utf8(digits)) === draw.beacon.value, "the dice differ");
  need(one.data.attempt === attempt && one.actor.id !== two.actor.id, "the dice were not read by two people");
  need(SUPERVISING.includes(drawn.actor.role), "no supervisor confirmed the dice");
  need(new Set(draw.beacon.hands).size >= 3, "fewer than three hands rolled the dice");
  return { detail: digits };
}

function drawnOf(draw) {
  const [drawn, ...others] = [...eventsOf(draw, "dice_confirmed"), ...eventsOf(draw, "beacon_taken")];
  need(drawn && !others.length, "there is not one result in the ledger");
  return drawn.entry;
}

function seed(draw) {
  draw.seed = seedOf(draw.suite, draw.commitHash, draw.material);
  return { detail: hex(draw.seed) };
}

async function ranking(draw) {
  draw.ranking = await rank(draw.suite, draw.seed, draw.candidates);
  const file = draw.ranking.map(([, id]) => `${id}\n`).join("");
  need(file === draw.given["ranking.txt"], "the ranking differs");
  return { detail: draw.ranking[0][1] };
}

function seats(draw) {
  const told = parseCanonical(draw.given["result.json"], "result.json");
  const drawn = drawnOf(draw).data;
  const alone = draw.commit.purpose === "expert" ? EXPERT_SKIPS : SKIPS;
  const [skipped, facts] = [[], { commit_hash: hex(draw.commitHash), seed: hex(draw.seed) }];
  for (const [turn, { data, actor }] of [drawnOf(draw), ...entriesOf(draw, "skipped")].entries()) {
    const right = !turn || (facts.seated.some(([id]) => id === data.skipped) && Object.hasOwn(alone, data.code));
    need(right, "a candidate was passed over without a seat or without a listed reason");
    const may = !turn || SUPERVISING.includes(actor.role) || alone[data.code] === actor.role;
    need(may, "a candidate was passed over by nobody who may");
    if (turn) skipped.push(data.skipped);
    Object.assign(facts, select(draw.ranking, draw.candidates, draw.commit.plan, draw.commit.caps, skipped));
    need(agrees(facts, data), "the ledger tells another result");
  }
  const named = { draw_id: draw.commit.draw_id, rehearsal: drawn.rehearsal ?? false };
  need(agrees({ ...facts, ...named }, told), "result.json differs");
  const own = JSON.parse(draw.given["keys.json"]).witnesses.some((key) => key.includes("/demonstration-witness+"));
  need(told.witness === "demonstration" || !own, "the demonstration's witness is not independent");
  openings(draw, [...skipped, ...facts.seated.map(([id]) => id)]);
  draw.result = { ...told, ranking: draw.ranking };
  return { detail: facts.seated.map(([id]) => id).join(", ") };
}

/** The experts behind the leaves that were seated and passed over, once the folder has them. */
function openings({ given, suite }, drawn) {
  const shown = parseCanonical(given["openings.json"] ?? "[]", "openings.json");
  for (const { id, salt, expert_id: expert, attrs } of shown) {
    const leaf = taggedHash(suite, "expert-leaf", unhex(salt), utf8(expert), utf8(canonical(attrs)));
    need(hex(leaf) === id, `what opens ${id} is not of that leaf`);
  }
  const same = canonical([...new Set(shown.map(({ id }) => id))].sort()) === canonical([...new Set(drawn)].sort());
  need(!shown.length || same, "others than the drawn and skipped are opened");
}

const agrees = (facts, told) => Object.entries(facts).every(([name, value]) => name in told && canonical(value) === canonical(told[name]));
