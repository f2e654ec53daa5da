// The panel of those who take part in a draw: a secret is made, kept and revealed here; dice are read and confirmed.
// The secret never leaves this browser before its owner reveals it.
import { commitment, newSecret } from "./draw-verify/contribute.js";

const TRIES = 4;
const holder = document.querySelector("[data-part]");

/** Make the panel's buttons work. */
export function startPart() {
  const panel = holder?.querySelector("[data-api]");
  if (!panel) return;
  const start = { contribute: startContribution, reveal: startReveal, read: startReading, confirm: startConfirming };
  for (const [name, begin] of Object.entries(start)) {
    const box = panel.querySelector(`[data-${name}]`);
    if (box) begin(box, panel);
  }
}

/** What one can do has changed: take the panel anew, unless its owner is in the middle of something. */
export async function renewPart() {
  if (!holder?.hasAttribute("data-signed-in")) return;
  const answer = await fetch(location.href, { cache: "no-store" });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-part]");
  if (!fresh || same(fresh)) return;
  holder.replaceChildren(...fresh.children);
  startPart();
}

/** The same things to do: what is typed or made stays on the screen. */
function same(fresh) {
  const open = (root) =>
    ["contribute", "reveal", "read", "confirm"].filter((name) => root.querySelector(`[data-${name}]`)).join() +
    [...root.querySelectorAll("a.button:not([download])")].map((link) => link.href).join();
  return open(fresh) === open(holder);
}

const keyOf = ({ dataset }) => `draw-secret:${dataset.drawId}:${dataset.me}`;

function kept(panel) {
  try {
    return JSON.parse(localStorage.getItem(keyOf(panel)));
  } catch {
    return null;
  }
}

function keep(panel, secret) {
  try {
    localStorage.setItem(keyOf(panel), JSON.stringify(secret));
  } catch {
    // private mode: the file is then the only copy, and the page says to save it
  }
}

function startContribution(box, panel) {
  const typed = box.querySelector("[data-typed]");
  const chosen = () => box.querySelector("[name=how]:checked").value === "typed";
  let made = kept(panel);
  box.addEventListener("change", () => (typed.hidden = !chosen()));
  box.querySelector("[data-make]").addEventListener("click", () => {
    const digits = typed.querySelector("input").value.replace(/\s/g, "");
    if (chosen() && !/^[0-9]{40,}$/.test(digits)) return refuse(panel, typed.querySelector(".hint").textContent);
    made = { secret: chosen() ? digits : newSecret(), typed: chosen() };
    keep(panel, made);
    showMade(box, panel, made);
  });
  box.querySelector("[data-send]").addEventListener("click", () => send(panel, "contribute", { c: commit(panel, made) }));
  if (made) {
    refuse(panel, box.dataset.kept);
    showMade(box, panel, made);
  }
}

function commit({ dataset }, { secret, typed }) {
  return commitment({ suite: dataset.suite, drawId: dataset.drawId, who: dataset.me, secret, typed });
}

function showMade(box, panel, made) {
  const c = commit(panel, made);
  const { drawId, suite, me } = panel.dataset;
  const file = JSON.stringify({ draw_id: drawId, suite, who: me, ...made, c }, null, 1);
  const link = box.querySelector("[data-save]");
  link.href = URL.createObjectURL(new Blob([file], { type: "application/json" }));
  link.download = `draw-secret-${drawId.replaceAll("/", "-")}.json`;
  box.querySelector("[data-secret]").textContent = made.secret;
  box.querySelector("[data-c]").textContent = c;
  box.querySelector("[data-made]").hidden = false;
}

function startReveal(box, panel) {
  let own = kept(panel);
  const show = () => {
    box.querySelector("[data-found]").hidden = !own;
    box.querySelector("[data-missing]").hidden = Boolean(own);
    box.querySelector("[data-secret]").textContent = own?.secret ?? "";
  };
  box.querySelector("#secret-file").addEventListener("change", async ({ target }) => {
    try {
      const { secret, typed } = JSON.parse(await target.files[0].text());
      own = { secret, typed: typed === true };
      show();
    } catch (error) {
      refuse(panel, error.message);
    }
  });
  box.querySelector("[data-open]").addEventListener("click", () => {
    const text = box.querySelector("#secret-text").value.replace(/\s/g, "");
    const given = own ?? { secret: text, typed: /^[0-9]{40,}$/.test(text) && text.length !== 64 };
    send(panel, "reveal", { nonce: given.secret, typed: given.typed });
  });
  show();
}

function startReading(box, panel) {
  const digits = box.querySelector("#dice-digits");
  const count = box.querySelector("[data-count]");
  digits.addEventListener("input", () => {
    digits.value = digits.value.replace(/[^0-9]/g, "");
    count.textContent = `${digits.value.length} / ${digits.maxLength}`;
  });
  box.addEventListener("submit", (event) => {
    event.preventDefault();
    const hands = [...box.querySelectorAll("[name=hand]:checked")].map(({ value }) => value);
    send(panel, "enter-dice", { digits: digits.value, hands });
  });
}

function startConfirming(box, panel) {
  box.querySelector("[data-confirm-dice]").addEventListener("click", () => send(panel, "confirm-dice", {}));
}

function refuse(panel, text) {
  const place = panel.querySelector("[data-refusal]");
  place.textContent = text;
  place.hidden = !text;
}

/** Perform an act; another party's act in between only means to read the record again. */
async function send(panel, act, facts) {
  const key = crypto.randomUUID();
  refuse(panel, "");
  for (const button of panel.querySelectorAll("button")) button.disabled = true;
  try {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await once(panel.dataset.api, act, facts, `${key}-${attempt}`);
      if (answer.ok) break;
      if (answer.status !== 412 || attempt === TRIES) {
        const { detail, title, errors } = await answer.json();
        const told = (errors ?? []).map((error) => error.detail).join(" ");
        return refuse(panel, [detail ?? title, told].filter(Boolean).join(" "));
      }
    }
    await renewPart();
  } catch (error) {
    refuse(panel, error.message);
  } finally {
    for (const button of panel.querySelectorAll("button")) button.disabled = false;
  }
}

async function once(api, act, facts, key) {
  const seen = await fetch(api, { cache: "no-store" });
  const headers = {
    "Content-Type": "application/json",
    "If-Match": seen.headers.get("ETag") ?? "",
    "Idempotency-Key": key,
    "X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]").value,
  };
  return fetch(`${api}${act}/`, { method: "POST", headers, body: JSON.stringify(facts) });
}
