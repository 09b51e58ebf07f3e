"use strict";
// A form with a button marked data-prevent-double-click is sent once a second at most, by whichever key or button: as
// GOV.UK Frontend does for its buttons. The server carries out once what comes twice all the same.
(() => {
  const WAIT = 1000; // milliseconds
  const tokens = [...document.querySelectorAll('[name="once"]')].filter(({ form }) => !form.elements.seen);

  // Back loads a page anew and brings back what was typed: it is the same form, and keeps its token. Whose it was is
  // looked at, as somebody else may have signed in since. A form that changes a record has its version for a token.
  const address = (form) => form.getAttribute("action") ?? ""; // form.action may be a box of that name
  const held = history.state?.once ?? [];
  tokens.forEach((token, place) => {
    const before = held[place];
    if (before?.person === token.dataset.person && before.form === address(token.form)) token.value = before.token;
  });
  if (tokens.length) {
    const once = tokens.map(({ dataset, form, value }) => ({ person: dataset.person, form: address(form), token: value }));
    history.replaceState({ ...history.state, once }, "");
  }

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
