// What is typed is searched as it is typed. Wagtail searches again when one leaves the field, which would load the same list anew
// under the user's hands: ticks and opened panels would be lost.
document.addEventListener(
  "change",
  (event) => {
    if (event.target.matches("form[role=search] input[name=q]")) event.stopPropagation();
  },
  { capture: true },
);
