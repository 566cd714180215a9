// The palette: opens with Ctrl or ⌘ and K and from the menu, searches while one types, and is worked with the arrows.
// The field keeps the focus; which line is chosen is told by aria-activedescendant. Without this script the menu leads to a page.
const WAIT = 100; // milliseconds after the last key
const dialog = document.querySelector("dialog[data-palette]");

if (dialog && document.getElementById("wagtail-sidebar")) {
  const field = dialog.querySelector("[role=combobox]");
  const results = dialog.querySelector("[data-palette-results]");
  const status = dialog.querySelector("[data-palette-status]");
  const failed = dialog.querySelector("[data-palette-failed]");
  let timer, request, answer = Promise.resolve();

  const options = () => [...results.querySelectorAll("[role=option]")];
  const chosen = () => results.querySelector("[aria-selected=true]");

  const choose = (option) => {
    chosen()?.setAttribute("aria-selected", "false");
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) field.setAttribute("aria-activedescendant", option.id);
    else field.removeAttribute("aria-activedescendant");
  };

  const show = (html) => {
    results.innerHTML = html;
    results.scrollTop = 0;
    for (const option of options()) option.tabIndex = -1; // the arrows lead there
    choose(options()[0]);
    const nothing = results.querySelector("[data-palette-nothing]");
    status.textContent = nothing ? nothing.textContent.trim() : chosen()?.textContent.replace(/\s+/g, " ").trim() ?? "";
  };

  const search = async () => {
    request?.abort(); // an older answer must not come after a newer one
    request = new AbortController();
    const { signal } = request;
    const query = new URLSearchParams({ q: field.value, here: location.pathname + location.search });
    try {
      const response = await fetch(`${dialog.dataset.palette}?${query}`, { signal });
      if (!response.ok || response.redirected) throw new Error(response.statusText); // redirected: to the log-in page
      const html = await response.text();
      if (signal.aborted) return;
      failed.hidden = true;
      show(html);
    } catch (error) {
      if (!signal.aborted) failed.hidden = false;
    }
  };

  const searchSoon = () => {
    clearTimeout(timer);
    answer = new Promise((done) => {
      timer = setTimeout(() => search().then(done), WAIT);
    });
  };

  const open = () => {
    if (dialog.open) return field.select();
    dialog.showModal(); // the browser gives the focus back when it closes
    field.value = "";
    field.focus();
    answer = search();
  };

  const go = async (inNewTab) => {
    await answer; // whoever types and presses Enter at once means what is found
    const option = chosen();
    if (!option) return;
    if (inNewTab) window.open(option.href, "_blank", "noopener");
    else {
      dialog.close();
      location.assign(option.href);
    }
  };

  const move = (step) => {
    const all = options();
    if (all.length) choose(all[(all.indexOf(chosen()) + step + all.length) % all.length]);
  };

  const keys = { ArrowDown: () => move(1), ArrowUp: () => move(-1), PageDown: () => move(5), PageUp: () => move(-5) };

  field.addEventListener("input", searchSoon);
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter") {
      event.preventDefault();
      go(event.ctrlKey || event.metaKey);
    } else if (keys[event.key]) {
      event.preventDefault();
      keys[event.key]();
    }
  });

  results.addEventListener("mousemove", (event) => {
    const option = event.target.closest("[role=option]");
    if (option && option !== chosen()) choose(option);
  });
  results.addEventListener("click", (event) => {
    if (event.target.closest("[role=option]") && !event.ctrlKey && !event.metaKey) dialog.close();
  });
  dialog.querySelector("[data-palette-close]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close(); // beside it
  });
  dialog.addEventListener("close", () => request?.abort());

  // On the window, the last to hear of a key: an editor that has its own use for this one has taken it by then.
  window.addEventListener("keydown", (event) => {
    const isShortcut = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k";
    if (!isShortcut || event.defaultPrevented) return;
    event.preventDefault();
    open();
  });
  // Before the sidebar, which would follow the link.
  document.addEventListener(
    "click",
    (event) => {
      if (!event.target.closest?.("[data-palette-open]") || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      event.stopPropagation();
      open();
    },
    true,
  );
  document.documentElement.toggleAttribute("data-palette-mac", /mac|iphone|ipad/i.test(navigator.platform));

  if (/\/\d+\//.test(location.pathname)) {
    const token = JSON.parse(document.getElementById("wagtail-config").textContent).CSRF_TOKEN;
    const body = new URLSearchParams({ path: location.pathname, csrfmiddlewaretoken: token });
    fetch(dialog.dataset.paletteOpened, { method: "POST", body, keepalive: true }).catch(() => {}); // only a convenience
  }
}
