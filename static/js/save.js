"use strict";
// Ctrl+Enter sends the form that the keyboard is in, or else the decision, from wherever on the page.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) {
    return;
  }
  const form = event.target.closest("form") || document.querySelector(".decision__form");
  if (form && form.requestSubmit) {
    event.preventDefault();
    if (!event.repeat) {
      form.requestSubmit(); // once for each time the keys are pressed, however long they are held
    }
  }
});
