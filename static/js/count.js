"use strict";
// Says how many characters a box still takes, as the server counts them: a line break is one.
(() => {
  const WAIT = 1000; // milliseconds after the last letter, lest a screen reader says each of them
  const written = new Intl.NumberFormat("en-GB");

  function left(box) {
    const number = Number(box.dataset.counted) - [...box.value].length;
    const many = written.format(Math.abs(number));
    const characters = Math.abs(number) === 1 ? "character" : "characters";
    return number < 0 ? `${many} ${characters} too many` : `${many} ${characters} left`;
  }

  document.querySelectorAll("[data-counted]").forEach((box) => {
    const seen = document.createElement("p");
    seen.className = "hint";
    seen.ariaHidden = "true";
    const heard = document.createElement("p");
    heard.className = "govuk-visually-hidden";
    heard.ariaLive = "polite";
    box.after(seen, heard);
    let timer;
    const show = () => (seen.textContent = left(box));
    box.addEventListener("input", () => {
      show();
      clearTimeout(timer);
      timer = setTimeout(() => (heard.textContent = left(box)), WAIT);
    });
    window.addEventListener("pageshow", show); // what Back brought back is there by then
    show();
  });
})();
