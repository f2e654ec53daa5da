// Countdowns by the server's clock. They are silent for screen readers but for 60, 10, 5 and 1 minute, and the end.
import { serverNow } from "./clock.js";

const SPOKEN_MINUTES = [60, 10, 5, 1, 0];

/** Start every [data-countdown] on the page (or under `root`). */
export function startCountdowns(root = document) {
  for (const box of root.querySelectorAll("[data-countdown]")) start(box);
}

function start(box) {
  const due = Date.parse(box.dataset.countdown);
  const ahead = Number(box.dataset.ahead || 0);
  const parts = Object.fromEntries(
    [...box.querySelectorAll("[data-part]")].map((part) => [part.dataset.part, part]),
  );
  const spoken = box.querySelector("[aria-live]");
  box.querySelector(".countdown-clock").hidden = false;
  let before = Infinity;
  const tick = () => {
    const left = Math.max(0, due - serverNow() - ahead);
    show(parts, left);
    box.classList.toggle("is-near", left > 0 && left <= 3_600_000);
    box.classList.toggle("is-over", left === 0);
    const step = SPOKEN_MINUTES.find((minutes) => left <= minutes * 60_000 && before > minutes * 60_000);
    if (step !== undefined && before !== Infinity) {
      spoken.textContent = step ? box.dataset.say.replace("{n}", step) : box.dataset.over;
    }
    before = left;
    if (left > 0) setTimeout(tick, left % 1000 || 1000);
    else box.dispatchEvent(new CustomEvent("countdown:over", { bubbles: true }));
  };
  tick();
}

function show(parts, left) {
  const seconds = Math.ceil(left / 1000);
  const values = {
    days: Math.floor(seconds / 86_400),
    hours: Math.floor(seconds / 3600) % 24,
    minutes: Math.floor(seconds / 60) % 60,
    seconds: seconds % 60,
  };
  for (const [name, value] of Object.entries(values)) {
    if (parts[name]) parts[name].textContent = String(value).padStart(2, "0");
  }
}
