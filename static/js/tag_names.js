// Suggests tags for each name in a line with commas. Without this the browser suggests for the first one only.
for (const input of document.querySelectorAll("[data-tag-names]")) {
  const list = input.list;
  if (!list) continue;
  const names = [...list.options].map((option) => option.value);

  const suggest = () => {
    const parts = input.value.split(/[,;]\s*/);
    parts.pop();
    const before = parts.map((part) => `${part}, `).join("");
    const taken = new Set(parts.map((part) => part.trim().toLowerCase()));
    list.replaceChildren(
      ...names
        .filter((name) => !taken.has(name.toLowerCase()))
        .map((name) => new Option("", before + name)),
    );
  };

  input.addEventListener("input", suggest);
  input.addEventListener("focus", suggest);
}
