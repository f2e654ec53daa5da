// How far sealing and upload have come: bars, figures for the eye at every step, sentences for the ear at every tenth.
import { megabytes, text } from "./texts.js";

export class Progress {
  #spoken = "";

  constructor(page) {
    this.live = page.querySelector("[data-live]");
    this.bars = Object.fromEntries([...page.querySelectorAll("[data-bar]")].map((bar) => [bar.dataset.bar, bar]));
    this.facts = { size: 0, parts: 0 };
  }

  begin() {
    this.began = performance.now();
    this.facts = { size: 0, parts: 0 };
    for (const name of Object.keys(this.bars)) this.#show(name, 0, 1, "");
  }

  /** Say something once, politely. */
  say(sentence) {
    if (sentence === this.#spoken) return;
    this.#spoken = this.live.textContent = sentence;
  }

  /** The line is lost; the sending goes on by itself. */
  away() {
    this.bars.sending.querySelector("[data-line]").textContent = text("away");
    this.say(text("away"));
  }

  digesting(seen, files) {
    const all = files.reduce((sum, { size }) => sum + size, 0);
    this.#show("sealing", seen, all, text("digesting"));
  }

  sealing(done, all) {
    this.facts.expected = all;
    this.#show("sealing", done, all, text("sealing_line", this.#figures(done, all)));
    this.#tenth("sealing_said", done, all);
  }

  sealed(size, parts) {
    this.facts = { size, parts };
    this.#show("sealing", 1, 1, text("sealed_line", { all: megabytes(size), parts }));
    this.say(text("sealed_said"));
  }

  sent({ bytes, parts }) {
    this.sendingFrom ??= { at: performance.now(), bytes };
    const all = this.facts.parts || Math.ceil((this.facts.expected ?? 1) / 1_048_576);
    const seconds = (performance.now() - this.sendingFrom.at) / 1000;
    const speed = seconds > 0.5 ? megabytes((bytes - this.sendingFrom.bytes) / seconds) : "…";
    this.#show("sending", parts, all, text("sending_line", { parts, all, bytes: megabytes(bytes), speed, percent: this.#percent(parts, all) }));
    this.#tenth("sending_said", parts, all);
  }

  finished() {
    this.#show("sending", 1, 1, text("sent_line", { parts: this.facts.parts }));
    this.say(text("sent_said"));
    this.sendingFrom = undefined;
  }

  proving(done, all) {
    this.#show("proving", done, all, text("proving_line", this.#figures(done, all)));
  }

  proved(right) {
    this.#show("proving", right ? 1 : 0, 1, "");
  }

  #percent = (done, all) => Math.min(100, Math.floor((100 * done) / all));

  #figures(done, all) {
    return { done: megabytes(done), all: megabytes(all), percent: this.#percent(done, all) };
  }

  #show(name, done, all, line) {
    const bar = this.bars[name];
    bar.querySelector("progress").value = done / all;
    bar.querySelector("[data-line]").textContent = line;
  }

  #tenth(code, done, all) {
    const percent = Math.floor(this.#percent(done, all) / 10) * 10;
    if (percent) this.say(text(code, { percent }));
  }
}
