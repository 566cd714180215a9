// Takes a file that is dropped anywhere in a marked area, and shows that it would. Without this one chooses the file by hand.
for (const area of document.querySelectorAll("[data-drop-file]")) {
  const input = area.querySelector("input[type=file]");
  const mark = (isOver) => area.toggleAttribute("data-drop-over", isOver);

  area.addEventListener("dragover", (event) => {
    event.preventDefault();
    mark(true);
  });
  area.addEventListener("dragleave", () => mark(false));
  area.addEventListener("drop", (event) => {
    event.preventDefault();
    mark(false);
    if (event.dataTransfer.files.length) input.files = event.dataTransfer.files;
  });
}
