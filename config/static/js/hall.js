// A live session in the browser: the transcript as it grows, without a gap, whatever becomes of the connection.
//
// A page's own module may take over a kind of event: `register("draw.revealed", (line, event) => …)`, or listen to
// "sunlight:event" on the document (cancel it to write nothing in the transcript).
import { Link } from "./link.js";
import { setServerTime } from "./clock.js";
import { transcriptLine } from "./transcript.js";

const MOST_LINES = 500; // as many as the page shows when it is loaded
const renderers = new Map();

/** Let `render(line, event)` write the transcript's line of one kind of event. */
export function register(kind, render) {
  renderers.set(kind, render);
}

for (const hall of document.querySelectorAll("[data-hall]")) start(hall);

function start(hall) {
  const words = JSON.parse(document.getElementById("hall-words").textContent);
  const list = hall.querySelector("[data-transcript]");
  const link = new Link({
    socketPath: hall.dataset.socket,
    eventsPath: hall.dataset.events,
    last: Number(hall.dataset.last),
    onEvent: (event) => tell(hall, list, event, words),
    onTime: (time) => setServerTime(Date.parse(time)),
    onState: (state, last) => showState(hall, state, last),
  });
  hall.addEventListener("sunlight:over", () => link.end());
  if (hall.hasAttribute("data-over")) link.end();
  else link.start();
  hall.dataset.ready = "1";
}

function tell(hall, list, event, words) {
  const wanted = document.dispatchEvent(new CustomEvent("sunlight:event", { detail: event, cancelable: true }));
  const standing = hall.querySelector(`template[data-standing="${CSS.escape(event.kind)}"]`);
  if (standing) changeStanding(hall, standing);
  if (wanted && list) write(hall, list, event, words);
  if (standing?.hasAttribute("data-last-word")) hall.dispatchEvent(new CustomEvent("sunlight:over"));
}

function write(hall, list, event, words) {
  const line = transcriptLine(event, words);
  renderers.get(event.kind)?.(line, event);
  line.classList.add("is-new");
  list.prepend(line);
  tidy(list);
  hall.querySelector("[data-nothing-yet]")?.remove();
}

/** Once for all that came since the last frame: show the newest, and keep no more lines than a reader scrolls through. */
function tidy(list) {
  if (list.dataset.tidying) return;
  list.dataset.tidying = "1";
  requestAnimationFrame(() => {
    delete list.dataset.tidying;
    while (list.childElementCount > MOST_LINES) list.lastElementChild.remove();
    list.scrollTop = 0;
  });
}

/** The session opened, paused or closed: show it, and offer the acts that are possible now. */
function changeStanding(hall, standing) {
  for (const place of hall.querySelectorAll("[data-state-here]")) place.replaceChildren(standing.content.cloneNode(true));
  for (const place of hall.querySelectorAll("[data-until-open]")) place.remove();
  const acts = hall.querySelector("[data-acts]");
  if (acts) renew(acts);
}

async function renew(acts) {
  const answer = await fetch(location.href);
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-acts]");
  if (fresh) acts.replaceWith(document.adoptNode(fresh));
}

function showState(hall, state, last) {
  hall.dataset.link = state;
  for (const light of hall.querySelectorAll("[data-link-state]")) {
    light.classList.toggle("is-open", state === "open" || state === "restored" || state === "polling");
    light.classList.toggle("is-over", state === "over");
    const words = light.dataset[state] ?? "";
    light.querySelector("[data-words]").textContent = words.replace("{n}", last);
  }
}
