// Closes the phone's menu with Escape and with a click beside it. Without this script it opens and closes all the same.
for (const menu of document.querySelectorAll("details[data-menu]")) {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
}
