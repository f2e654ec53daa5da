// Parts of a ciphertext go up beside the sealing, three at a time; each is told by its digest, so sending it twice does no harm.
//
// The ciphertext of a bid cannot be made a second time (its keys are random), so every part stays in the browser's store until the
// bid is submitted: after a reload the missing ones are sent from there. Only a sealing that was cut short begins anew, under a new id.
import { Refused, call, patiently, send } from "./api.js";
import { base64, unhex } from "./bytes.js";

const WIDTH = 3;

/** Tell the platform that an upload begins; the same id again is the same upload. */
export function announce({ code, id, organisation, token, onAway }) {
  const json = { id, organisation };
  return patiently(() => send(`/api/v1/lots/${code}/uploads/`, { json, token, key: id }), { onAway });
}

/** Return the numbers of the parts that the platform does not have, or has otherwise. */
export async function missing({ id, parts, onAway }) {
  const { parts: there } = await patiently(() => call(`/api/v1/uploads/${id}/`), { onAway });
  const known = new Map(there.map(({ n, size, sha256 }) => [n, `${size} ${sha256}`]));
  return parts.filter(({ n, size, sha256 }) => known.get(n) !== `${size} ${sha256}`).map(({ n }) => n);
}

/** Send one part. */
export function put({ id, part, bytes, token, signal, onAway }) {
  const headers = {
    "Content-Type": "application/octet-stream",
    "Content-Digest": `sha-256=:${base64(unhex(part.sha256))}:`,
  };
  const address = `/api/v1/uploads/${id}/parts/${part.n}/`;
  return patiently(() => call(address, { method: "PUT", body: bytes, headers, token, signal }), { onAway, signal });
}

/** A queue of parts of which `width` are under way at a time; `work(part)` sends one. The first refusal ends it. */
export class Queue {
  #waiting = [];
  #under = 0;
  #ended = false;
  #fault = null;
  #rest = Promise.withResolvers?.() ?? deferred();

  constructor(work, width = WIDTH) {
    Object.assign(this, { work, width });
    this.#rest.promise.catch(() => {}); // whoever calls `finished` hears of it
  }

  add(part) {
    this.#waiting.push(part);
    this.#next();
  }

  /** No part comes any more: resolves once all are sent, or rejects with what stopped it. */
  finished() {
    this.#ended = true;
    this.#next();
    return this.#rest.promise;
  }

  #next() {
    while (!this.#fault && this.#under < this.width && this.#waiting.length) this.#begin(this.#waiting.shift());
    if (this.#ended && !this.#under && !this.#waiting.length) this.#rest.resolve();
  }

  async #begin(part) {
    this.#under += 1;
    try {
      await this.work(part);
    } catch (error) {
      this.#fault = error;
      this.#rest.reject(error);
    }
    this.#under -= 1;
    this.#next();
  }
}

function deferred() {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
}

/** Whether signing in again, and not another sealing, is what helps. */
export const isSignedOut = (error) => error instanceof Refused && [401, 403].includes(error.status);
