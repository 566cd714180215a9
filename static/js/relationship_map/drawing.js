// The picture: SVG that can be moved, enlarged and pointed at. Everything is drawn once for an arrangement; a day only shows and hides.
import { LETTER } from "./layout.js";

const SIDE = 24; // of the picture, where a label may reach out of its room
const SVG = "http://www.w3.org/2000/svg";
const HEXAGON = (r) => `M${-r} 0L${-r / 2} ${-r * 0.87}L${r / 2} ${-r * 0.87}L${r} 0L${r / 2} ${r * 0.87}L${-r / 2} ${r * 0.87}Z`;

export const element = (name, attributes = {}, ...children) => {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
};

const shapeOf = (node) => {
  if (node.type === "network") return element("path", { d: HEXAGON(node.r) });
  if (node.type === "project") return element("rect", { x: -node.r * 0.9, y: -node.r * 0.9, width: node.r * 1.8, height: node.r * 1.8, rx: 3 });
  return element("circle", { r: node.r });
};

export class Drawing {
  constructor(svg, { directed, onChoose, onOpen }) {
    Object.assign(this, { svg, directed, onChoose, onOpen, chosen: null, view: { x: 0, y: 0, k: 1 } });
    const marker = element("marker", { id: "map-arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerUnits: "userSpaceOnUse", markerWidth: 8, markerHeight: 8, orient: "auto-start-reverse" },
      element("path", { d: "M0 0 8 4 0 8Z", class: "map-arrow" }));
    this.world = element("g");
    svg.append(element("defs", {}, marker), this.world);
    this.listen();
  }

  draw({ nodes, width, height }, edges, focus) {
    Object.assign(this, { nodes, edges, focus, room: { width, height } });
    const places = new Map(nodes.map((node) => [node.id, node]));
    const lines = element("g"), marks = element("g"), labels = element("g", { class: "map-labels" });
    for (const edge of edges) {
      const [a, b] = [places.get(edge.from), places.get(edge.to)];
      const length = Math.hypot(b.x - a.x, b.y - a.y) || 1, step = (node) => (node.r + 2) / length;
      edge.line = element("line", {
        class: `map-edge map-edge--${edge.kind}`,
        x1: a.x + (b.x - a.x) * step(a), y1: a.y + (b.y - a.y) * step(a),
        x2: b.x - (b.x - a.x) * step(b), y2: b.y - (b.y - a.y) * step(b),
      });
      if (this.directed.has(edge.kind)) edge.line.setAttribute("marker-end", "url(#map-arrow)");
      lines.append(edge.line);
    }
    for (const node of nodes) {
      node.mark = element("g", { class: `map-node map-node--${node.kind}${node.id === focus ? " is-focus" : ""}`, transform: `translate(${node.x} ${node.y})` },
        shapeOf(node), element("title", {}, `${node.name} (${node.label})`));
      node.mark.dataset.id = node.id;
      node.text = element("text", { class: `map-label${node.isLoud || node.id === focus ? " is-loud" : ""}`, "text-anchor": "middle" });
      node.text.dataset.id = node.id;
      marks.append(node.mark);
      labels.append(node.text);
    }
    this.world.replaceChildren(lines, marks, labels);
    this.fit();
  }

  // Show what holds on a day.
  show(part) {
    const there = new Set(part.nodes.map((node) => node.id)), going = new Set(part.edges);
    this.there = there;
    for (const node of this.nodes) node.mark.classList.toggle("is-gone", !there.has(node.id));
    for (const edge of this.edges) edge.line.classList.toggle("is-gone", !going.has(edge));
    this.point(this.chosen && there.has(this.chosen) ? this.chosen : null);
    this.label();
  }

  // Make one node and its neighbours stand out.
  point(id) {
    this.pointed = id;
    const near = new Set([id]);
    for (const edge of this.edges) {
      const isNear = id && (edge.from === id || edge.to === id) && !edge.line.classList.contains("is-gone");
      if (isNear) near.add(edge.from).add(edge.to);
      edge.line.classList.toggle("is-near", Boolean(isNear));
    }
    this.near = id ? near : null;
    this.svg.classList.toggle("is-pointing", Boolean(id));
    for (const node of this.nodes) {
      node.mark.classList.toggle("is-near", near.has(node.id));
      node.text.classList.toggle("is-near", near.has(node.id));
    }
  }

  choose(id) {
    this.chosen = id;
    this.point(id);
    this.label();
    this.onChoose(id && this.nodes.find((node) => node.id === id));
  }

  // Labels stay as large on the screen however near one is. Where there is no room for all, the more important ones stand.
  label() {
    const { k } = this.view, size = Math.max(10.5, Math.min(13, 12 * k)) / k, line = size * 1.09;
    const taken = [];
    const rank = (node) => (node.id === this.pointed || node.id === this.focus ? 1e6 : 0) + (this.near?.has(node.id) ? 1e5 : 0) + (node.isLoud ? 1e3 : 0) + node.degree;
    for (const node of [...this.nodes].sort((a, b) => rank(b) - rank(a))) {
      const isThere = !this.there || this.there.has(node.id);
      const wide = Math.max(...node.lines.map((one) => one.length)) * LETTER * (size / 12) * (node.isLoud ? 1.08 : 1), top = node.y + node.r + size * 0.25;
      const box = [node.x - wide / 2, top, node.x + wide / 2, top + line * node.lines.length];
      const isFree = isThere && !taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1]);
      node.text.classList.toggle("is-gone", !isFree);
      if (!isFree) continue;
      taken.push(box);
      node.text.setAttribute("font-size", size.toFixed(2));
      node.text.replaceChildren(...node.lines.map((one, at) => element("tspan", { x: node.x, y: (top + line * (at + 0.8)).toFixed(1) }, one)));
    }
  }

  // Moving and enlarging

  get size() {
    const { width, height } = this.svg.getBoundingClientRect();
    return { width: width || 800, height: height || 600 };
  }

  set({ x, y, k }) {
    this.view = { x, y, k: Math.min(Math.max(k, 0.1), 6) };
    this.world.setAttribute("transform", `translate(${this.view.x} ${this.view.y}) scale(${this.view.k})`);
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.label());
  }

  fit() {
    const { width, height } = this.size, k = Math.min((width - 2 * SIDE) / this.room.width, (height - 8) / this.room.height, 1.4);
    this.set({ k, x: (width - this.room.width * k) / 2, y: (height - this.room.height * k) / 2 });
  }

  zoom(factor, at) {
    const { width, height } = this.size, [x, y] = at ?? [width / 2, height / 2];
    const k = Math.min(Math.max(this.view.k * factor, 0.1), 6), by = k / this.view.k;
    this.set({ k, x: x - (x - this.view.x) * by, y: y - (y - this.view.y) * by });
  }

  listen() {
    const fingers = new Map();
    let moved = 0;
    const at = (event) => {
      const { left, top } = this.svg.getBoundingClientRect();
      return [event.clientX - left, event.clientY - top];
    };
    const idAt = (event) => event.target.closest?.("[data-id]")?.dataset.id ?? null;
    this.svg.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoom(event.deltaY < 0 ? 1.15 : 0.87, at(event));
    }, { passive: false });
    this.svg.addEventListener("pointerdown", (event) => {
      fingers.set(event.pointerId, at(event));
      moved = 0;
    });
    this.svg.addEventListener("pointermove", (event) => {
      const before = fingers.get(event.pointerId), now = at(event);
      if (!before) {
        if (event.pointerType === "mouse" && !this.chosen && idAt(event) !== this.pointed) {
          this.point(idAt(event));
          this.label();
        }
        return;
      }
      if (fingers.size === 1) {
        moved += Math.hypot(now[0] - before[0], now[1] - before[1]);
        if (moved > 4) this.set({ ...this.view, x: this.view.x + now[0] - before[0], y: this.view.y + now[1] - before[1] });
      } else {
        const other = [...fingers].find(([id]) => id !== event.pointerId)[1];
        moved = 10;
        this.zoom(Math.hypot(now[0] - other[0], now[1] - other[1]) / (Math.hypot(before[0] - other[0], before[1] - other[1]) || 1), other);
      }
      fingers.set(event.pointerId, now);
    });
    for (const name of ["pointerup", "pointercancel", "pointerleave"]) this.svg.addEventListener(name, (event) => fingers.delete(event.pointerId));
    this.svg.addEventListener("click", (event) => {
      if (moved <= 4) this.choose(idAt(event));
    });
    this.svg.addEventListener("dblclick", (event) => {
      const node = this.nodes.find((one) => one.id === idAt(event));
      if (node) this.onOpen(node);
    });
  }
}
