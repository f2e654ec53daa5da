// The plaintext of a bid: a ZIP (method STORE) whose first member is bid.json, made as a stream, never held whole.
//
// Its length tells nothing but the next 64 KiB: a comment of zeros at the archive's end fills it up, so it stays a ZIP that every
// program opens.
import { makeZip, predictLength } from "client-zip";
import { utf8 } from "./bytes.js";

const BLOCK = 65_536;
const END = 22; // the end-of-central-directory record, whose last two bytes are the comment's length
const MEMBER = new Date(1980, 0, 1); // no clock of the bidder's machine

const membersOf = (bid, files) => [
  { name: "bid.json", input: bid, size: bid.length, lastModified: MEMBER },
  ...files.map((file) => ({ name: file.name.normalize("NFC"), input: file, size: file.size, lastModified: MEMBER })),
];

/** Return the zeros that a ZIP of `length` bytes needs. */
export const padding = (length) => (BLOCK - (length % BLOCK)) % BLOCK;

/** Return {stream, size} of the ZIP of `bid` (the object of bid.json) and File objects; `size` is exact before a byte is read. */
export function zipOf(bid, files) {
  const first = utf8(JSON.stringify(bid));
  const bare = Number(predictLength(membersOf(first, files)));
  const zeros = padding(bare);
  const stream = makeZip(withContent(membersOf(first, files))).pipeThrough(padded(bare, zeros));
  return { stream, size: bare + zeros };
}

/** Files are opened one after the other, when their turn has come. */
async function* withContent(members) {
  for (const member of members) {
    yield { ...member, input: member.input.stream ? member.input.stream() : member.input };
  }
}

/** Write the comment's length into the last record and the zeros behind it; throws if the ZIP is not as long as foretold. */
function padded(bare, zeros) {
  const record = new Uint8Array(END);
  let seen = 0;
  return new TransformStream({
    transform(chunk, controller) {
      const ahead = Math.min(chunk.length, Math.max(0, bare - END - seen));
      if (ahead) controller.enqueue(chunk.subarray(0, ahead));
      const tail = chunk.subarray(ahead);
      if (seen + chunk.length > bare) throw new Error("a file changed while it was read");
      record.set(tail, Math.max(0, seen + ahead - (bare - END)));
      seen += chunk.length;
    },
    flush(controller) {
      if (seen !== bare) throw new Error("a file changed while it was read");
      new DataView(record.buffer).setUint16(END - 2, zeros, true);
      controller.enqueue(record);
      if (zeros) controller.enqueue(new Uint8Array(zeros));
    },
  });
}
