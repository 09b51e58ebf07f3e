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
  const named = () => {
    const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    return views.findIndex((view) => view.contains(place));
  };

  /** Shows the view that a person chose, and keeps it in the address and on the way to another day or choice. */
  const choose = (chosen) => {
    show(chosen);
    const hash = chosen ? `#${views[chosen].id}` : "";
    history.replaceState(null, "", location.pathname + location.search + hash);
    document.querySelectorAll(".scope form").forEach((form) => form.setAttribute("action", hash));
    document.querySelectorAll(".scope a").forEach((link) => (link.hash = hash));
  };

  tabs.forEach((tab, place) => tab.addEventListener("click", () => choose(place)));
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = (tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length;
    choose(next);
    tabs[next].focus();
  });
  window.addEventListener("hashchange", () => named() >= 0 && show(named()));
  show(Math.max(named(), 0));
  if (named() > 0) views[named()].scrollIntoView();
}
