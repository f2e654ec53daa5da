// A stream cut into parts of one size, the last shorter; and parts put together to a stream again.
export const PART = 1_048_576;

/** Collects chunks; `take(chunk)` returns the parts that are full now, `rest()` the last, shorter one or null. */
export class Cutter {
  #part = new Uint8Array(PART);
  #held = 0;

  take(chunk) {
    const full = [];
    for (let at = 0; at < chunk.length; ) {
      const taken = chunk.subarray(at, at + PART - this.#held);
      this.#part.set(taken, this.#held);
      this.#held += taken.length;
      at += taken.length;
      if (this.#held < PART) continue;
      full.push(this.#part); // its receiver keeps it
      [this.#part, this.#held] = [new Uint8Array(PART), 0];
    }
    return full;
  }

  rest() {
    return this.#held ? this.#part.slice(0, this.#held) : null;
  }
}

/** Yield the parts of a stream; an empty stream has none. */
export async function* partsOf(stream) {
  const reader = stream.getReader();
  const cutter = new Cutter();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    yield* cutter.take(value);
  }
  const last = cutter.rest();
  if (last) yield last;
}

/** Return a stream of `count` parts, each fetched with `read(n)` only when it is wanted. */
export function streamOf(read, count) {
  let n = 0;
  const pull = async (controller) => {
    if (n === count) return controller.close();
    controller.enqueue(new Uint8Array(await read(n)));
    n += 1;
  };
  return new ReadableStream({ pull }, { highWaterMark: 1 });
}
