/* Deciding by keyboard: Alt and a letter in every browser, and a value and its parts that keep together. */

const APART = "TRANSPORT"; // another budget
const AMOUNT = /^£?[0-9][0-9,]*(\.[0-9]{1,2})?$/;

// Browsers have modifiers of their own for access keys: Alt in some, in Firefox Alt and Shift. Where the browser has
// chosen by itself, the event is used up.
document.addEventListener("keydown", (event) => {
  const isLetter = /^Key[A-Z]$/.test(event.code);
  if (event.defaultPrevented || event.repeat || !isLetter || !event.altKey) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const chosen = document.querySelector(`[accesskey="${event.key.toLowerCase()}"]`);
  if (!chosen) return;
  event.preventDefault();
  chosen.focus();
  chosen.click();
});

const form = document.querySelector(".decision__form");
const value = form?.querySelector("[name=value]");

// For a full year the parts come to the value. Whichever somebody types, the other follows where it can be told.
if (value) {
  const parts = [...form.querySelectorAll(".decision__costs input")].filter(({ name }) => name !== APART);
  const isFullYear = () => form.querySelector("[name=value_basis]:checked")?.value === "ANNUAL";
  const filled = () => parts.filter((part) => part.value.trim());
  const pence = (box) => Math.round(Number(box.value.trim().replace(/[£,]/g, "")) * 100);
  const written = (sum) => (sum / 100).toLocaleString("en-GB", { minimumFractionDigits: sum % 100 ? 2 : 0 });

  parts.forEach((part) =>
    part.addEventListener("input", () => {
      if (isFullYear() && filled().length && filled().every((box) => AMOUNT.test(box.value.trim()))) {
        value.value = written(filled().reduce((sum, box) => sum + pence(box), 0));
      }
    }),
  );
  const only = filled().length === 1 ? filled()[0] : null;
  value.addEventListener("input", () => {
    if (only && isFullYear() && filled().every((part) => part === only)) only.value = value.value;
  });
}
