// The same connections as a table, for whoever does not see the picture, or wants to look one up.

export class Table {
  constructor(section) {
    this.body = section.querySelector("tbody");
    this.sort = "from";
    this.falls = false;
    for (const button of section.querySelectorAll("[data-sort]")) {
      button.addEventListener("click", () => {
        this.falls = this.sort === button.dataset.sort && !this.falls;
        this.sort = button.dataset.sort;
        for (const cell of section.querySelectorAll("th[aria-sort]")) cell.removeAttribute("aria-sort");
        button.closest("th").setAttribute("aria-sort", this.falls ? "descending" : "ascending");
        this.show(this.rows);
      });
    }
  }

  show(rows) {
    const collate = new Intl.Collator(document.documentElement.lang || "sv", { numeric: true });
    const text = (row) => (typeof row[this.sort] === "object" ? row[this.sort].name : row[this.sort]);
    this.rows = [...rows].sort((a, b) => collate.compare(text(a), text(b)) || collate.compare(a.to.name, b.to.name));
    if (this.falls) this.rows.reverse();
    this.body.replaceChildren(...this.rows.map((row) => this.line(row)));
  }

  line(row) {
    const line = document.createElement("tr");
    for (const name of ["from", "how", "to", "since", "until"]) {
      const cell = document.createElement(name === "from" ? "th" : "td");
      if (name === "from") cell.scope = "row";
      const value = row[name];
      if (typeof value === "object" && value.url) {
        const link = document.createElement("a");
        link.href = value.url;
        link.textContent = value.name;
        cell.append(link);
      } else {
        cell.textContent = typeof value === "object" ? value.name : value;
      }
      line.append(cell);
    }
    return line;
  }
}
