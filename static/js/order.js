// Moves a line of a form up or down in its place. Without this the buttons send the form, and the server moves the line.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-order] button[name=up], [data-order] button[name=down]");
  if (!button) return;
  event.preventDefault();
  const line = button.closest("li");
  line.querySelector("input[type=checkbox]").checked = true;
  if (button.name === "up") line.previousElementSibling?.before(line);
  else line.nextElementSibling?.after(line);
  button.focus();
});

// Sent with the lines in their new order, the form need not come back opened.
document.addEventListener("submit", (event) => {
  event.target.querySelector?.("[data-order-panel]")?.remove();
});
