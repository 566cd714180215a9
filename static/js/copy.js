// Copies an address or a number, and says so to screen readers too. Without this the buttons stay hidden.
const announcer = document.querySelector("[data-copy-status]");

for (const button of navigator.clipboard ? document.querySelectorAll("[data-copy]") : []) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    announcer.textContent = `${button.dataset.copied}: ${button.dataset.copy}`;
    button.dataset.copyDone = "";
    setTimeout(() => delete button.dataset.copyDone, 2000);
  });
}
