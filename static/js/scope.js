/* On a narrow screen the form above the figures starts folded. Without JavaScript it stays open. */

const form = document.querySelector("[data-folds-when-narrow]");
if (form && window.matchMedia("(max-width: 40em)").matches) {
  form.open = false;
}
