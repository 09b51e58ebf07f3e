/* Draws the page's chart from the JSON beside it. Without JavaScript the table says the same. */

const NARROW = 560; // pixels of drawing below which margins and labels shrink
const LONGEST_LABEL = 16;
const PAPER = { width: 680, height: 400 }; // pixels of an A4 side that a chart may take

/** The chart as it fits into `width`: on a narrow screen smaller type, and long names of categories cut short. */
function fitted(chart, width) {
  if (width >= NARROW) return chart;
  const { layout } = chart;
  const narrow = {
    font: { ...layout.font, size: 12 },
    margin: { ...layout.margin, l: 44, r: 28 },
    xaxis: { ...layout.xaxis, nticks: 4, ...fewerTicks(layout.xaxis), title: wrapped(layout.xaxis.title) },
    yaxis: { ...layout.yaxis, ...shortLabels(chart), title: wrapped(layout.yaxis.title) },
    ...legendOfNames(chart),
  };
  return { ...chart, layout: { ...layout, ...narrow } };
}

/** Names at the ends of lines as a legend above the drawing, where there is no room beside it. */
function legendOfNames({ data, layout }) {
  const others = (layout.annotations || []).filter(({ name }) => name !== "name at the end of a line");
  if (others.length === (layout.annotations || []).length) return {};
  const room = 24 * data.length;
  return {
    annotations: others,
    showlegend: true,
    legend: { orientation: "v", x: 0, y: 1, yanchor: "bottom", yref: "paper" },
    margin: { ...layout.margin, l: 44, r: 28, t: layout.margin.t + room },
    height: layout.height + room,
  };
}

/** An axis' title in lines that a narrow drawing has room for. */
function wrapped(title) {
  const lines = (title?.text || "").match(/.{1,28}(\s|$)/g) || [];
  return { ...title, text: lines.map((line) => line.trim()).join("<br>") };
}

/** Every other tick of an axis that names its ticks, the last one always. */
function fewerTicks({ tickvals, ticktext }) {
  if (!tickvals || tickvals.length < 5) return {};
  const isKept = (_, place) => (tickvals.length - 1 - place) % 2 === 0;
  return { tickvals: tickvals.filter(isKept), ticktext: ticktext.filter(isKept) };
}

/** Tick labels for horizontal bars whose categories have long names. */
function shortLabels({ data }) {
  const names = data[0].orientation === "h" ? data[0].y : [];
  if (!names.some((name) => name.length > LONGEST_LABEL)) return {};
  const short = names.map((name) => (name.length > LONGEST_LABEL ? `${name.slice(0, LONGEST_LABEL - 1)}…` : name));
  return { tickmode: "array", tickvals: names, ticktext: short };
}

for (const figure of document.querySelectorAll("[data-chart]")) {
  const chart = JSON.parse(document.getElementById(figure.dataset.chart).textContent);
  const drawing = figure.querySelector(".chart__drawing");
  figure.hidden = false;
  const { data, layout } = fitted(chart, drawing.clientWidth);
  Plotly.newPlot(drawing, data, layout, { displayModeBar: false, responsive: true });
  window.addEventListener("beforeprint", () => {
    drawing.style.zoom = Math.min(1, PAPER.width / drawing.clientWidth, PAPER.height / drawing.clientHeight);
  });
  window.addEventListener("afterprint", () => {
    drawing.style.zoom = 1;
  });
  drawing.on("plotly_click", ({ points: [point] }) => {
    if (point.customdata) location.href = point.customdata;
  });
}
