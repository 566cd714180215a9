// Gives a chooser of Wagtail's its heading as a name: the dialog itself has none, and who hears the page would not know what opened.
new MutationObserver(() => {
  for (const modal of document.querySelectorAll(".modal[role=dialog]")) {
    const heading = modal.querySelector("h1, h2")?.textContent.trim();
    if (heading && modal.getAttribute("aria-label") !== heading) modal.setAttribute("aria-label", heading);
  }
}).observe(document.body, { childList: true, subtree: true });
