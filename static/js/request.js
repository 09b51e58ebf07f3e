/* Adds up the parts of a cost while somebody types, and shows what is held of the child. The server does both anyway. */

const APART = "cost_transport"; // another budget
const AMOUNT = /^£?[0-9][0-9,]*(\.[0-9]{1,2})?$/;

const costs = document.querySelector("[data-costs]");
const total = costs.querySelector("[data-total]");
const written = new Intl.NumberFormat("en-GB", { style: "currency", currency: "GBP", maximumFractionDigits: 0 });

function addUp() {
  const typed = [...costs.querySelectorAll("input")]
    .filter(({ name }) => name !== APART)
    .map(({ value }) => value.trim())
    .filter(Boolean);
  if (!typed.length) {
    total.value = "nothing yet";
  } else if (!typed.every((text) => AMOUNT.test(text))) {
    total.value = "cannot be worked out: one of the boxes does not hold an amount";
  } else {
    total.value = written.format(typed.reduce((sum, text) => sum + Number(text.replace(/[£,]/g, "")), 0));
  }
}

costs.addEventListener("input", addUp);
addUp();

// What is held of the child that was chosen or typed; its needs are filled in where none was chosen.
// What the page came with may not be what its boxes hold by now: Back brings back what was typed in them.
const facts = document.querySelector("[data-child]");
const child = document.querySelector("[name=child]");
const needs = { primaryNeed: "id_primary_need", secondaryNeed: "id_secondary_need" };
let plan = { ...facts.querySelector(".child-facts")?.dataset };
let shown = child.defaultValue.trim();

function fillIn(next) {
  Object.entries(needs).forEach(([name, id]) => {
    const box = document.getElementById(id);
    if (!box.value || box.value === plan[name]) box.value = next[name] || "";
  });
  plan = { ...next };
}

async function showChild(key) {
  if (key === shown) return;
  shown = key;
  facts.replaceChildren();
  if (!key) return;
  const answer = await fetch(`${facts.dataset.child}?${new URLSearchParams({ key })}`);
  const page = answer.ok && !answer.redirected ? await answer.text() : ""; // redirected: the session has ended
  const found = new DOMParser().parseFromString(page, "text/html").querySelector(".child-facts");
  if (key !== shown || !found) return;
  facts.replaceChildren(found);
  fillIn(found.dataset);
}

document.addEventListener("chosen", ({ target, detail }) => {
  if (target.querySelector("#id_child")) showChild(detail);
});
document.addEventListener("focusout", ({ target }) => {
  if (target.id === "id_child") showChild(target.value.trim());
});
window.addEventListener("pageshow", () => showChild(child.value.trim()));
