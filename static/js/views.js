/* Chart and table as two tabs of one panel, one key away from each other. What shows first needs no script: the style
   sheet has it from the address. Without JavaScript both stand below each other. */

const holder = document.querySelector(".views");
if (holder) {
  const tabs = [...holder.querySelectorAll("[role=tab]")];
  const views = tabs.map((tab) => document.getElementById(tab.getAttribute("aria-controls")));
  views.forEach((view, place) => {
    view.setAttribute("role", "tabpanel");
    view.setAttribute("aria-labelledby", tabs[place].id);
  });

  /** Shows one view; a chart that was drawn while hidden fits itself to the room it now has. */
  const show = (chosen) => {
    views.forEach((view, place) => {
      view.hidden = place !== chosen;
      tabs[place].setAttribute("aria-selected", String(place === chosen));
      tabs[place].tabIndex = place === chosen ? 0 : -1;
    });
    holder.dataset.ready = "";
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

  tabs.forEach((tab, place) =>
    tab.addEventListener("click", (event) => {
      event.preventDefault();
      choose(place);
    }),
  );
  tabs[0].parentElement.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, " ": 0 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = (tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length;
    choose(next);
    tabs[next].focus();
  });
  window.addEventListener("hashchange", () => named() >= 0 && show(named()));
  show(Math.max(named(), 0));
  if (named() > 0) views[named()].scrollIntoView();
}
