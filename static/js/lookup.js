/* Completes the boxes for a child or a school while somebody types. Without JavaScript the server finds what was typed. */

const WAIT = 200; // milliseconds after the last letter

/** Asks the address for what begins as typed. What was found for earlier letters is taken away at once. */
function asker(address, state) {
  let timer;
  let latest;
  return (typed, show) => {
    latest = typed;
    state.says = "Looking";
    show([]);
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const answer = await fetch(`${address}?${new URLSearchParams({ q: typed })}`);
      const { found } = answer.ok && !answer.redirected ? await answer.json() : { found: [] }; // the session has ended
      if (typed !== latest) return;
      state.says = "No results";
      show(found);
    }, WAIT);
  };
}

const text = (record) => (record && typeof record === "object" ? record.text : record || "");

/** A record as it is offered, as HTML: whatever its name is made of, it is text. */
function offered(record) {
  const line = document.createElement("span");
  line.append(text(record));
  if (record.words) {
    const words = document.createElement("span");
    words.className = "lookup__words";
    words.append(` ${record.words}`);
    line.append(words);
  }
  return line.outerHTML;
}

/** Keeps the hint and the error with the box: the component knows of its own description only. */
function keepDescription(box, description) {
  const keep = () => {
    const own = (box.getAttribute("aria-describedby") || "").split(" ").filter(Boolean);
    const missing = description.filter((id) => !own.includes(id));
    if (missing.length) box.setAttribute("aria-describedby", [...missing, ...own].join(" "));
  };
  keep();
  new MutationObserver(keep).observe(box, { attributeFilter: ["aria-describedby"] });
}

function complete(plain) {
  const { id, className, dataset } = plain;
  const description = (plain.getAttribute("aria-describedby") || "").split(" ").filter(Boolean);
  const state = { says: "" };
  const element = document.createElement("div");
  element.className = "lookup";
  // The plain box stays, unseen, and is what is sent: Back brings back only what a box of the page's own held.
  plain.after(element);
  plain.hidden = true;
  plain.removeAttribute("id");

  const draw = () => {
    element.replaceChildren();
    window.accessibleAutocomplete({
      element,
      id,
      name: "",
      defaultValue: plain.value,
      inputClasses: className,
      source: asker(dataset.lookup, state),
      templates: { inputValue: text, suggestion: offered },
      confirmOnBlur: false,
      onConfirm: (record) => {
        if (!record) return;
        plain.value = text(record);
        element.dispatchEvent(new CustomEvent("chosen", { bubbles: true, detail: plain.value }));
      },
      displayMenu: "overlay",
      tNoResults: () => state.says,
    });
    if (description.length) keepDescription(element.querySelector("input"), description);
  };
  draw();
  element.addEventListener("input", ({ target }) => (plain.value = target.value));
  window.addEventListener("pageshow", () => {
    if (plain.value !== element.querySelector("input").value) draw();
  });
}

document.querySelectorAll("[data-lookup]").forEach(complete);
