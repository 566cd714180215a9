// Counts the chosen rows of a list, chooses a whole page at once, and a range with the shift key. Without this one ticks row by
// row. The list is replaced while one searches, so that everything is listened to on the document.
const one = (name) => document.querySelector(`[data-bulk-${name}]`);
const rows = () => [...document.querySelectorAll("[data-bulk-row]")];
let last = null;

function show() {
  const boxes = rows();
  const chosen = boxes.filter((box) => box.checked).length;
  const page = one("page");
  const count = one("count");
  if (page) {
    page.hidden = false;
    page.checked = chosen > 0 && chosen === boxes.length;
    page.indeterminate = chosen > 0 && chosen < boxes.length;
  }
  if (count) {
    const { none, many } = count.dataset;
    count.textContent = one("everything").checked || !chosen ? none : chosen === 1 ? count.dataset.one : many.replace("#", chosen);
    count.hidden = one("everything").checked;
  }
}

function choose(boxes, isChosen) {
  for (const box of boxes) box.checked = isChosen;
}

document.addEventListener("click", (event) => {
  const box = event.target.closest("[data-bulk-row]");
  if (!box) return;
  const boxes = rows();
  if (event.shiftKey && boxes.includes(last)) {
    const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
    choose(boxes.slice(from, to + 1), box.checked);
  }
  last = box;
});

document.addEventListener("change", (event) => {
  const everything = one("everything");
  if (event.target.matches("[data-bulk-page], [data-bulk-everything]")) choose(rows(), event.target.checked);
  if (event.target.matches("[data-bulk-page], [data-bulk-row]") && !event.target.checked && everything) everything.checked = false;
  if (event.target.closest("[data-bulk-page], [data-bulk-row], [data-bulk-everything]")) show();
});

new MutationObserver(show).observe(document.querySelector("#listing-results"), { childList: true });
show();
