// Ctrl+Enter (⌘+Enter) in a text of several lines sends its form, Escape leaves it by its "Cancel".
for (const form of document.querySelectorAll("[data-submit-with-enter]")) {
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit();
    }
    if (event.key === "Escape") form.querySelector("a[data-cancel]")?.click();
  });
}
