// The page on which a visitor's browser recomputes a draw: each step with its tick, both answers side by side, one's own ticket.
import { ticketOf, verify } from "./draw-verify/index.js";
import { unhex } from "./draw-verify/wire.js";

const STEP_MS = 180;
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
const page = document.querySelector("[data-check]");
const SIDES = { commit: "record", list: "list", seed: "seed", first: "ranking", seated: "seats" };
let told = null;

if (page) run();

async function run() {
  show("running");
  const files = await evidence();
  if (!files) return show("lost");
  const { ok, steps, result } = await verify(files);
  for (const one of steps) {
    await tick(one);
    compare(one);
  }
  page.querySelector("[data-why]").textContent = steps.at(-1).detail;
  show(ok ? "ok" : "broken");
  if (!ok) return;
  told = { ...result, suite: JSON.parse(files["commit.json"]).suite, list: files["list.tsv"] };
  offerTicket();
}

async function evidence() {
  const answer = await fetch(page.dataset.check).catch(() => null);
  return answer?.ok ? answer.json() : null;
}

function show(name) {
  for (const box of page.querySelectorAll("[data-when]")) box.hidden = box.dataset.when !== name;
}

async function tick({ step, ok, detail }) {
  const line = page.querySelector(`[data-step="${step}"]`);
  line.classList.add(ok === null ? "is-open" : ok ? "is-done" : "is-broken");
  line.querySelector("[data-detail]").textContent = detail ?? "";
  await new Promise((done) => setTimeout(done, still ? 0 : STEP_MS));
}

/** Put what the browser computed beside what the server says. */
function compare({ step, ok, detail }) {
  for (const row of page.querySelectorAll("[data-side]")) {
    if (SIDES[row.dataset.side] !== step || ok === false) continue;
    row.querySelector("[data-own]").textContent = detail;
    const equal = row.querySelector("[data-told]").textContent.trim() === detail;
    row.classList.add(equal ? "is-equal" : "is-different");
    const mark = page.querySelector(equal ? "[data-tick]" : "[data-cross]");
    row.querySelector("[data-equal]").replaceChildren(...[...mark.childNodes].map((node) => node.cloneNode(true)));
  }
}

function offerTicket() {
  const form = page.querySelector("[data-ticket-form]");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    showTicket(form.querySelector("input").value.trim().toUpperCase());
  });
  if (page.dataset.find) showTicket(page.dataset.find);
}

function showTicket(wanted) {
  const place = told.ranking.findIndex(([, one]) => one.toUpperCase() === wanted);
  page.querySelector("[data-not-listed]").hidden = place >= 0 || !wanted;
  page.querySelector("[data-ticket]").hidden = place < 0;
  if (place < 0) return;
  const [, id] = told.ranking[place];
  const weight = Number(told.list.split("\n").find((line) => line.startsWith(`${id}\t`)).split("\t")[2]);
  const ticket = ticketOf(told.suite, unhex(told.seed), { id, weight });
  page.querySelector("[data-rank]").textContent = String(place + 1);
  const first = weight === 1 ? "" : `min of ${weight}: `;
  page.querySelector("[data-formula]").textContent =
    `HMAC-${told.suite.toUpperCase()}(\n  key = ${told.seed},\n  message = "ggzy-draw/1/ticket" 00 00000000 "${id}"\n)\n= ${first}${ticket}`;
}
