// A member's score sheet: every entry is saved by itself; what cannot be sent stays on this computer until it can.
const form = document.querySelector("[data-room]");
const WAIT_MS = 1200;
const AGAIN_MS = 5000;

if (form) start();

function start() {
  const status = document.querySelector("[data-saved]");
  const key = `sheet-${form.dataset.sheet}`;
  const draft = form.querySelector("[name=draft]");
  const fields = [...form.querySelectorAll("[name^='score/']")];
  let timer;
  let sending = false;

  restore();
  form.addEventListener("input", () => {
    keep();
    later(WAIT_MS);
  });
  form.addEventListener("submit", () => localStorage.removeItem(key)); // the page itself saves; it comes back on failure
  window.addEventListener("online", () => later(0));

  function later(ms) {
    clearTimeout(timer);
    timer = setTimeout(save, ms);
  }

  function typed() {
    return Object.fromEntries(fields.map(({ name, value }) => [name, value.trim()]));
  }

  function keep() {
    localStorage.setItem(key, JSON.stringify({ draft: draft.value, typed: typed() }));
  }

  function restore() {
    const kept = JSON.parse(localStorage.getItem(key) ?? "null");
    if (!kept) return;
    for (const field of fields) field.value = kept.typed[field.name] ?? field.value;
    later(0);
  }

  async function save() {
    if (sending) return later(WAIT_MS);
    sending = true;
    const sent = typed();
    try {
      const answer = await fetch(form.dataset.api, {
        method: "PUT",
        headers: { "Content-Type": "application/json", "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value },
        body: JSON.stringify({ draft: Number(draft.value), scores: nested(sent) }),
      });
      if (answer.ok) saved((await answer.json()).draft, sent);
      else say(answer.status === 412 ? "overtaken" : "wrong");
    } catch {
      say("failed");
      later(AGAIN_MS);
    }
    sending = false;
  }

  function saved(number, sent) {
    draft.value = number;
    if (JSON.stringify(sent) === JSON.stringify(typed())) localStorage.removeItem(key);
    else keep();
    say("done");
  }

  function say(what) {
    status.textContent = status.dataset[what];
  }
}

/** Return {bid: {part: score}} of fields named score/<bid>/<part>; empty ones are not scored yet. */
function nested(flat) {
  const scores = {};
  for (const [name, value] of Object.entries(flat)) {
    const [, bid, ...part] = name.split("/");
    if (value) (scores[bid] ??= {})[part.join("/")] = value;
  }
  return scores;
}
