// The worker in which bids are sealed: one order at a time comes in, what happens goes out.
import { Away, Refused } from "./api.js";
import { check, digests, resume, seal } from "./process.js";

const tell = (message) => self.postMessage(message);
const ORDERS = {
  seal,
  resume,
  check,
  digest: async (order) => tell({ tell: "digested", files: await digests(order, tell), turn: order.turn }),
};

self.addEventListener("message", async ({ data }) => {
  try {
    await ORDERS[data.order](data, tell);
  } catch (error) {
    const problem = error instanceof Refused ? error.problem : null;
    tell({ tell: "failed", order: data.order, name: error.name, detail: error.message, problem, status: error.status, away: error instanceof Away });
  }
});
