// The form of a bid: what is typed is kept in this browser with every stroke, the price is written in words, refusals stand at their field.
import { bidOf } from "./sealing/items.js";
import { read, remove, write } from "./sealing/store.js";
import { amountOf, inWords } from "./sealing/words.js";
import { text } from "./texts.js";

/** The form and what was typed into it before a reload. */
export class BidForm {
  constructor(element, key) {
    Object.assign(this, { element, key });
    this.words = element.querySelector("[data-words]");
    element.addEventListener("submit", (event) => event.preventDefault());
    element.addEventListener("input", () => this.#changed());
    element.addEventListener("change", () => this.#changed());
  }

  /** Fill in what was kept; returns the names of the documents that were chosen, which a browser cannot give back. */
  async restore() {
    const kept = (await read("drafts", this.key)) ?? { typed: {}, files: [] };
    for (const [name, value] of Object.entries(kept.typed)) {
      if (this.element.elements[name]) this.element.elements[name].value = value;
    }
    this.names = kept.files;
    this.#showWords();
    return kept.files;
  }

  /** Remember which documents are chosen. */
  chosen(names) {
    this.names = names;
    return this.#keep();
  }

  forget() {
    return remove("drafts", this.key);
  }

  freeze(frozen) {
    for (const part of this.element.querySelectorAll("fieldset[data-frozen]")) part.disabled = frozen;
  }

  /** Return {bid, refusals} as items.js does; the refusals are shown at their fields too. */
  bid(files, lot) {
    const typed = this.#typed();
    const made = bidOf({ ...typed, consortium: members(typed.consortium) }, files, lot);
    this.#mark(made.refusals);
    return made;
  }

  /** Return the refusals as lines for the summary. */
  static lines(refusals) {
    return refusals.map(({ field, code, ...facts }) => ({ text: text(code, { field: text(field), ...facts }), target: `id_${field}` }));
  }

  #typed() {
    const named = [...this.element.elements].filter(({ name, type }) => name && type !== "file" && name !== "csrfmiddlewaretoken");
    return Object.fromEntries(named.map(({ name, value }) => [name, value]));
  }

  #changed() {
    this.#showWords();
    this.#keep();
  }

  #keep() {
    return write("drafts", this.key, { typed: this.#typed(), files: this.names ?? [] }).catch(() => {});
  }

  #showWords() {
    const price = amountOf(this.element.elements.price.value);
    this.words.textContent = price ? inWords(price) : "—";
  }

  #mark(refusals) {
    for (const old of this.element.querySelectorAll("[data-error]")) old.remove();
    for (const { field: name, ...refusal } of refusals) {
      const input = document.getElementById(`id_${name}`);
      const place = input?.closest(".field");
      if (!place || place.querySelector("[data-error]")) continue;
      const said = document.createElement("span");
      Object.assign(said, { className: "error-text", id: `id_${name}_error` });
      said.dataset.error = "";
      said.textContent = text(refusal.code, { field: text(name), ...refusal });
      input.before(said);
      input.setAttribute("aria-describedby", `id_${name}_hint id_${name}_error`);
    }
    for (const place of this.element.querySelectorAll("div.field")) {
      place.classList.toggle("has-error", Boolean(place.querySelector("[data-error]")));
    }
  }
}

/** Members of a consortium, one on each line: code, name, share. */
function members(typed = "") {
  const lines = typed.normalize("NFKC").split("\n").filter((line) => line.trim());
  return lines.map((line) => {
    const [uscc, name = "", ...share] = line.split(/[,;、\t]/);
    return { uscc, name, share: share.join(" ") };
  });
}
