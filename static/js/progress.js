"use strict";
// Keeps the page of a job up to date: what is marked with data-progress, the seconds between two looks, is replaced.
// Nothing else is, so the keyboard stays where it is. A page without the mark is of a job that is over: it is loaded.
(() => {
  const region = document.querySelector("[data-progress]");
  const wait = () => setTimeout(() => look().catch(wait), 1000 * Number(region.dataset.progress));

  async function look() {
    const answer = await fetch(location.href, { headers: { "X-Background": "1" } }); // which is no use
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.querySelector("[data-progress]");
    if (!answer.ok || !now) {
      location.reload();
      return;
    }
    if (now.innerHTML !== region.innerHTML) {
      region.innerHTML = now.innerHTML;
    }
    wait();
  }

  if (region) {
    wait();
  }
})();
