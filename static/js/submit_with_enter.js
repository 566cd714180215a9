// Ctrl+Enter (⌘+Enter) in a text of several lines sends its form, once, Escape leaves it by its "Cancel".
for (const form of document.querySelectorAll("[data-submit-with-enter]")) {
  let isSent = false;
  form.addEventListener("submit", () => {
    isSent = true;
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      if (!isSent) form.requestSubmit();
    }
    if (event.key === "Escape") form.querySelector("a[data-cancel]")?.click();
  });
}
