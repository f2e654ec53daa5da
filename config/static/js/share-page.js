// The page on which a bidder gives its own share (mode TB): 52 characters typed, or taken from the rescue file.
import { followLinks, hideRefusal, showFailure, showRefusal } from "./refusal.js";
import { send } from "./sealing/api.js";
import { base32, unbase32 } from "./sealing/bytes.js";
import { readRescue } from "./sealing/rescue.js";
import { text } from "./texts.js";

const page = document.querySelector("[data-share-page]");
const code = document.querySelector("#id_code");

if (page && code) start(); // no form, no share to give now

function start() {
  followLinks();
  code.addEventListener("input", count);
  document.querySelector("#id_rescue").addEventListener("change", ({ target }) => take(target.files[0]));
  page.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    give();
  });
  count();
}

function count() {
  const length = code.value.normalize("NFKC").replace(/[\s-]/g, "").length;
  page.querySelector("[data-count]").textContent = `${length} / 52`;
}

async function take(file) {
  hideRefusal();
  try {
    const { share } = readRescue(await file.text());
    if (!share) return showRefusal([{ text: text("rescue_without"), target: "id_rescue" }]);
    code.value = base32(share).replace(/.{4}(?=.)/g, "$& ");
    count();
  } catch {
    showRefusal([{ text: text("rescue_unreadable"), target: "id_rescue" }]);
  }
}

async function give() {
  hideRefusal();
  const share = unbase32(code.value);
  if (!share) return showRefusal([{ text: text("code_wrong"), target: "id_code" }]);
  const button = page.querySelector("[type=submit]");
  button.disabled = true;
  try {
    const token = page.querySelector("[name=csrfmiddlewaretoken]").value;
    await send(`${page.dataset.api}give-own-share/`, { json: { code: base32(share) }, token });
    page.querySelector("form").hidden = true;
    page.querySelector("[data-given]").hidden = false;
    page.querySelector("[data-given]").focus();
  } catch (error) {
    showFailure({ problem: error.problem, away: error.name === "Away", detail: error.message });
  }
  button.disabled = false;
}
