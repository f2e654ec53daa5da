// What went wrong, shown where forms show it: sentence, rule, next step, code; the reader is taken there.
import { text } from "./texts.js";

const box = () => document.querySelector("[data-refusal]");

/** Show lines [{text, target}] and, of a problem (RFC 9457), its rule, next step and code. */
export function showRefusal(lines, problem = null) {
  const place = box();
  const line = ({ text: said, target }) => {
    const item = document.createElement("li");
    const part = target ? Object.assign(document.createElement("a"), { href: `#${target}` }) : item;
    part.textContent = said;
    if (part !== item) item.append(part);
    return item;
  };
  place.querySelector("ul").replaceChildren(...lines.map(line));
  for (const name of ["basis", "next_step", "code"]) {
    const row = place.querySelector(`[data-problem="${name}"]`);
    row.hidden = !problem?.[name];
    row.querySelector("dd").textContent = problem?.[name] ?? "";
  }
  place.querySelector("dl").hidden = !problem;
  place.hidden = false;
  place.focus();
  place.scrollIntoView({ block: "start" });
}

/** Show a problem that the platform told, or any other failure. */
export function showFailure({ problem, away, detail }) {
  if (problem?.detail) {
    const told = (problem.errors ?? []).map((error) => error.detail);
    return showRefusal([problem.detail, ...told].map((said) => ({ text: said })), problem);
  }
  showRefusal([{ text: text(away ? "away" : "failed", { detail: detail ?? "" }) }], { next_step: text("failed_next") });
}

export function hideRefusal() {
  box().hidden = true;
}

/** A link of the summary leads to its field. */
export function followLinks() {
  box().addEventListener("click", (event) => {
    const field = document.getElementById(event.target.closest("a")?.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    field.scrollIntoView({ block: "center" });
    field.focus();
  });
}

/** Return a CSRF token that is good now: signing in again has made the page's own stale. */
export async function freshToken() {
  const answer = await fetch(location.href, { cache: "no-store" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.querySelector("main [name=csrfmiddlewaretoken]")?.value ?? "";
}
