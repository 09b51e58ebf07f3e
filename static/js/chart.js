/* Charts stand in the page as drawings whose marks are links. This adds arrow keys among the marks, and Plotly in the
   place of a drawing, for values on hover, zoom and a picture: when a mouse rests on it, or its button is pressed. */

const { plotly, plotlySheet } = document.currentScript.dataset;
const REST = 300; // milliseconds for which a mouse rests on a drawing before it is taken over
const SHARPNESS = 2; // dots of a picture for a pixel of the screen
const BUTTONS = 28; // pixels of height that the buttons of a plot take
const EXPLORE = "Explore the chart";
const BACK = "Back to the plain chart";

// Keys: one stop for a drawing, arrow keys among its marks

/** The marks in the order in which keys go through them, and those that lie across from each. */
function ways(svg) {
  const middle = (link) => {
    const { left, top, width, height } = link.getBoundingClientRect();
    return { x: left + width / 2, y: top + height / 2 };
  };
  const series = [...svg.querySelectorAll(".marks")].map((marks) => [...marks.querySelectorAll("a")]);
  const isDown = svg.dataset.along === "y";
  const lists = isDown ? [series.flat().sort((one, other) => middle(one).y - middle(other).y)] : series;

  /** The nearest mark above (-1) or below (1) among those of other lines at the same place. */
  const across = (link, step) => {
    const { x, y } = middle(link);
    const apart = (other) => (middle(other).y - y) * step;
    const here = (list) => list.find((other) => Math.abs(middle(other).x - x) < 1);
    const others = lists.filter((list) => !list.includes(link)).map(here);
    return others.filter((other) => other && apart(other) >= 0).sort((a, b) => apart(a) - apart(b))[0];
  };
  return { list: (link) => lists.find((list) => list.includes(link)), across, hasAcross: lists.length > 1 };
}

/** The mark to which a key leads from another. */
function next(svg, link, key) {
  const { list, across, hasAcross } = ways(svg);
  const marks = list(link);
  const place = marks.indexOf(link);
  if (hasAcross && key === "ArrowUp") return across(link, -1);
  if (hasAcross && key === "ArrowDown") return across(link, 1);
  if (key === "ArrowRight" || key === "ArrowDown") return marks[place + 1];
  if (key === "ArrowLeft" || key === "ArrowUp") return marks[place - 1];
  return { Home: marks[0], End: marks.at(-1) }[key];
}

function addKeys(svg) {
  const links = [...svg.querySelectorAll(".marks a")];
  const stopAt = (chosen) => links.forEach((link) => (link.tabIndex = link === chosen ? 0 : -1));
  if (links.length === 0) return;
  stopAt(links[0]);
  svg.setAttribute("aria-describedby", svg.dataset.keys);
  // Not at the drawing itself, which Chromium would then make a stop of its own.
  svg.parentElement.addEventListener("focusin", ({ target }) => links.includes(target) && stopAt(target));
  svg.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || !links.includes(event.target)) return;
    if (!/^(Arrow(Up|Down|Left|Right)|Home|End)$/.test(event.key)) return;
    event.preventDefault();
    next(svg, event.target, event.key)?.focus();
  });
}

// Plotly, fetched once

let library;

/** Plotly, with a sheet of ours that it writes its rules to: it would make an inline one, which the policy refuses. */
function loaded() {
  library ??= added("link", { id: "plotly.js-style-global", rel: "stylesheet", href: plotlySheet })
    .then(() => added("script", { src: plotly }))
    .then(() => window.Plotly);
  library.catch(() => (library = undefined));
  return library;
}

function added(name, properties) {
  return new Promise((resolve, reject) => {
    const element = Object.assign(document.createElement(name), properties);
    element.addEventListener("load", resolve);
    element.addEventListener("error", () => {
      element.remove();
      reject(new Error(`${name} did not load`));
    });
    document.head.append(element);
  });
}

async function fetched(address) {
  const response = await fetch(address, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(response.statusText);
  return response.json();
}

/** A layout made `factor` times as large as the server laid it out, with `room` above it for the buttons of the plot. */
function scaled(layout, factor, { font, room }) {
  const times = (thing, ...names) => names.reduce((all, name) => ({ ...all, [name]: all[name] * factor }), thing);
  return {
    ...layout,
    width: layout.width * factor,
    height: layout.height * factor + room,
    margin: { ...times(layout.margin, "l", "r", "b"), t: layout.margin.t * factor + room },
    font: { ...layout.font, size: font * factor },
    annotations: (layout.annotations ?? []).map((note) => times(note, "xshift", "yshift")),
    shapes: (layout.shapes ?? []).map((shape) => (shape.xsizemode === "pixel" ? times(shape, "x0", "x1", "y0", "y1") : shape)),
    dragmode: matchMedia("(pointer: fine)").matches ? "zoom" : false, // a finger that drags scrolls the page
  };
}

/** The names along a plot of lines that has been zoomed: as many as fit of those in sight, the last one always. */
function named({ meta, xaxis }) {
  const place = (value) => (xaxis.type === "date" ? Date.parse(value) : value);
  const [first, last] = xaxis.range.map(place);
  const { tickvals, ticktext } = meta.along;
  const seen = tickvals.map((_, n) => n).filter((n) => place(tickvals[n]) >= first && place(tickvals[n]) <= last);
  const step = Math.ceil(seen.length / meta.named);
  const kept = seen.filter((_, n) => (seen.length - 1 - n) % step === 0);
  return { "xaxis.tickvals": kept.map((n) => tickvals[n]), "xaxis.ticktext": kept.map((n) => ticktext[n]) };
}

/** Saves the plot as a picture with its title, by way of an address that the security policy allows for images. */
async function savePicture(plot) {
  const { layout, data } = plot;
  const title = { text: layout.meta.title, x: 0, xanchor: "left", xref: "paper", y: 1, yref: "container", pad: { t: 24 } };
  const room = layout.meta.title ? 32 : 0;
  const titled = {
    ...layout,
    title,
    height: layout.height + room,
    margin: { ...layout.margin, t: layout.margin.t + room },
  };
  const { width, height } = titled;
  const image = new Image();
  image.src = await Plotly.toImage({ data, layout: titled }, { format: "svg", width, height });
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: width * SHARPNESS, height: height * SHARPNESS });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((blob) => {
    const href = URL.createObjectURL(blob);
    Object.assign(document.createElement("a"), { href, download: "chart.png" }).click();
    URL.revokeObjectURL(href);
  });
}

// One chart, plain or explored

class Explorer {
  constructor(figure) {
    this.figure = figure;
    this.plain = figure.querySelector(".chart__plain");
    this.button = figure.querySelector(".chart__explore");
    this.said = figure.querySelector(".chart__said");
    this.isOpening = false;
    this.isRested = false; // a mouse lies on the drawing
    this.isWelcome = true; // to take over by itself: not after a failure or the way back
    this.button.hidden = false;
    this.button.addEventListener("click", () => (this.plot ? this.close() : this.open(true)));
    this.watchMouse();
    addEventListener("resize", () => this.fit());
  }

  watchMouse() {
    let timer;
    this.plain.addEventListener("pointerenter", ({ pointerType }) => {
      if (pointerType !== "mouse" || !this.isWelcome) return;
      this.isRested = true;
      timer = setTimeout(() => this.open(false), REST);
    });
    this.plain.addEventListener("pointerleave", () => {
      this.isRested = false;
      clearTimeout(timer);
    });
    this.plain.addEventListener("pointerdown", () => clearTimeout(timer)); // a link is about to be followed
  }

  /** Whether the drawing may be taken over: asked for, or a mouse still lies on it and nothing in it has the focus. */
  mayOpen(isAsked) {
    return isAsked || (this.isRested && !this.plain.contains(document.activeElement));
  }

  async open(isAsked) {
    if (this.isOpening || this.plot || !this.mayOpen(isAsked)) return;
    this.isOpening = true;
    this.said.textContent = isAsked ? "Loading" : "";
    try {
      await this.draw(isAsked);
    } catch (error) {
      console.warn(error);
      this.close();
      this.said.textContent = "The chart cannot be explored at the moment. The plain chart has the same figures.";
    }
    this.isOpening = false;
  }

  async draw(isAsked) {
    const svg = [...this.plain.querySelectorAll("svg")].find((drawing) => drawing.getClientRects().length > 0);
    const address = new URL(this.figure.dataset.explore, location.href);
    address.searchParams.set("drawing", svg.dataset.form);
    const [explored] = await Promise.all([fetched(address), loaded()]);
    const className = `chart__plot chart__plot--${svg.dataset.form} chart__plot--waiting`;
    const plot = Object.assign(document.createElement("div"), { className });
    plot.setAttribute("role", "group");
    plot.setAttribute("aria-labelledby", this.figure.querySelector("figcaption").id);
    this.plain.after(plot);
    this.explored = explored;
    this.fitting = {
      font: parseFloat(getComputedStyle(svg).fontSize),
      room: svg.dataset.form === "narrow" ? BUTTONS : 0, // a broad drawing has room beside its title
    };
    await this.react(plot, svg.getBoundingClientRect().width);
    if (!this.mayOpen(isAsked)) return plot.remove();
    plot.on("plotly_click", follow);
    plot.on("plotly_relayout", (change) => {
      if (Object.keys(change).some((name) => name.startsWith("xaxis.range"))) Plotly.relayout(plot, named(plot.layout));
    });
    plot.on("plotly_hover", ({ points: [{ customdata }] }) => plot.classList.toggle("chart__plot--link", !!customdata));
    plot.on("plotly_unhover", () => plot.classList.remove("chart__plot--link"));
    this.plot = plot;
    this.plain.hidden = true;
    plot.classList.remove("chart__plot--waiting");
    this.button.textContent = BACK;
    this.said.textContent = isAsked ? "Point at a mark for its value, or save a picture." : "";
  }

  react(plot, width) {
    const { data, layout } = this.explored;
    const zoom = layout.xaxis.fixedrange ? [] : [["zoomIn2d", "zoomOut2d", "resetScale2d"]];
    const picture = { name: "picture", title: "Save as a picture", icon: Plotly.Icons.camera, click: savePicture };
    const config = { displaylogo: false, displayModeBar: true, modeBarButtons: [...zoom, [picture]] };
    return Plotly.react(plot, data, scaled(layout, width / layout.width, this.fitting), config);
  }

  /** The plot in the room that it now has. */
  fit() {
    if (this.plot?.clientWidth) this.react(this.plot, this.plot.clientWidth);
  }

  /** Back to the plain chart, which a mouse that rests on it then leaves as it is. */
  close() {
    this.figure.querySelectorAll(".chart__plot").forEach((plot) => plot.remove());
    this.plot = undefined;
    this.isWelcome = false;
    this.plain.hidden = false;
    this.button.textContent = EXPLORE;
    this.said.textContent = "";
  }
}

/** Opens the records of a mark, in a new tab where a key asks for one. */
function follow({ points: [{ customdata }], event }) {
  if (!customdata) return;
  if (event.ctrlKey || event.metaKey) window.open(customdata);
  else location.assign(customdata);
}

document.querySelectorAll(".chart__svg").forEach(addKeys);
document.querySelectorAll(".chart").forEach((figure) => figure.dataset.explore && new Explorer(figure));
