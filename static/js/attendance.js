// Saves each tap at once. Without this each tap is a page of its own.
const list = document.querySelector("[data-attendance]");
const form = list?.querySelector("[data-attendance-list]");

const show = (counts) => {
  for (const [name, number] of Object.entries(counts)) {
    for (const place of list.querySelectorAll(`[data-count="${name}"]`)) place.textContent = number;
  }
  list.querySelector("[data-number]").value = counts.unnamed;
};

const showRow = ({ pk, how }) => {
  const row = document.getElementById(`p${pk}`);
  row.dataset.how = how;
  for (const button of row.querySelectorAll("button")) {
    const isPressed = button.dataset.how === how;
    button.setAttribute("aria-pressed", isPressed);
    button.value = `${pk}:${isPressed ? "" : button.dataset.how}`;
  }
};

// One after the other: of two taps on the same row the second must win.
let queue = Promise.resolve();

const save = async (button, name, value) => {
  const trouble = list.querySelector("[data-trouble]");
  button.setAttribute("aria-busy", "true");
  try {
    const body = new FormData(form);
    body.append(name, value);
    const response = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    if (!response.ok || response.redirected) throw new Error(response.status);
    const answer = await response.json();
    trouble.hidden = true;
    show(answer.counts);
    if (answer.pk) showRow(answer);
  } catch {
    trouble.textContent = list.dataset.failed;
    trouble.hidden = false;
  }
  button.removeAttribute("aria-busy");
};

form?.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button?.name) return;
  event.preventDefault();
  queue = queue.then(() => save(button, button.name, button.value));
});
