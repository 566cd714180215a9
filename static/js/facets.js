// Beside each choice of a list's filter: how many rows it would give. Asked for when the filter is opened, and again when it changes.
let isOpen = false;

function show(counts) {
  const drawer = document.querySelector("#filters-drilldown");
  for (const [name, choices] of Object.entries(counts)) {
    for (const input of drawer.querySelectorAll(`input[name="${CSS.escape(name)}"]`)) {
      const label = input.closest("label") ?? drawer.querySelector(`label[for="${CSS.escape(input.id)}"]`);
      if (!label || !(input.value in choices)) continue;
      const count = label.querySelector(".register-facet") ?? label.appendChild(document.createElement("span"));
      count.className = "register-facet";
      count.textContent = choices[input.value].toLocaleString(document.documentElement.lang);
    }
  }
}

async function ask() {
  const bar = document.querySelector("[data-facets]");
  if (!bar) return;
  const response = await fetch(bar.dataset.facets + location.search, { headers: { "X-Requested-With": "XMLHttpRequest" } });
  if (response.ok) show(await response.json());
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("#filters-drilldown .register-filter-button")) return;
  if (!isOpen) ask();
  isOpen = true;
});

document.addEventListener("w-swap:success", () => isOpen && ask());
