// One box that ticks every box of a list, and shows whether all of them are ticked.

const holder = document.querySelector("[data-choose-all]");

if (holder) {
  const all = holder.querySelector("input");
  const boxes = [...document.querySelectorAll("input[name=case]")];
  const show = () => {
    all.checked = boxes.every((box) => box.checked);
  };
  all.addEventListener("change", () => boxes.forEach((box) => (box.checked = all.checked)));
  boxes.forEach((box) => box.addEventListener("change", show));
  show();
  holder.classList.remove("by-script");
}
