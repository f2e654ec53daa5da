// The signing key of an enterprise in this browser, made at its first bid; its private half cannot be exported.
import { signingKey } from "./envelope.js";
import { read, write } from "./store.js";

export async function keyOf(bidder) {
  const kept = await read("keys", `signing:${bidder}`);
  if (kept) return kept;
  const made = await signingKey();
  await write("keys", `signing:${bidder}`, made);
  return made;
}
