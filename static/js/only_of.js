// Hides the fields that what is chosen elsewhere has no use for: data-only-of="kind:visit,call". The server leaves them out all the same.
for (const panel of document.querySelectorAll("[data-only-of]")) {
  const [name, values] = panel.dataset.onlyOf.split(":");
  const field = panel.closest("form").elements[name];
  const show = () => {
    panel.hidden = !values.split(",").includes(field.value);
  };
  field.addEventListener("change", show);
  show();
}
