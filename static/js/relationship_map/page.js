// The relationship map: reads the graph once, and shows of it what is chosen; the address tells the choice, so that it can be passed on.
import { Drawing } from "./drawing.js";
import { byPlace, holds, narrowed, onDay } from "./graph.js";
import { arrange } from "./layout.js";
import { Table } from "./table.js";
import { asCsv, asPng, asText, save, standalone } from "./takeout.js";

const FEW = 60; // organisations that one can look at each; of more, a municipality stands as one
const root = document.querySelector("[data-relationship-map]");
const find = (selector) => root.querySelector(selector);

class MapPage {
  constructor(data) {
    this.data = data;
    this.words = { municipality: root.dataset.wordsMunicipality, ofPlace: root.dataset.wordsOfPlace };
    this.table = new Table(find(".map-table"));
    this.drawing = new Drawing(find(".map-svg"), {
      directed: new Set(root.dataset.directed.split(",")),
      onChoose: (node) => this.showCard(node),
      onOpen: (node) => node.url && location.assign(node.url),
    });
    this.months = monthsBetween(data.first, data.today);
    this.hideUnusedChoices();
    this.readAddress();
    this.listen();
    this.rearrange();
  }

  // The choices

  hideUnusedChoices() {
    const kinds = new Set(this.data.nodes.map((node) => node.kind)), edges = new Set(this.data.edges.map((edge) => edge.kind));
    for (const box of root.querySelectorAll("[name=kind], [name=edge]")) {
      box.closest("label").hidden = !(box.name === "kind" ? kinds : edges).has(box.value);
    }
    const slider = find("#map-time");
    slider.max = this.months.length - 1;
    [find("#map-day").min, find("#map-day").max] = [this.data.first, this.data.today];
  }

  readAddress() {
    const asked = new URLSearchParams(location.search), of = (name) => asked.get(name) ?? "";
    const organisations = this.data.nodes.filter((node) => node.type === "organisation").length;
    find("#map-places").checked = asked.has("places") ? of("places") === "1" : organisations > FEW && !of("focus");
    find("#map-subregion").value = of("subregion");
    find("#map-municipality").value = of("municipality");
    find("#map-steps").value = of("steps") === "2" ? "2" : "1";
    const left = new Set(of("without").split(","));
    for (const box of root.querySelectorAll("[name=kind], [name=edge]")) box.checked = !left.has(box.value);
    this.focus = this.data.nodes.some((node) => node.id === of("focus")) ? of("focus") : "";
    this.setDay(/^\d{4}-\d\d-\d\d$/.test(of("on")) ? of("on") : this.data.today);
  }

  writeAddress() {
    const without = [...root.querySelectorAll("[name=kind], [name=edge]")].filter((box) => !box.checked).map((box) => box.value);
    const told = {
      focus: this.focus, steps: find("#map-steps").value === "2" ? "2" : "", subregion: find("#map-subregion").value,
      municipality: find("#map-municipality").value, places: find("#map-places").checked ? "1" : "0", without: without.join(","),
      on: this.day === this.data.today ? "" : this.day,
    };
    const query = new URLSearchParams(Object.entries(told).filter(([, value]) => value));
    history.replaceState(null, "", `${location.pathname}?${query}`);
  }

  get choice() {
    const checked = (name) => new Set([...root.querySelectorAll(`[name=${name}]:checked`)].map((box) => box.value));
    return {
      kinds: checked("kind"), edges: checked("edge"), subregion: find("#map-subregion").value, municipality: find("#map-municipality").value,
      focus: this.focus, steps: Number(find("#map-steps").value), day: this.focus ? this.day : "",
    };
  }

  setDay(day) {
    this.day = day < this.data.first ? this.data.first : day > this.data.today ? this.data.today : day;
    find("#map-day").value = this.day;
    let at = this.months.findIndex((month) => month >= this.day);
    if (at < 0) at = this.months.length - 1;
    const slider = find("#map-time");
    slider.value = at;
    slider.setAttribute("aria-valuetext", this.day);
  }

  // Showing

  rearrange() {
    const graph = find("#map-places").checked ? byPlace(this.data, this.words) : this.data;
    if (this.focus && !graph.nodes.some((node) => node.id === this.focus)) this.focus = this.placeOf(graph, this.focus);
    this.graph = graph;
    this.part = narrowed(graph, this.choice);
    const { width, height } = this.drawing.size;
    this.arrangement = arrange(this.part, { width, height, focus: this.focus });
    this.drawing.chosen = null;
    this.showCard(null);
    this.drawing.draw(this.arrangement, this.part.edges, this.focus);
    this.names();
    this.update();
  }

  placeOf(graph, id) {
    const node = this.data.nodes.find((one) => one.id === id);
    return graph.nodes.find((one) => one.id === `m${node?.municipality}`)?.id ?? "";
  }

  update() {
    const shown = onDay(this.part, this.day, this.focus);
    this.drawing.show(shown);
    const names = new Map(this.part.nodes.map((node) => [node.id, node]));
    const labels = new Map([...root.querySelectorAll("[name=edge]")].map((box) => [box.value, box.closest("label").textContent.trim()]));
    this.table.show(shown.edges.map((edge) => {
      const [since, until] = edge.spans.find((span) => holds(span, this.day));
      return { from: names.get(edge.from), how: labels.get(edge.kind).toLowerCase(), to: names.get(edge.to), since: since ?? "", until: until ?? "" };
    }));
    this.say(shown);
    this.showLegend(shown);
    this.writeAddress();
  }

  say(shown) {
    const { wordsCount, wordsLeftOut, wordsEmpty } = root.dataset;
    const told = shown.edges.length ? wordsCount.replace("[nodes]", shown.nodes.length).replace("[edges]", shown.edges.length) : wordsEmpty;
    const more = this.data.leftOut && !this.focus ? ` ${wordsLeftOut.replace("[number]", this.data.leftOut)}` : "";
    find(".map-said").textContent = `${this.day}: ${told}.${more}`.replace("..", ".");
  }

  showLegend(shown) {
    const kinds = new Set(shown.nodes.map((node) => node.kind)), edges = new Set(shown.edges.map((edge) => edge.kind));
    const boxes = [...root.querySelectorAll("[name=kind], [name=edge]")].filter((box) => (box.name === "kind" ? kinds : edges).has(box.value));
    find("[data-map-legend]").replaceChildren(...boxes.map((box) => {
      const item = document.createElement("li");
      item.append(box.closest("label").querySelector("svg").cloneNode(true), ` ${box.closest("label").textContent.trim()}`);
      return item;
    }));
  }

  names() {
    find("#map-names").replaceChildren(...this.graph.nodes.map((node) => Object.assign(document.createElement("option"), { value: node.name })));
    find("#map-find").value = this.graph.nodes.find((node) => node.id === this.focus)?.name ?? "";
  }

  showCard(node) {
    const card = find("[data-map-card]");
    card.hidden = !node;
    if (!node) return;
    find("[data-card-name]").textContent = node.name;
    find("[data-card-kind]").textContent = node.label;
    const open = find("[data-card-open]");
    open.hidden = !node.url;
    if (node.url) open.href = node.url;
    find("[data-card-focus]").hidden = node.id === this.focus;
  }

  focusOn(id) {
    this.focus = id;
    this.rearrange();
  }

  // Doing

  listen() {
    for (const box of root.querySelectorAll("[name=kind], [name=edge], #map-subregion, #map-municipality, #map-steps, #map-places")) {
      box.addEventListener("change", () => this.rearrange());
    }
    find("#map-find").addEventListener("change", (event) => {
      const wanted = event.target.value.trim().toLowerCase();
      const named = this.graph.nodes.find((node) => node.name.toLowerCase() === wanted) ?? (wanted && this.graph.nodes.find((node) => node.name.toLowerCase().includes(wanted)));
      this.focusOn(named ? named.id : "");
    });
    find("#map-time").addEventListener("input", (event) => this.moveTo(this.months[event.target.value]));
    find("#map-day").addEventListener("change", (event) => event.target.value && this.moveTo(event.target.value));
    find("[data-map-play]").addEventListener("click", () => this.play());
    find("[data-map-fit]").addEventListener("click", () => this.drawing.fit());
    find("[data-map-full]").addEventListener("click", () => (document.fullscreenElement ? document.exitFullscreen() : find(".map-stage").requestFullscreen()));
    for (const button of root.querySelectorAll("[data-map-zoom]")) button.addEventListener("click", () => this.drawing.zoom(Number(button.dataset.mapZoom)));
    find("[data-map-reset]").addEventListener("click", () => this.reset());
    find("[data-card-focus]").addEventListener("click", () => this.focusOn(this.drawing.chosen));
    find("[data-card-close]").addEventListener("click", () => this.drawing.choose(null));
    find("[data-map-svg]").addEventListener("click", () => save(asText(this.picture()), `${this.fileName}.svg`, "image/svg+xml"));
    find("[data-map-png]").addEventListener("click", async () => save(await asPng(this.picture()), `${this.fileName}.png`));
    find("[data-map-csv]").addEventListener("click", () => {
      const headings = [...root.querySelectorAll(".map-table thead button")].map((button) => button.textContent.trim());
      save(asCsv(this.table.rows, headings), `${this.fileName}.csv`, "text/csv");
    });
    find("[data-map-print]").addEventListener("click", () => window.print());
    let timer, { width } = this.drawing.size;
    new ResizeObserver(() => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const now = this.drawing.size.width;
        if (Math.abs(now - width) > 40) this.rearrange();
        width = now;
      }, 200);
    }).observe(find(".map-picture"));
    addEventListener("beforeprint", () => this.drawing.fit());
  }

  moveTo(day) {
    this.setDay(day);
    if (this.focus) this.rearrange(); // who is a neighbour depends on the day
    else this.update();
  }

  play() {
    const button = find("[data-map-play]");
    const stop = () => {
      clearInterval(this.timer);
      this.timer = null;
      button.textContent = root.dataset.wordsPlay;
    };
    if (this.timer) return stop();
    let at = this.day === this.data.today ? 0 : Number(find("#map-time").value);
    button.textContent = root.dataset.wordsPause;
    this.timer = setInterval(() => {
      at = Math.min(at + Math.max(1, Math.round(this.months.length / 80)), this.months.length - 1);
      this.moveTo(this.months[at]);
      if (at === this.months.length - 1) stop();
    }, 350);
    return null;
  }

  reset() {
    for (const box of root.querySelectorAll("[name=kind], [name=edge]")) box.checked = true;
    for (const id of ["#map-subregion", "#map-municipality"]) find(id).value = "";
    this.setDay(this.data.today);
    this.focusOn("");
  }

  get fileName() {
    return `${document.getElementById("map-title").textContent.toLowerCase().replaceAll(" ", "-")}-${this.day}`;
  }

  picture() {
    const focus = this.graph.nodes.find((node) => node.id === this.focus);
    return standalone(find(".map-svg"), find("[data-map-legend]"), [document.getElementById("map-title").textContent, focus?.name, this.day].filter(Boolean).join(" · "));
  }
}

// The last day of each month from one day to another, and the last day itself.
const monthsBetween = (first, last) => {
  const months = [];
  let [year, month] = first.split("-").map(Number);
  for (;;) {
    const day = new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
    if (day >= last) return [...months, last];
    months.push(day);
    [year, month] = month === 12 ? [year + 1, 1] : [year, month + 1];
  }
};

const start = async () => {
  root.hidden = false;
  const response = await fetch(root.dataset.relationshipMap, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(response.status);
  new MapPage(await response.json());
};

if (root) {
  start().catch((error) => {
    find(".map-said").textContent = root.dataset.wordsFailed;
    throw error;
  });
}
