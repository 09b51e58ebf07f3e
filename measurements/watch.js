/* Runs in a page before its own scripts: when the chart is seen, how long tasks block the page, how much it shifts. */
(() => {
  // A mark of a chart, as SVG within the page or as Plotly draws it; on a page that has several charts, of the first.
  const MARKS = ".chart svg a, .chart svg [data-mark], .chart .plot-container .trace path";
  const UNNOTICED = 50; // milliseconds that a task may take before a person feels it
  const measured = (window.measured = { chart: null, blocked: 0, shifts: 0 });

  const watch = (type, note) =>
    new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
  watch("longtask", ({ duration }) => (measured.blocked += Math.max(0, duration - UNNOTICED)));
  watch("layout-shift", ({ value, hadRecentInput }) => (measured.shifts += hadRecentInput ? 0 : value));

  const hasRoom = (mark) => {
    const { width, height } = mark.getBoundingClientRect();
    return width + height > 0;
  };
  // Once before each frame. What has its room then is painted with the frame, and the next task comes after that.
  const look = () => {
    if ([...document.querySelectorAll(MARKS)].some(hasRoom)) {
      setTimeout(() => (measured.chart = performance.now()));
    } else {
      requestAnimationFrame(look);
    }
  };
  requestAnimationFrame(look);
})();
