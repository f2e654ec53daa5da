// What a browser keeps while a bid is made, so that a reload or a crash loses nothing: IndexedDB, on the bidder's own machine.
//
// drafts: what was typed, by lot. seals: what is needed to finish a sealing, by lot. parts: the ciphertext's parts, by [bid, n].
// keys: signing keys (never leaving the browser) and custodians' keys.
const NAME = "sunlight-sealing";
const STORES = ["drafts", "seals", "parts", "keys"];
let opening = null;

function database() {
  opening ??= new Promise((done, failed) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => STORES.forEach((store) => asked.result.createObjectStore(store));
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
  return opening;
}

/** Do one thing in one transaction; resolves with its result once it is written. */
async function act(store, mode, work) {
  const transaction = (await database()).transaction(store, mode, { durability: "relaxed" });
  const asked = work(transaction.objectStore(store));
  return new Promise((done, failed) => {
    transaction.oncomplete = () => done(asked?.result);
    transaction.onabort = transaction.onerror = () => failed(transaction.error ?? asked?.error);
  });
}

export const read = (store, key) => act(store, "readonly", (rows) => rows.get(key));
export const write = (store, key, value) => act(store, "readwrite", (rows) => rows.put(value, key));
export const remove = (store, key) => act(store, "readwrite", (rows) => rows.delete(key));

export const writePart = (id, n, bytes) => write("parts", [id, n], bytes.buffer);
export const readPart = (id, n) => read("parts", [id, n]);
export const removeParts = (id) => act("parts", "readwrite", (rows) => rows.delete(IDBKeyRange.bound([id], [id, []])));

/** Remember the sealing under way for a lot, changing only the members given. */
export async function keepSeal(key, change) {
  const kept = { ...(await read("seals", key)), ...change };
  await write("seals", key, kept);
  return kept;
}

/** Forget a sealing with its parts and its secret. */
export async function forgetSeal(key) {
  const kept = await read("seals", key);
  if (kept) await removeParts(kept.id);
  await remove("seals", key);
}
