// SHA-256 (FIPS 180-4) and SM3 (GB/T 32905), synchronous: WebCrypto has no SM3 and needs a secure context.
const BLOCK = 64;
const rotate = (x, n) => (x << n) | (x >>> (32 - n));

const K = roots(64, 1 / 3, 0);
const T = Int32Array.from({ length: 64 }, (_, j) => rotate(j < 16 ? 0x79cc4519 : 0x7a879d8a, j % 32));

/** Return the first 32 bits of the fractional parts of a root of the first primes. */
function roots(count, power) {
  const found = [];
  for (let n = 2; found.length < count; n += 1) {
    if (found.every(([prime]) => n % prime)) found.push([n, (n ** power % 1) * 2 ** 32]);
  }
  return Int32Array.from(found, ([, bits]) => bits | 0);
}

const w = new Int32Array(68);

function sha256Block(state, words) {
  for (let i = 0; i < 16; i += 1) w[i] = words[i];
  for (let i = 16; i < 64; i += 1) {
    const x = w[i - 15];
    const y = w[i - 2];
    const s0 = rotate(x, 25) ^ rotate(x, 14) ^ (x >>> 3);
    const s1 = rotate(y, 15) ^ rotate(y, 13) ^ (y >>> 10);
    w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 64; i += 1) {
    const s1 = rotate(e, 26) ^ rotate(e, 21) ^ rotate(e, 7);
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
    const s0 = rotate(a, 30) ^ rotate(a, 19) ^ rotate(a, 10);
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
}

function sm3Block(state, words) {
  for (let i = 0; i < 16; i += 1) w[i] = words[i];
  for (let i = 16; i < 68; i += 1) {
    const x = w[i - 16] ^ w[i - 9] ^ rotate(w[i - 3], 15);
    w[i] = x ^ rotate(x, 15) ^ rotate(x, 23) ^ rotate(w[i - 13], 7) ^ w[i - 6];
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 64; i += 1) {
    const a12 = rotate(a, 12);
    const ss1 = rotate((a12 + e + T[i]) | 0, 7);
    const ff = i < 16 ? a ^ b ^ c : (a & b) | (a & c) | (b & c);
    const gg = i < 16 ? e ^ f ^ g : (e & f) | (~e & g);
    const tt1 = (ff + d + (ss1 ^ a12) + (w[i] ^ w[i + 4])) | 0;
    const tt2 = (gg + h + ss1 + w[i]) | 0;
    d = c;
    c = rotate(b, 9);
    b = a;
    a = tt1;
    h = g;
    g = rotate(f, 19);
    f = e;
    e = tt2 ^ rotate(tt2, 9) ^ rotate(tt2, 17);
  }
  state[0] ^= a;
  state[1] ^= b;
  state[2] ^= c;
  state[3] ^= d;
  state[4] ^= e;
  state[5] ^= f;
  state[6] ^= g;
  state[7] ^= h;
}

const SM3_START = [0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e];
const SUITES = {
  sha256: { start: roots(8, 1 / 2), block: sha256Block },
  sm3: { start: Int32Array.from(SM3_START), block: sm3Block },
};
const words = new Int32Array(16);

/** Return a suite of the protocol; there is no fallback to another. */
function suiteOf(name) {
  if (!Object.hasOwn(SUITES, name)) throw new Error(`unknown suite ${name}`);
  return SUITES[name];
}

function absorb(block, state, bytes, offset) {
  for (let i = 0, at = offset; i < 16; i += 1, at += 4) {
    words[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
  }
  block(state, words);
}

/** Return the hash of `bytes`, which continue a message of `before` bytes (whole blocks) that led to `from`. */
export function digest(suite, bytes, from = null, before = 0) {
  const { start, block } = suiteOf(suite);
  const state = Int32Array.from(from ?? start);
  let at = 0;
  for (; at + BLOCK <= bytes.length; at += BLOCK) absorb(block, state, bytes, at);
  const rest = bytes.length - at;
  const tail = new Uint8Array(rest < 56 ? BLOCK : 2 * BLOCK);
  tail.set(bytes.subarray(at));
  tail[rest] = 0x80;
  const bits = (bytes.length + before) * 8;
  new DataView(tail.buffer).setUint32(tail.length - 8, Math.floor(bits / 2 ** 32));
  new DataView(tail.buffer).setUint32(tail.length - 4, bits >>> 0);
  for (let i = 0; i < tail.length; i += BLOCK) absorb(block, state, tail, i);
  const out = new Uint8Array(32);
  state.forEach((word, i) => new DataView(out.buffer).setInt32(4 * i, word));
  return out;
}

/** Return the two hash states that hold an HMAC key, for `mac`. */
export function keyed(suite, key) {
  const { start, block } = suiteOf(suite);
  const short = key.length > BLOCK ? digest(suite, key) : key;
  const state = (pad) => {
    const first = new Uint8Array(BLOCK).fill(pad);
    short.forEach((byte, i) => (first[i] ^= byte));
    const made = Int32Array.from(start);
    absorb(block, made, first, 0);
    return made;
  };
  return { suite, inner: state(0x36), outer: state(0x5c) };
}

/** Return HMAC of a message under a key made by `keyed`. */
export function mac(key, message) {
  return digest(key.suite, digest(key.suite, message, key.inner, BLOCK), key.outer, BLOCK);
}
