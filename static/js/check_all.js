// Ticks or unticks all boxes of a group at once. Without this the buttons stay hidden, and one ticks by hand.
for (const button of document.querySelectorAll("[data-check-all-set]")) {
  button.closest("[data-check-all-buttons]").hidden = false;
  button.addEventListener("click", () => {
    for (const box of button.closest("[data-check-all]").querySelectorAll("input[type=checkbox]")) {
      box.checked = button.dataset.checkAllSet === "true";
    }
  });
}
