/* Adds up the parts of a cost while somebody types. The server adds them up anyway. */

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
    total.value = "cannot be worked out: one of the boxes holds no amount";
  } else {
    total.value = written.format(typed.reduce((sum, text) => sum + Number(text.replace(/[£,]/g, "")), 0));
  }
}

costs.addEventListener("input", addUp);
addUp();
