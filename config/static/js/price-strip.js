// The prices as dots on a line, beside the ceiling: a picture of the table, which is the data.
import { yuan } from "./read-row.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 1000;
const EDGE = 20;

/** Draw the strip of all rows anew. */
export function drawStrip(stage) {
  const prices = [...stage.querySelectorAll("[data-rows] > tr")].map((row) => row.dataset.price).filter(Boolean);
  const strip = stage.querySelector("[data-strip]");
  strip.hidden = !prices.length;
  if (!prices.length) return;
  prices.sort((one, other) => Number(one) - Number(other)); // places on a picture; the texts stay exact
  const ceiling = Number(stage.dataset.ceiling) || 0;
  const low = Number(prices[0]);
  const high = Math.max(ceiling, Number(prices.at(-1)));
  const place = (price) => EDGE + ((WIDTH - 2 * EDGE) * (Number(price) - low)) / (high - low || 1);
  strip.querySelector("[data-dots]").replaceChildren(...prices.map((price) => dot(place(price), ceiling && Number(price) > ceiling)));
  const line = strip.querySelector("[data-ceiling-line]");
  if (ceiling) {
    line.setAttribute("x1", place(ceiling));
    line.setAttribute("x2", place(ceiling));
    line.removeAttribute("hidden");
  }
  const named = { lowest: prices[0], median: prices[(prices.length - 1) >> 1], highest: prices.at(-1) };
  for (const [name, price] of Object.entries(named)) strip.querySelector(`[data-${name}]`).textContent = `¥${yuan(price)}`;
}

function dot(x, over) {
  const made = document.createElementNS(SVG, "rect");
  for (const [name, value] of Object.entries({ x: x - 2, y: 14, width: 4, height: 28, rx: 2 })) made.setAttribute(name, value);
  made.setAttribute("class", over ? "strip-price is-over" : "strip-price");
  return made;
}
