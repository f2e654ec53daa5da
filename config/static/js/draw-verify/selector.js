// The selector in the browser: the list, the tickets, the walk. It shares nothing with the server but the protocol.
import { digest, keyed, mac } from "./hashes.js";
import { hex, join, merkleRoot, tag, u32, utf8 } from "./wire.js";

const LINE = /^([0-9A-Za-z._:-]{1,64})\t([0-9A-Z]{1,16}(?:,[0-9A-Z]{1,16})*)\t([1-9][0-9]{0,2}|1000)\t([0-9A-Za-z._:-]{1,64})$/;
const WEBCRYPTO_MOST = 20000;

/** Return the candidates of a list file with its hash and root; throws at the first malformed line. */
export function readList(text, suite) {
  const lines = text.split("\n");
  if (lines.pop() !== "") throw new Error("the last line has no line feed");
  const candidates = lines.map((line, i) => {
    const found = LINE.exec(line);
    if (!found) throw new Error(`line ${i + 1} is malformed`);
    const strata = found[2].split(",");
    if (strata.some((name, j) => j && !(strata[j - 1] < name))) throw new Error(`line ${i + 1}: its strata are out of order`);
    return { id: found[1], strata, weight: Number(found[3]), group: found[4] };
  });
  for (let i = 1; i < candidates.length; i += 1) {
    if (!(candidates[i - 1].id < candidates[i].id)) throw new Error(`line ${i + 1} is repeated or out of order`);
  }
  const root = hex(merkleRoot(suite, lines.map(utf8)));
  return { candidates, n: candidates.length, sha: hex(digest(suite, utf8(text))), root };
}

const messages = ({ id, weight }) => Array.from({ length: weight }, (_, turn) => join(u32(turn), utf8(id)));
const lowest = (tickets) => tickets.reduce((least, ticket) => (ticket < least ? ticket : least));

/** Return one candidate's ticket in hexadecimal; a registrant needs no more than this and the seed. */
export function ticketOf(suite, seed, candidate) {
  const key = keyed(suite, seed);
  return lowest(messages(candidate).map((message) => hex(mac(key, join(tag("ticket"), message)))));
}

/** Return [[ticket, id], …], first drawn first; WebCrypto computes shorter lists, our own code the others and SM3. */
export async function rank(suite, seed, candidates) {
  const tickets = await ticketsOf(suite, seed, candidates);
  const order = candidates.map((candidate, i) => [tickets[i], candidate.id]);
  return order.sort(([a, x], [b, y]) => (a < b || (a === b && x < y) ? -1 : 1));
}

async function ticketsOf(suite, seed, candidates) {
  const subtle = globalThis.crypto?.subtle;
  if (suite !== "sha256" || !subtle || candidates.length > WEBCRYPTO_MOST) {
    const key = keyed(suite, seed);
    const prefix = tag("ticket");
    return candidates.map((one) => lowest(messages(one).map((message) => hex(mac(key, join(prefix, message))))));
  }
  const key = await subtle.importKey("raw", seed, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const sign = async (message) => hex(new Uint8Array(await subtle.sign("HMAC", key, join(tag("ticket"), message))));
  return Promise.all(candidates.map(async (one) => lowest(await Promise.all(messages(one).map(sign)))));
}

/** Fill the seats of each stratum in plan order, walking the ranking from the top. */
export function select(ranking, candidates, plan, caps, disposed = []) {
  const known = new Map(candidates.map((candidate) => [candidate.id, candidate]));
  const taken = new Set(disposed);
  const groups = new Map();
  const found = { seated: [], alternates: [], walk_events: [] };
  for (const quota of plan) fill(quota, { ranking, known, taken, groups, caps, found });
  return found;
}

function fill({ st: stratum, k, alt }, { ranking, known, taken, groups, caps, found }) {
  let [missing, spare] = [k, alt];
  for (const [, id] of ranking) {
    if (!missing && !spare) break;
    const { strata, group } = known.get(id);
    if (taken.has(id) || !strata.includes(stratum)) continue;
    const held = groups.get(group) ?? 0;
    const broken = caps.find((cap) => held >= cap.max);
    if (!missing) {
      found.alternates.push([id, stratum]);
      spare -= 1;
    } else if (broken) {
      found.walk_events.push({ event: `CAP_${broken.by}`, id, stratum });
    } else {
      found.seated.push([id, stratum]);
      taken.add(id);
      groups.set(group, held + (group === "-" ? 0 : 1));
      missing -= 1;
    }
  }
  if (missing) found.walk_events.push({ event: "short", missing, stratum });
}
