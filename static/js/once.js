"use strict";
// A form with a button marked data-prevent-double-click is sent once a second at most, by whichever key or button: as
// GOV.UK Frontend does for its buttons. The server carries out once what comes twice all the same.
(() => {
  const WAIT = 1000; // milliseconds
  const sent = new WeakMap();

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.querySelector('[data-prevent-double-click="true"]')) {
      return;
    }
    if (event.timeStamp - (sent.get(form) ?? -WAIT) < WAIT) {
      event.preventDefault();
      return;
    }
    sent.set(form, event.timeStamp);
  });
})();
