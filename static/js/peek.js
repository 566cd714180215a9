// Shows a record in a dialog beside its list. Without this the link leads to a page with the same content.
function dialog() {
  const found = document.querySelector("dialog.register-peek-dialog");
  if (found) return found;
  const made = document.createElement("dialog");
  made.className = "register-peek-dialog";
  made.setAttribute("aria-labelledby", "peek-title");
  made.addEventListener("click", (event) => {
    if (event.target === made || event.target.closest("[data-peek-close]")) made.close();
  });
  document.body.append(made);
  return made;
}

function closer(label) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "register-peek-close";
  button.dataset.peekClose = "";
  button.setAttribute("aria-label", label);
  button.textContent = "×";
  return button;
}

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-peek]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const response = await fetch(link.dataset.peek).catch(() => null);
  if (!response?.ok || response.redirected) {
    location.assign(link.href); // signed out, or gone: the page says which
    return;
  }
  const record = document.createElement("div");
  record.innerHTML = await response.text();
  const shown = dialog();
  shown.replaceChildren(closer(link.dataset.peekCloseLabel), record);
  shown.addEventListener("close", () => link.focus(), { once: true });
  shown.showModal();
});
