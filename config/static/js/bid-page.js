// The page on which a bid is made: fill in, choose documents, seal and upload, save and prove the rescue file, submit.
import { startBinding } from "./bid-binding.js";
import { BidForm } from "./bid-form.js";
import { serverNow } from "./clock.js";
import { followLinks, freshToken, hideRefusal, showFailure, showRefusal } from "./refusal.js";
import { call, patiently } from "./sealing/api.js";
import { forgetSeal } from "./sealing/store.js";
import { Progress } from "./bid-progress.js";
import { megabytes, text } from "./texts.js";

const page = document.querySelector("[data-bid]");
const RESCUE = "receipt.age-key.txt";
const STEPS = ["items", "documents", "seal", "rescue", "submit", "receipt"];
const state = { files: [], digests: null, turn: 0, lot: null, rescue: "", uploaded: false };
const $ = (selector) => page.querySelector(selector);
let form, progress, worker;

if (page) start().catch((error) => showFailure({ detail: error.message }));

async function start() {
  followLinks();
  if (!globalThis.isSecureContext || !globalThis.indexedDB) return showRefusal([{ text: text("insecure") }]);
  state.key = `${page.dataset.lot}:${page.dataset.bidder}`;
  form = new BidForm($("form[data-items]"), state.key);
  const lost = await form.restore();
  if (lost.length) tellChosen(lost.map((name) => ({ name })), true);
  state.lot = await patiently(() => call(page.dataset.api), { onAway: () => showFailure({ away: true }) });
  hideRefusal();
  progress = new Progress(page);
  worker = new Worker(page.dataset.worker, { type: "module", name: document.documentElement.lang });
  worker.addEventListener("message", ({ data }) => HEARD[data.tell](data));
  worker.addEventListener("error", () => showFailure({ detail: text("no_worker") }));
  listen();
  worker.postMessage({ order: "resume", key: state.key, token: token() });
}

const token = () => state.token ?? page.querySelector("[name=csrfmiddlewaretoken]").value;

function listen() {
  const documents = $("#id_files");
  documents.addEventListener("change", () => choose([...documents.files]));
  if (documents.files.length) choose([...documents.files]); // chosen before the page was ready
  $("[data-do=seal]").addEventListener("click", seal);
  $("[data-do=resume]").addEventListener("click", resume);
  $("[data-do=anew]").addEventListener("click", anew);
  $("#id_saved").addEventListener("change", async ({ target }) => prove(await target.files[0]?.text()));
  $("[data-do=prove]").addEventListener("click", () => prove($("#id_pasted").value));
  startBinding({ page, state, form, token });
  window.addEventListener("beforeunload", (event) => state.sealing && event.preventDefault());
  document.addEventListener("countdown:over", () => showRefusal([{ text: text("over") }]));
}

function step(name) {
  const at = STEPS.indexOf(name);
  for (const [i, item] of [...page.querySelectorAll("[data-steps] > li")].entries()) {
    item.className = i < at ? "is-done" : i === at ? "is-current" : "is-next";
    if (i === at) item.setAttribute("aria-current", "step");
    else item.removeAttribute("aria-current");
  }
}

function choose(files) {
  Object.assign(state, { files, digests: null, turn: state.turn + 1 });
  form.chosen(files.map(({ name }) => name.normalize("NFC")));
  tellChosen(files, false);
  const all = files.reduce((sum, { size }) => sum + size, 0);
  if (all > state.lot.max_bytes) return showRefusal([{ text: text("too_large"), target: "id_files" }]);
  step(files.length ? "seal" : "documents");
  if (files.length) worker.postMessage({ order: "digest", files, turn: state.turn });
}

function tellChosen(files, lost) {
  const list = $("[data-chosen]");
  list.replaceChildren(
    ...files.map(({ name, size }) => {
      const item = document.createElement("li");
      item.textContent = size === undefined ? name : text("file_line", { name, size: megabytes(Math.max(size, 50_000)) });
      return item;
    }),
  );
  $("[data-lost]").hidden = !lost;
}

/** What can be refused is refused here, before anything is sealed. */
function seal() {
  hideRefusal();
  if (state.files.length && !state.digests) {
    state.wanted = true;
    return progress.say(text("digesting"));
  }
  const { bid, refusals } = form.bid(state.digests ?? [], state.lot);
  if (!bid) return showRefusal(BidForm.lines(refusals));
  Object.assign(state, { sealing: true, uploaded: false, wanted: false });
  form.freeze(true);
  show({ work: true });
  step("seal");
  progress.begin();
  const { key, lot, files } = state;
  const organisation = lot.bidder.slice(1);
  worker.postMessage({ order: "seal", key, lot, bid, files, organisation, token: token(), now: serverNow() });
}

async function resume() {
  hideRefusal();
  state.token = await freshToken();
  worker.postMessage({ order: "resume", key: state.key, token: token() });
}

/** Change something: what was sealed is given up, what was typed stays. */
async function anew() {
  await forgetSeal(state.key);
  location.reload();
}

const HEARD = {
  digesting: ({ seen }) => state.wanted && progress.digesting(seen, state.files),
  digested({ files, turn }) {
    if (turn !== state.turn) return; // other documents were chosen meanwhile
    state.digests = files;
    if (state.wanted) seal();
  },
  sealing: ({ done, all }) => progress.sealing(done, all),
  sent: (told) => progress.sent(told),
  away: () => progress.away(),
  sealed({ size, parts, rescue, proved }) {
    Object.assign(state, { sealing: false, rescue, proved });
    progress.sealed(size, parts);
    form.freeze(true);
    offerRescue();
  },
  uploaded() {
    state.uploaded = true;
    progress.finished();
    ready();
  },
  nothing: () => step(state.files.length ? "seal" : "items"),
  interrupted() {
    step("documents");
    showRefusal([{ text: text("interrupted"), target: "id_files" }]);
  },
  proving: ({ done, all }) => progress.proving(done, all),
  proved({ code }) {
    const said = $("[data-proof]");
    said.hidden = false;
    said.className = code ? "notification is-danger" : "notification is-success";
    said.textContent = text(code || "rescue_proved");
    progress.proved(!code);
    state.proved = !code;
    ready();
  },
  failed(told) {
    state.sealing = false;
    const out = [401, 403].includes(told.status);
    if (out) showRefusal([{ text: text("signed_out") }], { next_step: text("signed_out_next") });
    else showFailure(told);
    if (told.order !== "digest") show({ again: true });
    if (told.order === "seal" && !state.rescue) form.freeze(false);
  },
};

function show({ work, again, rescue, submit: last }) {
  if (work) $("[data-card=work]").hidden = false;
  if (rescue) $("[data-card=rescue]").hidden = false;
  if (last !== undefined) $("[data-card=submit]").hidden = !last;
  $("[data-do=resume]").hidden = !again;
  $("[data-do=seal]").hidden = Boolean(state.rescue);
}

function offerRescue() {
  const link = $("[data-do=save]");
  URL.revokeObjectURL(link.href);
  link.href = URL.createObjectURL(new Blob([state.rescue], { type: "text/plain" }));
  link.download = RESCUE;
  show({ work: true, rescue: true });
}

function prove(saved) {
  if (saved) worker.postMessage({ order: "check", key: state.key, text: saved });
}

/** The bid can be submitted once its last part is there and its rescue file is proved. */
function ready() {
  const both = Boolean(state.uploaded && state.proved);
  step(both ? "submit" : state.proved ? "seal" : "rescue");
  show({ work: true, rescue: true, submit: both });
}
