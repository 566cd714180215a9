// Lets one answer with a key: each answer shows its letter underlined. Letters typed into a field are meant for the field.
const card = document.querySelector("[data-tidying]");
if (card) {
  const answers = [...card.querySelectorAll("[data-tidying-key]")];
  for (const answer of answers) {
    const key = answer.dataset.tidyingKey;
    const word = answer.textContent;
    const place = word.toLowerCase().indexOf(key);
    answer.setAttribute("aria-keyshortcuts", key);
    if (place >= 0) {
      const letter = document.createElement("u");
      letter.textContent = word[place];
      answer.replaceChildren(word.slice(0, place), letter, word.slice(place + 1));
    }
  }
  card.querySelector("[data-tidying-hint]").hidden = false;
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest("input, textarea, select, [contenteditable]");
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey || event.repeat || document.querySelector("dialog[open]")) return;
    const answer = answers.find((one) => one.dataset.tidyingKey === event.key.toLowerCase());
    if (!answer) return;
    event.preventDefault();
    const field = card.querySelector("[name=value]");
    if (answer.value === "changed" && field && !field.value) field.focus();
    else answer.click();
  });
}
