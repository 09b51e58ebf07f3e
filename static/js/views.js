/* Chart and table as two tabs of one panel, one key away from each other. Without JavaScript both stand below each other. */

const views = [...document.querySelectorAll("[data-view]")];
if (views.length > 1) {
  const list = document.createElement("div");
  list.className = "views__tabs";
  list.setAttribute("role", "tablist");
  list.setAttribute("aria-label", "Show as");
  const tabs = views.map((view) => {
    const tab = document.createElement("button");
    tab.type = "button";
    tab.id = `${view.id}-tab`;
    tab.textContent = view.dataset.view;
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", view.id);
    view.setAttribute("role", "tabpanel");
    view.setAttribute("aria-labelledby", tab.id);
    list.append(tab);
    return tab;
  });
  views[0].before(list);

  /** Shows one view; a chart that was drawn while hidden fits itself to the room it now has. */
  const show = (chosen) => {
    views.forEach((view, place) => {
      view.hidden = place !== chosen;
      tabs[place].setAttribute("aria-selected", String(place === chosen));
      tabs[place].tabIndex = place === chosen ? 0 : -1;
    });
    window.dispatchEvent(new Event("resize"));
  };
  /** The view that the address points into: "#table" is what the links of the table's headings end in. */
  const named = () => views.findIndex((view) => location.hash && (location.hash === `#${view.id}` || view.querySelector(location.hash)));

  tabs.forEach((tab, place) => tab.addEventListener("click", () => show(place)));
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = (tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length;
    show(next);
    tabs[next].focus();
  });
  window.addEventListener("hashchange", () => named() >= 0 && show(named()));
  show(Math.max(named(), 0));
  if (named() > 0) document.querySelector(location.hash).scrollIntoView();
}
