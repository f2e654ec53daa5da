// The stage of an opening: the deadline, the decryption bid by bid, what is read out, confirmations, signatures.
// Everything is taken from the public events; lines that come together are shown together.
import { startCountdowns } from "./countdown.js";
import { localText } from "./clock.js";
import { drawStrip } from "./price-strip.js";
import { fill } from "./read-row.js";

const STEPS = ["deadline", "closed", "decrypting", "read_out", "signed", "finished"];
const RENEW_MS = 700;
const GATHER_MS = 150; // lines that come together are shown together: a table is laid out as a whole
const DRAW_MS = 400;
const stage = document.querySelector("[data-opening-stage]");
const words = JSON.parse(document.getElementById("hall-words")?.textContent ?? "{}");
const waiting = [];
let renewal;
let drawing;

const HEARD = {
  "session.moved": moved,
  "tender.closed": closed,
  "opening.started": started,
  "opening.failed": failed,
  "opening.shares_given": sharesGiven,
  "opening.bidder_share_given": ({ number }) => shared(number),
  "opening.decrypted": decrypted,
  "opening.window_extended": ({ until }) => showWindow(until),
  "bid.read_out": readOut,
  "opening.confirmed": confirmed,
  "opening.signed": signed,
  "opening.finished": finished,
  "opening_objection.raised": raised,
  "opening_objection.answered": answered,
  "session.suspended": (_facts, at) => pause(at),
  "session.resumed": (_facts, at) => goOn(at),
};

if (stage) {
  document.addEventListener("sunlight:event", ({ detail: { kind, payload, at } }) => {
    if (Object.hasOwn(HEARD, kind)) HEARD[kind](payload, at);
  });
  if (rows().children.length) drawStrip(stage);
}

const find = (selector) => stage.querySelector(selector);
const spoken = (name) => find(`[data-words="${name}"]`)?.textContent ?? "";
const said = (name, code) => words.values?.[name]?.[code] ?? code;

function rows() {
  return stage.querySelector("[data-rows]");
}

/** Show at which step the opening stands; it never goes back. */
function step(name) {
  if (STEPS.indexOf(name) < STEPS.indexOf(stage.dataset.step)) return;
  const over = name === "finished";
  stage.dataset.step = name;
  for (const place of stage.querySelectorAll("[data-of]")) {
    if (place.dataset.of === name && !over) place.setAttribute("aria-current", "step");
    else place.removeAttribute("aria-current");
    place.classList.toggle("is-done", over || STEPS.indexOf(place.dataset.of) < STEPS.indexOf(name));
  }
  find("[data-window]").hidden = name !== "decrypting";
  if (spoken(name)) find("[data-say]").textContent = spoken(name);
}

/** The deadline has moved, and the opening with it. */
function moved({ starts_at: due }) {
  const box = find("[data-until-closed] [data-countdown]");
  if (box) box.replaceWith(countdownTo(box.cloneNode(true), due));
  startCountdowns(find("[data-until-closed]") ?? document.createElement("div"));
}

function countdownTo(box, due) {
  box.dataset.countdown = due;
  const moment = box.querySelector(".countdown-moment time");
  moment.textContent = localText(Date.parse(due));
  moment.dateTime = due;
  return box;
}

function closed({ bids }) {
  find("[data-until-closed]")?.remove();
  stage.dataset.total = bids;
  for (const place of stage.querySelectorAll("[data-progress] [data-total], [data-read-out] [data-total]")) {
    place.textContent = bids.toLocaleString("en");
  }
  for (const keeper of stage.querySelectorAll("[data-keeper]")) {
    keeper.querySelector("[data-all]").textContent = bids * Number(keeper.dataset.each);
  }
  find("[data-progress]").hidden = false;
  step("closed");
}

function failed({ bids, reason }) {
  closed({ bids });
  find("[data-of=closed]").classList.add("is-stopped");
  find("[data-say]").textContent = `${spoken("failed")} ${said("reason", reason)}`;
}

async function started({ bids, until }) {
  closed({ bids });
  step("decrypting");
  showWindow(until);
  progress(0, bids);
  renew();
  await listLights();
}

/** Make a light for each bid on the list, asked for once. */
async function listLights() {
  const answer = await fetch(stage.dataset.bids, { cache: "no-store" }).catch(() => null);
  if (!answer?.ok) return;
  const { bids } = await answer.json();
  const named = bids.length <= Number(stage.dataset.named);
  const decided = new Map([...stage.querySelectorAll("[data-lights] > [data-outcome]")].map((light) => [light.id, light]));
  const lights = bids.map(({ number, name }) => decided.get(`light-${number}`) ?? newLight(number, named ? name : ""));
  find("[data-lights]").classList.toggle("is-named", named);
  find("[data-lights]").replaceChildren(...lights);
  find("[data-decryption]").hidden = false;
}

function newLight(number, name) {
  const light = element("li", "", { id: `light-${number}`, "data-outcome": "" });
  light.append(element("b", number), " ");
  if (name) light.append(element("span", name, { class: "light-name" }), " ");
  light.append(element("span", spoken("waiting"), { class: "light-words" }));
  return light;
}

function lightOf(number) {
  const there = document.getElementById(`light-${number}`);
  if (there) return there;
  const made = newLight(number, "");
  find("[data-lights]").append(made);
  return made;
}

function shared(number) {
  const light = lightOf(number);
  light.dataset.shared = "";
  light.querySelector(".light-words").textContent += ` · ${spoken("shared")}`;
}

function decrypted({ numbers, done, total, shut = [] }) {
  const faults = new Map(shut.map((one) => [one.number, one]));
  for (const number of numbers) decide(lightOf(number), faults.get(number));
  find("[data-decryption]").hidden = false;
  progress(done, total);
  if (done === total || numbers.some((number) => ownNumbers().includes(number))) renew();
}

function decide(light, fault) {
  light.dataset.outcome = fault?.outcome ?? "opened";
  light.querySelector(".light-words").textContent = fault ? said("outcome", fault.outcome) : spoken("opened");
  light.querySelector(".light-why")?.remove();
  if (fault) light.append(" ", element("span", `${faultOf(fault.at_fault)} (${fault.basis})`, { class: "light-why" }));
}

const faultOf = (names) => names.split(", ").map((name) => said("at_fault", name)).join(", ");
const ownNumbers = () => (find("[data-own-part]")?.dataset.numbers ?? "").split(" ").filter(Boolean).map(Number);

function progress(done, total) {
  const meter = find("[data-meter]");
  meter.max = total || 1;
  meter.value = done;
  find("[data-done]").textContent = done.toLocaleString("en");
}

function sharesGiven({ holder, accepted }) {
  const keeper = find(`[data-keeper="${CSS.escape(holder)}"]`);
  if (!keeper) return;
  const all = Number(stage.dataset.total) * Number(keeper.dataset.each);
  const given = keeper.querySelector("[data-given]");
  given.textContent = Math.min(all, Number(given.textContent) + accepted);
  keeper.querySelector("[data-tag]").classList.replace("is-calm", "is-success");
}

/** Count down to the end of the window, on the lot's clock. */
function showWindow(until) {
  stage.dataset.until = until;
  const fresh = find("[data-window-template]").content.cloneNode(true);
  countdownTo(fresh.querySelector("[data-countdown]"), until);
  find("[data-window-clock]").replaceChildren(fresh);
  startCountdowns(find("[data-window-clock]"));
}

function pause(at) {
  stage.dataset.paused = at;
  standStill(true);
  renew();
}

function goOn(at) {
  const paused = Date.parse(stage.dataset.paused);
  stage.dataset.paused = "";
  if (paused && stage.dataset.until) {
    showWindow(new Date(Date.parse(stage.dataset.until) + Date.parse(at) - paused).toISOString());
  }
  standStill(false);
  renew();
}

function standStill(still) {
  find("[data-stands-still]").hidden = !still;
  find("[data-window-clock]").hidden = still;
}

function readOut(payload) {
  waiting.push(payload);
  if (waiting.length > 1) return;
  setTimeout(() => {
    const template = find("template[data-row]");
    const lines = waiting.splice(0).filter(({ number }) => !document.getElementById(`bid-${number}`));
    const fresh = new DocumentFragment();
    for (const line of lines) fresh.append(fill(template.content.cloneNode(true), line, words, spoken("unread")));
    rows().append(fresh);
    const links = find("template[data-record]"); // nobody is led to the record before it may be read
    links?.replaceWith(links.content);
    find("[data-read-out]").hidden = false;
    step("read_out");
    clearTimeout(drawing);
    drawing = setTimeout(() => drawStrip(stage), DRAW_MS);
    renew();
  }, GATHER_MS);
}

function confirmed({ numbers }) {
  const list = find("[data-confirmed]");
  const known = new Set(list.textContent.split(",").map(Number).filter(Boolean));
  for (const number of numbers) known.add(number);
  list.textContent = [...known].sort((one, other) => one - other).join(", ");
  find("[data-confirmed-count]").textContent = known.size;
  step("signed");
}

function signed({ side, role }, at) {
  const text = `${said("side", side)} (${said("role", role)}) ${localText(Date.parse(at))}`;
  find("[data-signatures]").append(element("li", text));
  step("signed");
  renew();
}

function finished() {
  step("finished");
  renew();
}

function raised({ number, text }) {
  const line = element("li", "", { "data-objection": number });
  line.append(element("b", number), ` ${text}`);
  find("[data-objections]").append(line);
  find("[data-objections-panel]").hidden = false;
  renew();
}

function answered({ number, text }) {
  const open = [...stage.querySelectorAll(`[data-objection="${number}"]`)].find((one) => !one.querySelector("[data-answer]"));
  open?.append(element("div", `${spoken("answer")} ${text}`, { "data-answer": "" }));
  renew();
}

/** What one can do has changed: take one's own panel anew, once for many events, and not all at the same moment. */
function renew() {
  if (!stage.hasAttribute("data-signed-in") || !find("[data-own-part]")) return;
  clearTimeout(renewal);
  renewal = setTimeout(async () => {
    const answer = await fetch(stage.dataset.partOf, { cache: "no-store" }).catch(() => null);
    if (!answer?.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-own-part]");
    if (fresh) find("[data-own-part]").replaceWith(document.adoptNode(fresh));
  }, RENEW_MS * (0.5 + Math.random()));
}

function element(name, text = "", attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

