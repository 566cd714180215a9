// The picture as a file: SVG that looks the same without our style sheet, PNG made of it, and the table as CSV.
import { element } from "./drawing.js";

const STYLES = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity", "opacity", "font-family", "font-weight", "paint-order", "stroke-linejoin"];

export const save = (content, name, type) => {
  const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
};

// A copy with its looks written into it, a heading above and the legend below.
export const standalone = (svg, legend, heading) => {
  const { width, height } = svg.getBoundingClientRect(), copy = svg.cloneNode(true);
  const originals = svg.querySelectorAll("*"), copies = copy.querySelectorAll("*");
  originals.forEach((original, at) => {
    const looks = getComputedStyle(original);
    for (const name of STYLES) if (looks.getPropertyValue(name)) copies[at].setAttribute(name, looks.getPropertyValue(name));
    if (looks.display === "none") copies[at].setAttribute("data-out", "");
    copies[at].removeAttribute("class");
    copies[at].removeAttribute("data-id");
  });
  for (const one of copy.querySelectorAll("[data-out]")) one.remove();
  const page = getComputedStyle(svg), ink = page.color, paper = page.backgroundColor;
  const text = (x, y, size, words, weight = 400) => element("text", { x, y, "font-size": size, "font-weight": weight, fill: ink, "font-family": "sans-serif" }, words);
  let x = 16, y = height + 66;
  const marks = [];
  for (const item of legend.children) {
    const words = item.textContent.trim(), wide = 40 + words.length * 6.6;
    if (x + wide > width - 16) { x = 16; y += 22; }
    const sample = standSample(item.querySelector("svg"), x, y);
    marks.push(...(sample ? [sample] : []), text(x + 32, y, 12, words));
    x += wide;
  }
  const whole = element("svg", { viewBox: `0 0 ${width} ${y + 16}`, width, height: y + 16 });
  const inner = element("svg", { x: 0, y: 40, width, height, viewBox: `0 0 ${width} ${height}` }, ...copy.childNodes);
  whole.append(element("rect", { width: "100%", height: "100%", fill: paper }), text(16, 26, 16, heading, 600), inner, ...marks);
  return whole;
};

const standSample = (sample, x, y) => {
  if (!sample) return null;
  const copy = element("svg", { x, y: y - 11, width: 26, height: 14, viewBox: sample.getAttribute("viewBox") });
  for (const original of sample.children) {
    const shape = original.cloneNode(true), looks = getComputedStyle(original);
    for (const name of STYLES) if (looks.getPropertyValue(name)) shape.setAttribute(name, looks.getPropertyValue(name));
    shape.removeAttribute("class");
    copy.append(shape);
  }
  return copy;
};

export const asText = (picture) => `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(picture)}`;

export const asPng = (picture) => new Promise((resolve, reject) => {
  const scale = 2, image = new Image();
  image.onload = () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: image.width * scale, height: image.height * scale });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png");
  };
  image.onerror = reject;
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(asText(picture))}`;
});

// With a mark that tells spreadsheets how it is written; what they would take for a formula is text.
export const asCsv = (rows, headings) => {
  const cell = (value) => {
    const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return `"${text.replaceAll('"', '""')}"`;
  };
  const lines = [headings, ...rows.map((row) => [row.from.name, row.how, row.to.name, row.since, row.until])];
  return `\ufeff${lines.map((line) => line.map(cell).join(";")).join("\r\n")}\r\n`;
};
