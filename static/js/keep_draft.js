// What has been typed into a form outlives a click on something else of the page, in this tab: until the form is sent, or emptied again.
for (const form of document.querySelectorAll("form[data-keep-draft]")) {
  const key = `draft ${location.pathname}`;
  const fields = [...form.querySelectorAll("input[type=text], textarea")];
  const kept = JSON.parse(sessionStorage.getItem(key) ?? "{}");

  for (const field of fields) if (!field.value && kept[field.name]) field.value = kept[field.name];

  form.addEventListener("input", () => {
    const typed = fields.filter((field) => field.value !== field.defaultValue);
    if (typed.length) sessionStorage.setItem(key, JSON.stringify(Object.fromEntries(typed.map((field) => [field.name, field.value]))));
    else sessionStorage.removeItem(key);
  });
  form.addEventListener("submit", () => sessionStorage.removeItem(key));
}
