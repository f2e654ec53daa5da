// One line of the table that is read out, filled as the server fills it.
import { localText } from "./clock.js";

/** Return an amount with commas between thousands and two decimals; it is text and stays exact. */
export function yuan(text) {
  const [whole, cents = ""] = String(text).split(".");
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ",")}.${cents.padEnd(2, "0")}`;
}

/** Fill a copy of the row's template from a `bid.read_out` event. */
export function fill(row, said, words, unread) {
  const named = (name, code) => words.values?.[name]?.[code] ?? code;
  const opened = said.outcome === "opened";
  const secured = said.deposit_form && said.deposit_form !== "none";
  const other = said.price_figures !== said.price ? yuan(said.price_figures) : "";
  const texts = {
    ...said,
    received: `${localText(Date.parse(said.received_at))}.${said.received_at.slice(20, 26)}`,
    amount: said.price ? yuan(said.price) : "",
    other,
    deposit: said.deposit_form ? named("deposit_form", said.deposit_form) : "",
    secured: secured ? yuan(said.deposit_amount) : "",
    shut: opened ? "" : named("outcome", said.outcome),
    fault: opened ? "" : said.at_fault.split(", ").map((name) => named("at_fault", name)).join(", "),
    basis: opened ? "" : said.basis,
  };
  const line = row.querySelector("tr");
  line.id = `bid-${said.number}`;
  line.dataset.price = said.price ?? "";
  for (const place of row.querySelectorAll("[data-f]")) {
    const value = texts[place.dataset.f];
    if (place.tagName !== "UL") place.textContent = value ?? "";
  }
  row.querySelector("[data-f=other]").parentElement.hidden = !other;
  list(row.querySelector("[data-f=found]"), (said.findings ?? []).map((code) => words.values?.findings?.[code] ?? unread.replace("{code}", code)));
  list(
    row.querySelector("[data-f=consortium]"),
    (said.consortium ?? []).map(({ name, uscc, share }) => `${name} ${uscc} ${share}`),
  );
  return row;
}

function list(place, texts) {
  place.replaceChildren(
    ...texts.map((text) => {
      const item = document.createElement("li");
      item.textContent = text;
      return item;
    }),
  );
}
