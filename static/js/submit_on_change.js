// A form that is sent as soon as its choice is made. Without script its button does that.

for (const form of document.querySelectorAll("[data-submit-on-change]")) {
  const button = form.querySelector("[type=submit]");
  button.hidden = true;
  const select = form.querySelector("select");
  let byKey = false;
  // Going through the choices with the arrow keys is no choice yet: then the button appears.
  select.addEventListener("keydown", () => {
    byKey = true;
    button.hidden = false;
  });
  select.addEventListener("pointerdown", () => {
    byKey = false;
  });
  select.addEventListener("change", () => {
    if (!byKey) form.requestSubmit();
  });
}
