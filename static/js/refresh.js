// Keeps an area of the page up to date while something in it is marked as running.
// When its state changes, the page is loaded anew: the buttons around the area depend on it.
const INTERVAL = 2000;

for (const area of document.querySelectorAll("[data-refresh-url]")) {
  const state = () => area.querySelector("[data-state]")?.dataset.state;

  const refresh = async () => {
    if (!area.querySelector("[data-running]")) return;
    if (!document.hidden) {
      const before = state();
      const response = await fetch(area.dataset.refreshUrl).catch(() => null);
      if (response?.ok) area.innerHTML = await response.text();
      if (state() !== before) return window.location.reload();
    }
    setTimeout(refresh, INTERVAL);
  };

  setTimeout(refresh, INTERVAL);
}
