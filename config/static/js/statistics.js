// Draws a chart above a table from the table's own cells, so both always show the same numbers.
//   <figure class="chart" data-chart="bar|line|pie" data-table="id of the table" hidden><figcaption>…</figcaption></figure>
// data-columns="2,3" draws these columns only, where others have another unit.
import { init, use } from "echarts/core";
import { BarChart, LineChart, PieChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";

use([BarChart, LineChart, PieChart, AriaComponent, GridComponent, LegendComponent, SVGRenderer]);

const colours = ["#0b5273", "#f5a623", "#3b8f6b", "#a61c18", "#54338a", "#71828c"];

for (const figure of document.querySelectorAll("[data-chart]")) draw(figure);

function draw(figure) {
  const { names, series } = read(document.getElementById(figure.dataset.table), figure.dataset.columns);
  if (!names.length) return;
  const canvas = figure.appendChild(document.createElement("div"));
  canvas.className = "chart-canvas";
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", figure.querySelector("figcaption")?.textContent.trim() ?? "");
  figure.hidden = false;
  const chart = init(canvas, null, { renderer: "svg" });
  chart.setOption(options(figure.dataset.chart, names, series));
  new ResizeObserver(() => chart.resize()).observe(canvas);
}

/** Read a table: the first cell of a row names it, every further column marked .is-number is a series, or those chosen. */
function read(table, chosen) {
  const heads = [...table.tHead.rows[0].cells];
  const rows = [...table.tBodies[0].rows];
  const numbers = heads.flatMap((head, place) => (head.matches(".is-number") ? [place] : []));
  const columns = chosen?.split(",").map(Number) ?? numbers;
  return {
    names: rows.map((row) => row.cells[0].textContent.trim()),
    series: columns.map((place) => ({
      name: heads[place].textContent.trim(),
      data: rows.map((row) => number(row.cells[place])),
    })),
  };
}

function number(cell) {
  const exact = cell.querySelector("data")?.value ?? cell.dataset.value;
  return Number(exact ?? cell.textContent.replace(/[^\d.-]/g, ""));
}

function options(kind, names, series) {
  const size = parseFloat(getComputedStyle(document.documentElement).fontSize) * 0.8;
  const text = { fontSize: size, fontFamily: getComputedStyle(document.body).fontFamily, color: "#14252f" };
  const common = {
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    animationDuration: 500,
    aria: { enabled: true, label: { enabled: false }, decal: { show: true } },
    color: colours,
    textStyle: text,
    legend: { show: series.length > 1 || kind === "pie", bottom: 0, textStyle: text },
  };
  if (kind === "pie") {
    const data = names.map((name, place) => ({ name, value: series[0].data[place] }));
    return { ...common, series: [{ type: "pie", radius: ["42%", "70%"], label: text, data }] };
  }
  const label = { show: series.length === 1, position: "top", ...text };
  return {
    ...common,
    grid: { left: 8, right: 16, top: 32, bottom: series.length > 1 ? 40 : 8, containLabel: true },
    xAxis: { type: "category", data: names, axisLabel: text, axisTick: { show: false } },
    yAxis: { type: "value", axisLabel: text, splitLine: { lineStyle: { color: "#d5dfe3" } } },
    series: series.map((one) => ({ ...one, type: kind, label, barMaxWidth: 48, symbolSize: 9 })),
  };
}
