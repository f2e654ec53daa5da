// The server's clock: its time at the moment the page was made, carried on by the browser's monotonic clock.
const county = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", dateStyle: "short", timeStyle: "medium" });
const bornAt = performance.timeOrigin + responseStart();
let offset = Number(document.documentElement.dataset.serverNow ?? Date.now()) - bornAt;

function responseStart() {
  return performance.getEntriesByType("navigation")[0]?.responseStart ?? 0;
}

/** Return the server's time in milliseconds. */
export function serverNow() {
  return performance.timeOrigin + performance.now() + offset;
}

/** Set the clock by a time that the server has just sent (a live session's heartbeat). */
export function setServerTime(milliseconds) {
  offset = milliseconds - (performance.timeOrigin + performance.now());
}

/** Return a moment as people of the county read it, to the second. */
export function localText(milliseconds) {
  return county.format(milliseconds);
}

/** Keep every [data-clock] showing the server's time. */
export function startClocks() {
  const clocks = document.querySelectorAll("[data-clock]");
  if (!clocks.length) return;
  const tick = () => {
    const now = serverNow();
    for (const clock of clocks) {
      const ahead = Number(clock.dataset.clock || 0);
      clock.textContent = localText(now + ahead);
      clock.dateTime = new Date(now + ahead).toISOString();
    }
    setTimeout(tick, 1000 - (now % 1000));
  };
  tick();
}
