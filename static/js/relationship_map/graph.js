// What of the graph is shown: by kinds, place, focus and day. Nothing here draws.

export const holds = ([since, until], day) => (!since || since <= day) && (!until || until >= day);

export const holdsOn = (edge, day) => edge.spans.some((span) => holds(span, day));

export const isThere = (node, day) => !node.until || node.until >= day;

// A municipality as one: its organisations stand together in a node of their own, the association itself beside them.
export const byPlace = (graph, words) => {
  const into = new Map(), nodes = [], places = new Map();
  for (const node of graph.nodes) {
    if (node.type !== "organisation" || !node.municipality || node.kind === "own" || !["municipality", "learning_centre"].includes(node.kind)) {
      nodes.push(node);
      into.set(node.id, node.id);
      continue;
    }
    const id = `m${node.municipality}`;
    into.set(node.id, id);
    if (!places.has(id)) {
      places.set(id, {
        id, name: node.place, type: "organisation", kind: "municipality", label: words.municipality, municipality: node.municipality,
        place: node.place, subregion: node.subregion, members: [], url: "",
      });
      nodes.push(places.get(id));
    }
    const place = places.get(id);
    place.members.push(node.name);
    if (node.kind === "municipality") place.url = node.url;
    place.until = place.members.length === 1 ? node.until : place.until && node.until && (place.until > node.until ? place.until : node.until);
  }
  for (const place of places.values()) place.label = place.members.length > 1 ? words.ofPlace.replace("[number]", place.members.length) : words.municipality;
  const edges = new Map();
  for (const edge of graph.edges) {
    const [from, to] = [into.get(edge.from), into.get(edge.to)];
    if (from === to) continue;
    const key = `${from} ${to} ${edge.kind}`;
    if (!edges.has(key)) edges.set(key, { from, to, kind: edge.kind, spans: [] });
    edges.get(key).spans.push(...edge.spans);
  }
  return { nodes, edges: [...edges.values()] };
};

const neighbours = (edges) => {
  const found = new Map();
  for (const { from, to } of edges) {
    for (const [one, other] of [[from, to], [to, from]]) {
      if (!found.has(one)) found.set(one, new Set());
      found.get(one).add(other);
    }
  }
  return found;
};

// How many steps each node is away from one, as far as asked.
export const within = (edges, start, steps) => {
  const next = neighbours(edges), away = new Map([[start, 0]]);
  let edge = [start];
  for (let step = 1; step <= steps; step++) {
    const reached = [];
    for (const id of edge) for (const other of next.get(id) ?? []) if (!away.has(other)) { away.set(other, step); reached.push(other); }
    edge = reached;
  }
  return away;
};

// What the choices leave of the graph, on any day. `away` tells of a focus how far each node is.
export const narrowed = (graph, choice) => {
  const chosen = (node) => choice.kinds.has(node.kind) && (node.type !== "organisation" || (
    (!choice.subregion || node.subregion === choice.subregion) && (!choice.municipality || String(node.municipality) === choice.municipality)));
  let nodes = graph.nodes.filter((node) => chosen(node) || node.id === choice.focus);
  let ids = new Set(nodes.map((node) => node.id));
  let edges = graph.edges.filter((edge) => choice.edges.has(edge.kind) && ids.has(edge.from) && ids.has(edge.to));
  let away = null;
  if (choice.focus && ids.has(choice.focus)) {
    const going = choice.day ? edges.filter((edge) => holdsOn(edge, choice.day)) : edges;
    away = within(going, choice.focus, choice.steps);
    nodes = nodes.filter((node) => away.has(node.id));
    ids = new Set(nodes.map((node) => node.id));
    // Of two neighbours of the one in focus, what they are to one another is a step farther away.
    edges = edges.filter((edge) => ids.has(edge.from) && ids.has(edge.to) && Math.min(away.get(edge.from), away.get(edge.to)) < choice.steps);
  }
  const linked = new Set(edges.flatMap((edge) => [edge.from, edge.to]));
  nodes = nodes.filter((node) => linked.has(node.id) || node.id === choice.focus);
  return { nodes, edges, away };
};

// The part of it that holds on a day; a node that nothing leads to that day is not there.
export const onDay = (part, day, focus) => {
  const there = new Set(part.nodes.filter((node) => isThere(node, day)).map((node) => node.id));
  const edges = part.edges.filter((edge) => there.has(edge.from) && there.has(edge.to) && holdsOn(edge, day));
  const linked = new Set(edges.flatMap((edge) => [edge.from, edge.to]));
  if (focus) linked.add(focus);
  return { nodes: part.nodes.filter((node) => there.has(node.id) && linked.has(node.id)), edges };
};
