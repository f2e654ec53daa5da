// The stage of a draw: commitments as they come, reveals, the witness, the dice, the ranking as it falls.
// Everything is taken from the public events; the panel of those who take part is in draw-part.js.
import { startPart, renewPart } from "./draw-part.js";
import { typedDigits } from "./transcript.js";

const SHOWN = 10;
const STEPS = ["contribute", "reveal", "witness", "dice", "result"];
const ASK_MS = 2000;
const FALL_MS = 420;
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
const stage = document.querySelector("[data-draw-stage]");
const pause = (milliseconds) => new Promise((done) => setTimeout(done, still ? 0 : milliseconds));
let names;

const HEARD = {
  "draw.prepared": prepared,
  "draw.contributed": ({ who, c }) => share(who, { c, standing: "committed" }),
  "draw.committed": committed,
  "draw.revealed": ({ who, value }) => share(who, { value, standing: "revealed" }),
  "draw.closed": closed,
  "draw.dice_entered": dice,
  "draw.dice_differ": () => say("differ"),
  "draw.result": result,
  "draw.skipped": () => location.reload(),
  "draw.voided": () => say("void"),
};

if (stage) {
  document.addEventListener("sunlight:event", ({ detail }) => {
    if (!Object.hasOwn(HEARD, detail.kind)) return;
    HEARD[detail.kind](detail.payload);
    renewPart();
  });
  if (stage.dataset.step === "witness") awaitWitness();
  startPart();
}

const find = (selector) => stage.querySelector(selector);
const words = (name) => find(`[data-words="${name}"]`)?.textContent ?? "";

function say(name) {
  find("[data-say]").textContent = words(name);
}

function step(name) {
  stage.dataset.step = name;
  for (const place of stage.querySelectorAll("[data-of]")) {
    if (place.dataset.of === name) place.setAttribute("aria-current", "step");
    else place.removeAttribute("aria-current");
    place.classList.toggle("is-done", STEPS.indexOf(place.dataset.of) < STEPS.indexOf(name));
  }
  say(name);
}

function prepared({ beacon }) {
  step("contribute");
  find("[data-shares]").replaceChildren();
  find("[data-result]").hidden = true;
  find("[data-commit]").hidden = true;
  find("[data-dice-panel]").hidden = !beacon.digits;
  find("[data-dice]").replaceChildren(...Array.from({ length: beacon.digits ?? 0 }, () => die("?", true)));
}

/** Show what a party has laid down or revealed. */
async function share(who, { c, value, standing }) {
  const line = line_of(who);
  if (c) line.querySelector("[data-c]").textContent = c;
  if (value) line.querySelector("[data-value]").textContent = typedDigits(value) || value;
  line.querySelector("[data-tag]").replaceChildren(find(`[data-standing="${standing}"]`).firstElementChild.cloneNode(true));
  line.classList.remove("is-new");
  line.classList.add("is-new");
  line.querySelector("[data-name]").textContent = await name_of(who);
}

function line_of(who) {
  const there = [...stage.querySelectorAll("[data-share]")].find((line) => line.dataset.share === who);
  if (there) return there;
  const line = document.createElement("li");
  line.dataset.share = who;
  for (const [tag, part] of [["b", "name"], ["span", "tag"], ["code", "c"], ["code", "value"]]) {
    const made = line.appendChild(document.createElement(tag));
    made.dataset[part] = "";
  }
  find("[data-shares]").append(line);
  return line;
}

async function name_of(who) {
  const known = find(`[data-who="${CSS.escape(who)}"]`);
  if (known) return known.textContent;
  const code = who.replace(/^bidder:/, "");
  return (await namesOfList())[code] ?? code;
}

/** The names of the list by code, fetched once. */
function namesOfList() {
  names ??= fetch(stage.dataset.names)
    .then((answer) => answer.json())
    .then((found) => found.names)
    .catch(() => {
      names = undefined; // asked again with the next name
      return {};
    });
  return names;
}

function committed({ commit_hash: hash }) {
  find("[data-hash]").textContent = hash;
  find("[data-commit]").hidden = false;
  step("reveal");
}

function closed({ absent }) {
  for (const who of absent) share(who, { standing: "absent" });
  step("witness");
  awaitWitness();
}

/** Ask until the witness's cosignature is there; nothing may fall before. */
async function awaitWitness() {
  while (stage.dataset.step === "witness") {
    const answer = await fetch(stage.dataset.cutOff, { cache: "no-store" }).catch(() => null);
    if (answer?.ok && (await answer.json()).cosigned && stage.dataset.step === "witness") {
      step("dice");
      renewPart();
      return;
    }
    await new Promise((done) => setTimeout(done, ASK_MS * (1 + Math.random())));
  }
}

async function dice({ entry, digits }) {
  if (stage.dataset.step === "witness") step("dice");
  if (!digits) return say(entry === 1 ? "once" : "differ");
  const box = find("[data-dice]");
  box.setAttribute("aria-label", digits);
  const dies = [...digits].map((digit) => die(digit, false));
  [...box.children].forEach((old, place) => old.classList.add("is-open") || (old.textContent = dies[place] ? "?" : ""));
  for (const [place, fallen] of dies.entries()) {
    fallen.classList.add("is-fallen");
    if (box.children[place]) box.children[place].replaceWith(fallen);
    else box.append(fallen);
    await pause(120);
  }
  say("equal");
}

function die(digit, open) {
  const made = document.createElement("span");
  made.className = open ? "die is-open" : "die";
  made.ariaHidden = "true";
  made.textContent = digit;
  return made;
}

/** The ranking falls from the tenth place up to the first. */
async function result({ seed, seated, alternates, ranking }) {
  find("[data-seed]").textContent = seed;
  const known = await namesOfList();
  const won = new Set(seated.map(([id]) => id));
  const next = new Set(alternates.map(([id]) => id));
  const list = find("[data-ranking]");
  const lines = ranking.slice(0, SHOWN).map(([ticket, id]) => placed(ticket, id, known, next.has(id)));
  list.replaceChildren(...lines);
  for (const line of lines) line.classList.add("is-hidden-yet");
  find("[data-result]").hidden = false;
  step("result");
  for (const [place, line] of [...lines.entries()].reverse()) {
    await pause(place < 3 ? 3 * FALL_MS : FALL_MS);
    line.classList.replace("is-hidden-yet", "is-falling");
    if (won.has(line.dataset.id)) line.classList.add("is-winner");
  }
}

function placed(ticket, id, known, alternate) {
  const line = document.createElement("li");
  const text = line.appendChild(document.createElement("span"));
  const note = document.createElement("span");
  line.dataset.id = id;
  note.className = "cell-note";
  note.textContent = alternate ? `${id} · ${words("alternate")}` : id;
  text.append(known[id] ?? id, note);
  line.appendChild(document.createElement("code")).textContent = `${ticket.slice(0, 12)}…`;
  return line;
}
