"use strict";
// Warns before somebody is signed out, and offers to stay. How long they have left only the server knows: they may be
// at work in another tab. Looking does not count as use; staying does, as any page would.
(() => {
  const dialog = document.querySelector("[data-session]");
  const heading = dialog.querySelector("#session-heading");
  const says = dialog.querySelector("p");
  const button = dialog.querySelector("button");
  const warning = Number(dialog.dataset.warning);
  const SOON = 20; // seconds between two looks while it warns
  let timer;
  let mayStay = true;

  // The box of a form's token says how many bytes of the form are kept. A file is not.
  const isKept = ({ dataset, form }) =>
    !form.querySelector("[type=file]")?.value &&
    String(new URLSearchParams(new FormData(form))).length <= Number(dataset.kept);
  const promise = () =>
    [...document.querySelectorAll("[data-kept]")].some(isKept)
      ? "What you typed on this page is still here. Save it and you will be asked to sign in; it is then shown again."
      : "Sign in again to continue. Anything not saved on this page is lost.";

  async function left(headers) {
    const answer = await fetch(dialog.dataset.session, { headers, cache: "no-store" });
    return answer.redirected ? { seconds: 0, may_stay: false } : answer.json();
  }

  function later(seconds) {
    clearTimeout(timer);
    timer = setTimeout(() => look().catch(() => later(SOON)), 1000 * seconds);
  }

  function show(title, sentence, offer) {
    heading.textContent = title;
    if (says.textContent !== sentence) says.textContent = sentence;
    button.textContent = offer;
    if (!dialog.open) dialog.showModal();
  }

  function tell({ seconds, may_stay }) {
    mayStay = may_stay;
    if (seconds <= 0) {
      show(
        "You have been signed out",
        promise(),
        "Close",
      );
    } else if (seconds > warning) {
      if (dialog.open) dialog.close();
      later(seconds - warning);
    } else {
      const minutes = Math.ceil(seconds / 60);
      const when = minutes === 1 ? "within a minute" : `in ${minutes} minutes`;
      const why = may_stay ? "because you have not used the page for a while" : "because you signed in 12 hours ago";
      show(
        "You will soon be signed out",
        `You will be signed out ${when}, ${why}. Save what you are doing${may_stay ? ", or stay signed in" : ""}.`,
        may_stay ? "Stay signed in" : "Close",
      );
      later(Math.min(SOON, seconds));
    }
  }

  const look = async () => tell(await left({ "X-Background": "1" }));

  button.addEventListener("click", async () => {
    dialog.close();
    if (mayStay) tell(await left({}));
    else clearTimeout(timer);
  });

  later(Number(dialog.dataset.idle) - warning);
})();
