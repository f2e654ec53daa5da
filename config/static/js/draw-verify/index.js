// What the pages of a draw use.
export { commitment, newSecret, secretBytes } from "./contribute.js";
export { rank, readList, select, ticketOf } from "./selector.js";
export { verify } from "./verify.js";
