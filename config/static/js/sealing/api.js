// Requests to the platform: its refusals as they are told (RFC 9457), its silence as something to try again.

/** The platform refused: `problem` is what it said. */
export class Refused extends Error {
  constructor(status, problem) {
    super(problem.detail ?? problem.title ?? String(status));
    Object.assign(this, { status, problem });
  }
}

/** The platform could not be reached, or asks to come again; `after` are the seconds it names. */
export class Away extends Error {
  constructor(after = 0) {
    super("away");
    this.after = after;
  }
}

/** The language of the page, in which refusals are told; a worker carries it as its name. */
const language = globalThis.document?.documentElement.lang ?? globalThis.name;

/** Send a request and return the answer's JSON. Throws Refused, or Away on a lost line, 429, 502, 503 and 504. */
export async function call(address, { method = "GET", body, token, headers = {}, signal } = {}) {
  const spoken = language ? { "Accept-Language": language } : {};
  const sent = { Accept: "application/json", ...spoken, ...headers, ...(token ? { "X-CSRFToken": token } : {}) };
  const answer = await fetch(address, { method, body, headers: sent, signal, cache: "no-store" }).catch((error) => {
    throw signal?.aborted ? error : new Away();
  });
  if ([429, 502, 503, 504].includes(answer.status)) throw new Away(Number(answer.headers.get("Retry-After")) || 0);
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(answer.status, told);
  return told;
}

/** Send JSON, named by a key so that the platform does it once however often it arrives. */
export function send(address, { json, text = JSON.stringify(json ?? {}), token, key = crypto.randomUUID(), headers = {} }) {
  const sent = { "Content-Type": "application/json", "Idempotency-Key": key, ...headers };
  return call(address, { method: "POST", body: text, token, headers: sent });
}

/** Perform an act on a record, naming the version that the platform has just told. */
export async function act(record, name, json, token) {
  const seen = await fetch(record, { cache: "no-store" }).catch(() => null);
  if (!seen) throw new Away();
  return send(`${record}${name}/`, { json, token, headers: { "If-Match": seen.headers.get("ETag") ?? "" } });
}

const pause = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

/** Try `work` until it succeeds or is refused; between tries 0.5, 1, 2 … 30 s, or what the platform names. */
export async function patiently(work, { onAway = () => {}, wait = pause, signal } = {}) {
  for (let tries = 0; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Away) || signal?.aborted) throw error;
      onAway(tries);
      await wait(Math.max(error.after, Math.min(30, 0.5 * 2 ** tries)));
    }
  }
}
