// New mail appears by itself: the list is fetched again and put in place when it has changed.
const SECONDS = 3;
const list = document.querySelector("[data-mailbox-list]");

async function refresh() {
  if (document.hidden || list.contains(document.activeElement)) return;
  try {
    const response = await fetch(location.href);
    if (!response.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.querySelector("[data-mailbox-list]").innerHTML;
    if (fresh !== list.innerHTML) list.innerHTML = fresh;
  } catch {
    // The server is being restarted; the next round will find it.
  }
}

if (list) setInterval(refresh, SECONDS * 1000);

for (const form of document.querySelectorAll("[data-confirm]")) {
  form.addEventListener("submit", (event) => {
    if (!confirm(form.dataset.confirm)) event.preventDefault();
  });
}
