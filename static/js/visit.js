// A visit is kept on the phone from the first letter until the server has answered. Each has a key of its own, by which the server
// knows one that is sent again. Without a connection, or logged out, they wait; what the server refuses comes back into the form.
const PATIENCE = 10_000; // milliseconds for an answer
const AGAIN = 30_000; // milliseconds until it is tried again
const QUEUE = "knutpunkt.visits";
const DRAFT = "knutpunkt.visit.draft";
const PROJECT = "knutpunkt.visit.project";

const form = document.querySelector("form[data-visit]");
const words = document.querySelector("[data-visit-words]").dataset;
const status = document.querySelector("[data-visit-status]");
const waiting = document.querySelector("[data-visit-waiting]");
const save = form.querySelector("[data-visit-save]");
const user = Number(form.dataset.user);
const NOT_KEPT = new Set(["csrfmiddlewaretoken", "met"]);

// What the phone keeps

const load = (name, otherwise) => {
  try {
    return JSON.parse(localStorage.getItem(name)) ?? otherwise;
  } catch {
    return otherwise;
  }
};
const store = (name, value) => {
  try {
    localStorage.setItem(name, JSON.stringify(value));
    return true;
  } catch {
    return false; // full, or forbidden
  }
};
const queue = () => load(QUEUE, []);
const put = (item) => store(QUEUE, [...queue().filter(({ values }) => values.key !== item.values.key), item]);
const drop = (key) => store(QUEUE, queue().filter(({ values }) => values.key !== key));
const mine = () => queue().filter((item) => item.user === user && !item.errors);

// crypto.randomUUID() is there only where the connection is safe.
const newKey = () =>
  "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) =>
    (digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)))).toString(16),
  );

const today = () => {
  const now = new Date();
  return new Date(now - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
};

// The form

const values = () => Object.fromEntries([...new FormData(form)].filter(([name]) => !NOT_KEPT.has(name)));

const isBegun = () => {
  const { key, day, project, ...others } = values();
  return Object.values(others).some((value) => value.trim());
};

// What is filled in, or wrong, must not stay folded up.
const openTraining = (isWrong = false) => {
  const training = form.querySelector("[data-training]");
  if (training) training.open = isWrong || [...training.querySelectorAll("[name]")].some((one) => one.value);
};

const fill = (wanted) => {
  for (const element of form.elements) {
    if (!element.name || NOT_KEPT.has(element.name) || element.type === "radio") continue;
    if (element.type === "checkbox") element.checked = element.name in wanted;
    else element.value = wanted[element.name] ?? "";
  }
  openTraining();
  form.dispatchEvent(new Event("visit:filled"));
};

const empty = () => {
  const project = load(PROJECT, "");
  fill({ key: newKey(), day: today(), project: [...form.elements.project.options].some((one) => one.value === project) ? project : "" });
  localStorage.removeItem(DRAFT);
};

const keepDraft = () => store(DRAFT, { user, values: values() });

const showErrors = (errors, suggestions = []) => {
  for (const place of form.querySelectorAll("[data-error]")) place.hidden = true;
  for (const invalid of form.querySelectorAll("[aria-invalid]")) invalid.removeAttribute("aria-invalid");
  const others = [];
  let first;
  for (const [name, messages] of Object.entries(errors)) {
    const place = form.querySelector(`[data-field="${CSS.escape(name)}"] [data-error]`);
    if (place) {
      place.textContent = messages.join(" ");
      place.hidden = false;
      form.elements[name].setAttribute("aria-invalid", "true");
      first ??= form.elements[name];
    } else others.push(...messages);
  }
  const isNew = "municipality" in errors || "organisation_number" in errors || (suggestions.length > 0 && "company" in errors);
  form.dispatchEvent(new CustomEvent("visit:suggested", { detail: { suggestions, isNew } }));
  if (["area", "level", "people"].some((name) => name in errors)) openTraining(true);
  first?.focus();
  return others;
};

// What is said

const say = (sentence, ...links) => {
  status.replaceChildren(sentence);
  for (const [label, url] of links) if (url) status.append(" ", Object.assign(document.createElement("a"), { href: url, textContent: label }));
};

const button = (label, act) => {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "visit-plain", textContent: label });
  made.addEventListener("click", act);
  return made;
};

const show = () => {
  const all = queue();
  const number = all.filter((item) => !item.errors).length;
  const count = waiting.querySelector("[data-visit-count]");
  waiting.hidden = !all.length;
  count.textContent = number === 1 ? count.dataset.one : number ? count.dataset.many.replace("{number}", number) : count.dataset.stopped;
  waiting.querySelector("[data-visit-send]").hidden = !mine().length;
  waiting.querySelector("[data-visit-list]").replaceChildren(
    ...all.map((item) => {
      const line = document.createElement("li");
      const { company, organisation_number, day } = item.values;
      line.append(Object.assign(document.createElement("strong"), { textContent: company || organisation_number }), ` ${day} `);
      if (item.user !== user) line.append(words.others);
      else if (item.errors) {
        line.append(Object.assign(document.createElement("span"), { className: "visit-error", textContent: Object.values(item.errors).flat().join(" ") }));
        line.append(button(words.correct, () => correct(item)));
      }
      if (item.user === user) line.append(button(words.throwAway, () => confirm(words.really) && (drop(item.values.key), show())));
      return line;
    }),
  );
};

const correct = (item) => {
  if (isBegun()) return say(words.busy);
  drop(item.values.key);
  fill(item.values);
  keepDraft();
  say([words.again, ...showErrors(item.errors, item.suggestions)].join(" "));
  show();
};

// Sending

class LoggedOut extends Error {}
class Odd extends Error {} // an answer that says nothing: the server has a fault, or somebody between has answered instead

const answer = async (url, options = {}) => {
  const response = await fetch(url, {
    ...options,
    headers: { Accept: "application/json", ...options.headers },
    cache: "no-store",
    signal: AbortSignal.timeout(PATIENCE),
  });
  const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
  // An answer to somebody who is logged out, or no longer the same, leads to the log-in page or is a page that refuses.
  if (response.redirected || (response.status === 403 && !isJson)) throw new LoggedOut();
  if (!isJson) throw new Odd(response.statusText);
  return [response.status, await response.json()];
};

// Returns [status, data]; throws when there is no answer.
const send = async (item) => {
  const [code, session] = await answer(form.dataset.session);
  if (code !== 200) return [code, session];
  if (session.user !== item.user) throw new LoggedOut();
  const body = new URLSearchParams(item.values);
  return answer(location.pathname, { method: "POST", body, headers: { "X-CSRFToken": session.token } });
};

const flush = async () => {
  for (const item of mine()) {
    let code, data;
    try {
      [code, data] = await send(item);
    } catch (error) {
      waiting.querySelector("[data-visit-log-in]").hidden = !(error instanceof LoggedOut);
      if (error instanceof Odd) continue;
      break;
    }
    waiting.querySelector("[data-visit-log-in]").hidden = true;
    if (code < 300) {
      drop(item.values.key);
      say(data.sentence, [words.open, data.url], [words.undo, data.undo_url]);
    } else put({ ...item, errors: data.errors, suggestions: data.suggestions });
  }
  show();
};

// One at a time, also when the page is open twice: two senders would do no harm, but show their answers twice.
let running = Promise.resolve();
const flushInTurn = () => {
  running = running.then(() => (navigator.locks ? navigator.locks.request(QUEUE, flush) : flush())).catch(() => {});
  return running;
};

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const item = { user, values: values() };
  showErrors({});
  store(PROJECT, item.values.project ?? "");
  if (put(item)) localStorage.removeItem(DRAFT);
  else say(words.full);
  save.disabled = true;
  const label = save.textContent;
  save.textContent = save.dataset.saving;
  await flushInTurn();
  save.textContent = label;
  save.disabled = false;
  const refused = queue().find(({ values: { key }, errors }) => key === item.values.key && errors);
  const kept = queue().some(({ values: { key } }) => key === item.values.key);
  if (refused) {
    keepDraft();
    drop(item.values.key);
    say([words.again, ...showErrors(refused.errors, refused.suggestions)].join(" "));
    show();
    return;
  }
  empty();
  if (kept) say(words.kept);
  status.scrollIntoView({ block: "center" });
  form.elements.company.focus({ preventScroll: true });
});

form.addEventListener("input", keepDraft);
form.addEventListener("change", keepDraft);
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit();
  }
});
waiting.querySelector("[data-visit-send]").addEventListener("click", flushInTurn);
addEventListener("online", flushInTurn);
addEventListener("storage", show);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && flushInTurn());
setInterval(() => mine().length && flushInTurn(), AGAIN);

// The beginning. The page may be one that the phone has kept, with the key of a visit written down before: it gets a new one.
const begin = () => {
  const draft = load(DRAFT, null);
  const isSent = draft && queue().some(({ values: { key } }) => key === draft.values.key);
  if (draft && !isSent && draft.user === user && !location.search) return fill(draft.values);
  // What the address has filled in, or somebody else who is logged in now, must not push it aside.
  if (draft && !isSent) put({ ...draft, errors: { "": [words.unfinished] } });
  localStorage.removeItem(DRAFT);
  if (location.search) form.elements.key.value = newKey();
  else empty();
};

begin();
show();
flushInTurn();
navigator.serviceWorker?.register(form.dataset.worker);
