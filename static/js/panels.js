// Panels above a list (<details data-panel>): Escape or a click elsewhere closes them, and only one is open at a time.
// Without this they open and close by their own button.
const opened = () => document.querySelectorAll("[data-panel][open]");

document.addEventListener("click", (event) => {
  for (const panel of opened()) {
    if (!panel.contains(event.target)) panel.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const panel of opened()) {
    panel.open = false;
    panel.querySelector("summary").focus();
  }
});
