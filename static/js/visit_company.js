// Which company was visited and who was met there: suggestions while one types, then those who work there.
// Without a connection it suggests the companies that one has visited lately; any name or number can be typed all the same.
const WAIT = 200; // milliseconds after the last key

const visit = document.querySelector("form[data-visit]");
const field = visit.querySelector("[data-company]");
const list = visit.querySelector("[data-suggestions]");
const newCompany = visit.querySelector("[data-new-company]");
const people = visit.querySelector("[data-people]");
const newPerson = visit.querySelector("[data-new-person]");
const recent = JSON.parse(document.getElementById("visit-recent").textContent);
const fold = (text) => text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "");
let timer, request, companies = [];

const ask = async (url, signal) => {
  const response = await fetch(url, { headers: { Accept: "application/json" }, signal });
  if (!response.ok || response.redirected) throw new Error(response.statusText); // redirected: to the log-in page
  return response.json();
};

// Suggestions

const options = () => [...list.querySelectorAll("[role=option]")];
const chosen = () => list.querySelector("[aria-selected=true]");

const choose = (option) => {
  chosen()?.setAttribute("aria-selected", "false");
  option?.setAttribute("aria-selected", "true");
  option?.scrollIntoView({ block: "nearest" });
  if (option) field.setAttribute("aria-activedescendant", option.id);
  else field.removeAttribute("aria-activedescendant");
};

const suggest = (found) => {
  companies = found;
  list.replaceChildren(
    ...found.map(({ name, number, place }, at) => {
      const option = Object.assign(document.createElement("li"), { id: `visit-suggestion-${at}`, role: "option" });
      option.setAttribute("aria-selected", "false");
      option.dataset.at = at;
      option.append(name, Object.assign(document.createElement("small"), { textContent: [place, number].filter(Boolean).join(", ") }));
      return option;
    }),
  );
  list.hidden = !found.length;
  field.setAttribute("aria-expanded", String(!list.hidden));
  choose(null);
};

const known = (query) => {
  const words = fold(query).split(/\s+/).filter(Boolean);
  return words.length ? recent.filter(({ name, number }) => words.every((word) => fold(`${name} ${number}`).includes(word))).slice(0, 6) : [];
};

const search = async () => {
  request?.abort();
  request = new AbortController();
  const { signal } = request;
  try {
    const found = (await ask(`${visit.dataset.companies}?${new URLSearchParams({ q: field.value })}`, signal)).companies;
    if (!signal.aborted) suggest(found);
  } catch {
    if (!signal.aborted) suggest(known(field.value));
  }
};

// People

const showPeople = (found) => {
  const choices = [
    { pk: "", name: people.dataset.nobody },
    ...found,
    ...(newPerson ? [{ pk: "new", name: people.dataset.new }] : []),
  ];
  const taken = choices.some(({ pk }) => String(pk) === visit.elements.contact.value) ? visit.elements.contact.value : "";
  people.replaceChildren(
    ...choices.map(({ pk, name, label }) => {
      const choice = document.createElement("label");
      const radio = Object.assign(document.createElement("input"), { type: "radio", name: "met", value: pk, checked: String(pk) === taken });
      choice.append(radio, Object.assign(document.createElement("span"), { textContent: [name, label].filter(Boolean).join(", ") }));
      return choice;
    }),
  );
  people.hidden = !found.length;
  if (hasNewPerson()) people.querySelector("[value=new]")?.click();
  meet();
};

const hasNewPerson = () => ["first_name", "last_name", "phone", "email"].some((name) => visit.elements[name]?.value);

const meet = () => {
  const met = people.querySelector(":checked")?.value ?? "";
  visit.elements.contact.value = met === "new" ? "" : met;
  if (newPerson) newPerson.hidden = !people.hidden && met !== "new";
};

// What is hidden does not count: of two ways of saying who was met, the last one.
people.addEventListener("change", (event) => {
  meet();
  if (newPerson?.hidden) for (const input of newPerson.querySelectorAll("input")) input.value = "";
  if (event.target.value === "new") newPerson.querySelector("input").focus();
});

const loadPeople = async () => {
  const pk = visit.elements.organisation.value;
  if (!pk) return showPeople([]);
  try {
    const found = (await ask(visit.dataset.people.replace(/0\/$/, `${pk}/`))).people;
    if (visit.elements.organisation.value === pk) showPeople(found);
  } catch {
    showPeople([]);
  }
};

// The field

const pick = (company) => {
  visit.elements.organisation.value = company.pk;
  field.value = company.name;
  visit.elements.organisation_number.value = "";
  visit.elements.municipality.value = "";
  visit.elements.is_another.checked = false;
  visit.elements.contact.value = "";
  newCompany.open = false;
  suggest([]);
  settle();
  visit.dispatchEvent(new Event("input", { bubbles: true }));
};

const settle = () => {
  newCompany.hidden = Boolean(visit.elements.organisation.value);
  loadPeople();
};

field.setAttribute("role", "combobox");
field.setAttribute("aria-autocomplete", "list");
field.setAttribute("aria-expanded", "false");
field.setAttribute("aria-controls", list.id);

field.addEventListener("input", () => {
  if (visit.elements.organisation.value) {
    visit.elements.organisation.value = "";
    visit.elements.contact.value = "";
    settle();
  }
  clearTimeout(timer);
  timer = setTimeout(search, WAIT);
});

field.addEventListener("keydown", (event) => {
  const all = options();
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && all.length) {
    event.preventDefault();
    const at = all.indexOf(chosen());
    choose(all[(at + step + (at < 0 && step < 0 ? 1 : 0) + all.length) % all.length]);
  } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
    event.preventDefault(); // the form is sent with its button, or with Ctrl and Enter
    if (chosen()) pick(companies[chosen().dataset.at]);
  } else if (event.key === "Escape") suggest([]);
});

list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus until the tap is over
list.addEventListener("click", (event) => {
  const option = event.target.closest("[role=option]");
  if (option) pick(companies[option.dataset.at]);
});

field.addEventListener("blur", () => setTimeout(() => chosen() || suggest([]), 150));

// Another visit stands in the form, or the server asks which company was meant.
visit.addEventListener("visit:filled", settle);
visit.addEventListener("visit:suggested", (event) => {
  suggest(event.detail.suggestions);
  if (event.detail.isNew) newCompany.open = true;
});

settle();
suggest(JSON.parse(document.getElementById("visit-suggested").textContent));
