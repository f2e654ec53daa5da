// A custodian's page: make the key and save it, rehearse, and after the deadline open the wraps and hand in the shares.
import { showFailure, showRefusal, followLinks, hideRefusal } from "./refusal.js";
import { act, call, patiently, send } from "./sealing/api.js";
import { answerTo, backupText, followed, isDue, NotATest, newKey, openAll, readBackup } from "./sealing/custodian.js";
import { read, write } from "./sealing/store.js";
import { localText, serverNow } from "./clock.js";
import { text } from "./texts.js";

const page = document.querySelector("[data-custody]");
const WATCH_MS = 2000;
const BATCH = 300; // shares in one request
const $ = (selector) => page.querySelector(selector);
const token = () => page.querySelector("[name=csrfmiddlewaretoken]").value;
const slot = `custodian:${page?.dataset.pk}`;
let key = null;
let released = false;

if (page) start().catch((error) => showFailure({ detail: error.message }));

async function start() {
  followLinks();
  if (!globalThis.isSecureContext || !globalThis.indexedDB) return showRefusal([{ text: text("insecure") }]);
  key = (await read("keys", slot)) ?? null;
  on("make", make);
  on("give", give);
  on("rehearse", rehearse);
  on("release", release);
  on("follow", follow);
  $("#id_backup").addEventListener("change", ({ target }) => load(target));
  await keep();
  show();
  if (page.dataset.opening) watch();
}

/** A press of a button does its work once at a time, and tells what went wrong. */
function on(name, work) {
  const button = page.querySelector(`[data-do=${name}]`);
  button?.addEventListener("click", async () => {
    hideRefusal();
    button.disabled = true;
    try {
      await work();
    } catch (error) {
      showFailure({ problem: error.problem, away: error.name === "Away", detail: error.message });
    }
    button.disabled = false;
  });
}

const isPublished = () => key !== null && key.recipient === page.dataset.recipient;

function show() {
  $("[data-when=none]").hidden = key !== null;
  $("[data-when=made]").hidden = key === null || isPublished();
  $("[data-when=published]").hidden = !isPublished();
  $("[data-when=elsewhere]").hidden = isPublished() || !page.dataset.recipient;
  for (const place of page.querySelectorAll("[data-own-recipient]")) place.textContent = key?.recipient ?? "";
  const save = page.querySelectorAll("[data-do=save]");
  for (const link of key ? save : []) {
    link.href = URL.createObjectURL(new Blob([backupText(key)], { type: "text/plain" }));
    link.download = `custodian-${page.dataset.lot}-${page.dataset.holder}.age-key.txt`;
  }
}

async function make() {
  key = await newKey(new Date(serverNow()).toISOString());
  await write("keys", slot, key);
  navigator.storage?.persist?.(); // the browser is asked not to clear it
  show();
}

/** The deadline as the platform tells it now; null before the notice. */
function toldDue() {
  const { deadline, rehearsal } = page.dataset;
  return deadline ? { deadline: Date.parse(deadline), rehearsal: rehearsal === "1" } : null;
}

/** The deadline is kept with the key, so that a platform that calls the opening early gets nothing (招标投标法 34, 36). */
async function keep() {
  const told = toldDue();
  if (!key || !told) return;
  key = { ...key, due: followed(key.due, told) };
  await write("keys", slot, key);
  const earlier = told.deadline < key.due.deadline;
  $("[data-earlier]").hidden = !earlier;
  if (earlier) $("[data-earlier-told]").textContent = text("earlier", { told: localText(told.deadline), kept: localText(key.due.deadline) });
}

/** The custodian follows an earlier deadline, having read both. */
async function follow() {
  key = { ...key, due: undefined };
  await keep();
}

/** The back-up is read back before the key is published, or it brings the key to another browser. */
async function load(input) {
  hideRefusal();
  try {
    const found = await readBackup(await input.files[0].text());
    const wanted = page.dataset.recipient || key?.recipient;
    if (wanted && found.recipient !== wanted) return showRefusal([{ text: text("backup_foreign"), target: "id_backup" }]);
    key = { ...found, due: key?.recipient === found.recipient ? key.due : undefined };
    await write("keys", slot, key);
    await keep();
    const offered = $("[data-do=give]");
    if (offered) offered.hidden = isPublished();
    $("[data-saved]").hidden = false;
    show();
  } catch {
    showRefusal([{ text: text("backup_unreadable"), target: "id_backup" }]);
  }
}

async function give() {
  await act(page.dataset.api, "give-key", { recipient: key.recipient }, token());
  location.reload();
}

async function rehearse() {
  const { wrap } = await call(`${page.dataset.api}test-wrap/`);
  const answer = await answerTo(wrap, key).catch((error) => error);
  if (answer instanceof NotATest) return showRefusal([{ text: text("not_a_test") }]);
  if (answer instanceof Error) return showRefusal([{ text: text("test_failed"), target: "id_backup" }]);
  const { rehearsed_at: at } = await act(page.dataset.api, "rehearse", { answer }, token());
  $("[data-rehearsed-at]").textContent = localText(Date.parse(at));
  $("[data-rehearsed]").hidden = false;
}

/** Look whether the opening has begun; then the shares can be handed in, by itself if its custodian said so. */
async function watch() {
  const { state } = await call(page.dataset.opening).catch(() => ({}));
  const open = state === "decrypting";
  $("[data-release]").hidden = !open;
  $("[data-waiting]").hidden = open || released;
  if (open && !released && $("#id_auto").checked && isPublished() && isDue(key.due, Date.now())) $("[data-do=release]").click();
  if (!released) setTimeout(watch, WATCH_MS);
}

const early = () => text("early", { now: localText(Date.now()), kept: key?.due ? localText(key.due.deadline) : "" });

async function release() {
  if (!isDue(key?.due, Date.now())) return showRefusal([{ text: early() }]);
  const [told, bar, { holder, tender }] = [$("[data-told]"), $("[data-release] progress"), page.dataset];
  const sum = { opened: 0, accepted: 0, bad: 0, refused: 0 };
  for (let after = 0; ; ) {
    const address = `${page.dataset.opening}wraps/?holder=${holder}&after=${after}`;
    const { wraps } = await patiently(() => call(address));
    if (!wraps.length) break;
    const onProgress = (done) => (bar.value = done / wraps.length);
    const { shares, bad } = await openAll(wraps, { tender, holder }, key, onProgress);
    for (let at = 0; at < Math.max(shares.length, bad.length); at += BATCH) {
      const json = { holder, shares: shares.slice(at, at + BATCH), bad: bad.slice(at, at + BATCH) };
      const { accepted, refused } = await patiently(() => send(`${page.dataset.opening}shares/`, { json, token: token() }));
      sum.accepted += accepted;
      sum.refused += refused.length;
      told.textContent = text("released", sum);
    }
    sum.opened += shares.length;
    sum.bad += bad.length;
    after = Math.max(...wraps.map(({ number }) => number));
  }
  released = true;
  told.textContent = text("released", sum);
}
