// Where each node stands: pulled together by what connects them (d3-force), then spread over the picture so that no two labels meet.
/* global d3 */

const LINE = 13; // of a label, in pixels
export const LETTER = 6.7; // how wide a letter is on average
const WIDEST = 17; // letters on a line of a label

export const linesOf = (name) => {
  const lines = [""];
  for (const word of name.split(" ")) {
    const last = lines[lines.length - 1];
    if (!last) lines[lines.length - 1] = word;
    else if (last.length + 1 + word.length <= WIDEST) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  if (lines.length > 3) return [lines[0], lines[1], `${lines[2].slice(0, WIDEST - 1)}…`];
  return lines.map((line) => (line.length > 24 ? `${line.slice(0, 23)}…` : line));
};

export const radiusOf = (degree, node) => (node.kind === "own" ? 15 : Math.min(5 + 1.6 * Math.sqrt(degree), 13) + (node.type === "organisation" ? 0 : 2));

const boxOf = (node) => {
  const wide = Math.max(...node.lines.map((line) => line.length)) * LETTER * (node.isLoud ? 1.08 : 1);
  return { half: Math.max(wide / 2, node.r) + 5, above: node.r + 4, below: node.r + node.lines.length * LINE + 6 };
};

// Push boxes that overlap apart, each along the shorter way, within the picture as far as there is room.
const separate = (nodes, width, height, rounds) => {
  const boxes = nodes.map(boxOf);
  for (let round = 0; round < rounds; round++) {
    let moved = false;
    const order = nodes.map((_, at) => at).sort((a, b) => nodes[a].x - nodes[b].x);
    for (let i = 0; i < order.length; i++) {
      for (let j = i + 1; j < order.length; j++) {
        const [a, b] = [nodes[order[i]], nodes[order[j]]], [boxA, boxB] = [boxes[order[i]], boxes[order[j]]];
        const acrossRoom = boxA.half + boxB.half, across = acrossRoom - Math.abs(a.x - b.x);
        if (b.x - a.x > 320) break;
        if (across <= 0) continue;
        const centre = (node, box) => node.y + (box.below - box.above) / 2;
        const down = (boxA.above + boxA.below + boxB.above + boxB.below) / 2 - Math.abs(centre(a, boxA) - centre(b, boxB));
        if (down <= 0) continue;
        moved = true;
        if (across < down) {
          const push = ((a.x < b.x ? -1 : 1) * across) / 2;
          a.x += push;
          b.x -= push;
        } else {
          const push = ((centre(a, boxA) < centre(b, boxB) ? -1 : 1) * down) / 2;
          a.y += push;
          b.y -= push;
        }
      }
    }
    for (const [at, node] of nodes.entries()) {
      node.x = Math.min(Math.max(node.x, boxes[at].half), width - boxes[at].half);
      node.y = Math.min(Math.max(node.y, boxes[at].above), height - boxes[at].below);
    }
    if (!moved) return;
  }
};

// How large the picture has to be for its labels: the window, or as much more as they need.
const roomFor = (nodes, width, height) => {
  const area = nodes.reduce((sum, node) => {
    const box = boxOf(node);
    return sum + 2 * box.half * (box.above + box.below);
  }, 0);
  const grow = Math.max(1, Math.sqrt((area * 2) / (width * height)));
  return [width * grow, height * grow];
};

// Give the nodes of a part of the graph their places (x, y, r, lines); the same graph always gets the same ones.
export const arrange = (part, { width, height, focus }) => {
  const degrees = new Map();
  for (const { from, to } of part.edges) for (const id of [from, to]) degrees.set(id, (degrees.get(id) ?? 0) + 1);
  const nodes = part.nodes.map((node) => {
    const degree = degrees.get(node.id) ?? 0;
    return { ...node, degree, r: radiusOf(degree, node), lines: linesOf(node.name), isLoud: node.type !== "organisation" || node.kind === "own" };
  });
  const [roomX, roomY] = roomFor(nodes, width, height);
  const links = part.edges.map((edge) => ({ source: edge.from, target: edge.to, kind: edge.kind }));
  const hub = (end) => Math.max(1, degrees.get(end.id) ?? 1);
  const links3 = d3.forceLink(links).id((node) => node.id)
    .distance((link) => (link.kind === "part_of" ? 30 : 70 + 4 * Math.sqrt(Math.min(hub(link.source), hub(link.target)))))
    .strength((link) => (link.kind === "part_of" ? 0.9 : 0.9 / Math.min(hub(link.source), hub(link.target)) / (link.kind === "member" ? 3 : 1)));
  const simulation = d3.forceSimulation(nodes).stop()
    .force("link", links3)
    .force("charge", d3.forceManyBody().strength((node) => -170 - 25 * Math.sqrt(node.degree)).distanceMax(900))
    .force("collide", d3.forceCollide((node) => node.r + 22).iterations(2))
    .force("x", d3.forceX(0).strength(0.035))
    .force("y", d3.forceY(0).strength((0.035 * width) / height));
  if (focus) simulation.force("middle", d3.forceRadial((node) => (part.away?.get(node.id) ?? 0) * 190, 0, 0).strength((node) => (node.id === focus ? 0 : 0.6)));
  const centre = focus && nodes.find((node) => node.id === focus);
  if (centre) [centre.fx, centre.fy] = [0, 0];
  simulation.tick(nodes.length > 250 ? 160 : 300);
  spread(nodes, roomX, roomY);
  separate(nodes, roomX, roomY, nodes.length > 250 ? 60 : 160);
  return { nodes, width: roomX, height: roomY };
};

// Fill the room evenly: outliers don't press the rest together. Halfway between where the forces put them and their rank.
const spread = (nodes, width, height) => {
  for (const [axis, room, margin] of [["x", width, 60], ["y", height, 40]]) {
    const sorted = [...nodes].sort((a, b) => a[axis] - b[axis]);
    const first = sorted[0]?.[axis] ?? 0, last = sorted[sorted.length - 1]?.[axis] ?? 1;
    const places = new Map(sorted.map((node, at) => {
      const straight = last > first ? (node[axis] - first) / (last - first) : 0.5;
      const ranked = sorted.length > 1 ? at / (sorted.length - 1) : 0.5;
      return [node, margin + (room - 2 * margin) * (0.55 * straight + 0.45 * ranked)];
    }));
    for (const [node, place] of places) node[axis] = place;
  }
};
