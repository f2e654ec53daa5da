// One line of a transcript, as the server writes it too: number, moment, what happened, its facts.
import { localText } from "./clock.js";

const LONG = 24;

/** Return the <li> of an event; `words` holds the labels of kinds, facts and coded values. */
export function transcriptLine(event, words) {
  const line = element("li", { id: `event-${event.seq}`, "data-kind": event.kind });
  const time = element("time", { datetime: event.at }, localText(Date.parse(event.at)));
  const body = element("div", { class: "transcript-body" });
  body.append(element("strong", {}, words.kinds[event.kind] ?? event.kind), facts(event.payload, words));
  line.append(element("span", { class: "seq" }, String(event.seq)), time, body);
  return line;
}

function facts(payload, words) {
  const list = element("ul", { class: "transcript-facts" });
  for (const name of inOrder(Object.keys(payload), Object.keys(words.facts))) {
    const shown = shownValue(name, payload[name], words);
    const typed = name === "value" ? typedDigits(shown) : "";
    for (const [label, text] of typed ? [[name, typed], ["hex", shown]] : [[name, shown]]) {
      if (!text) continue;
      const item = element("li", {}, `${words.facts[label] ?? label}: `);
      item.append(text.length > LONG && /^[0-9a-f]+$/.test(text) ? element("code", {}, text) : text);
      list.append(item);
    }
  }
  return list;
}

/** Return the digits that somebody typed, whose bytes the record keeps in hexadecimal; nothing for other bytes. */
export function typedDigits(hex) {
  return /^(3[0-9])+$/.test(hex) ? hex.replace(/3([0-9])/g, "$1") : "";
}

/** The names of facts as the words list them; those without a word come last. */
function inOrder(names, order) {
  const place = (name) => (order.includes(name) ? order.indexOf(name) : order.length);
  return names.sort((one, other) => place(one) - place(other) || (one < other ? -1 : 1));
}

function shownValue(name, value, words) {
  if (value === true) return words.yes;
  if (value === null || value === false || value === "") return "";
  if (Array.isArray(value) && value.some((item) => typeof item === "object")) return "";
  if (Array.isArray(value)) return value.map((item) => shownValue(name, item, words)).filter(Boolean).join(", ");
  if (typeof value === "object") return "";
  if (name.endsWith("_at") || name === "until") return localText(Date.parse(value)).slice(0, 16);
  return words.values[name]?.[value] ?? String(value);
}

function element(name, attributes, text) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}
