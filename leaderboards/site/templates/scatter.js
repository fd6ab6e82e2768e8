// Draws any number of the entries against any other; a table says the same.
const board = JSON.parse(document.getElementById("board").textContent);
const part = (id) => document.getElementById(id);
const [across, up] = [part("across"), part("up")];
const SVG = "http://www.w3.org/2000/svg";
const SIZE = { width: 860, height: 560, left: 64, right: 18, top: 14, bottom: 48 };

function fit() {
  SIZE.width = Math.min(Math.max(part("plot").clientWidth, 300), 860);
  SIZE.height = Math.round(Math.max(0.65 * SIZE.width, 320));
}

function make(name, attributes, parent, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  if (parent) parent.append(made);
  return made;
}

function say(value, logarithmic) {
  if (!logarithmic) return value.toFixed(3).replace("-", "−");
  for (const [size, letter] of [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]]) if (value >= size) return `${Number((value / size).toPrecision(3))} ${letter}`;
  return `${Number(value.toPrecision(3))}`;
}

function roundSteps(low, high, most) {
  let step = 10 ** Math.floor(Math.log10((high - low) / most));
  for (const factor of [2, 2.5, 2, 2, 2.5]) if ((high - low) / step > most - 1) step *= factor;
  const ticks = [];
  for (let index = Math.ceil(low / step - 1e-9); index * step <= high + step * 1e-9; index += 1) ticks.push(Number((index * step).toPrecision(12)));
  return ticks;
}

function scale(values, logarithmic, from, to) {
  const at = logarithmic ? Math.log10 : (value) => value;
  let [low, high] = [Math.min(...values.map(at)), Math.max(...values.map(at))];
  if (low === high) [low, high] = [low - 0.5, high + 0.5];
  const room = 0.05 * (high - low);
  [low, high] = [low - room, high + room];
  const place = (value) => from + ((at(value) - low) / (high - low)) * (to - from);
  const whole = [];
  for (let power = Math.floor(low); power <= high; power += 1) for (const lead of high - low > 3 ? [1] : [1, 2, 5]) whole.push(lead * 10 ** power);
  const ticks = logarithmic ? whole.filter((value) => at(value) >= low && at(value) <= high) : roundSteps(low, high, SIZE.width < 500 ? 5 : 7);
  return { place, ticks, logarithmic };
}

function axes(svg, x, y, xMeasure, yMeasure) {
  const [bottom, right] = [SIZE.height - SIZE.bottom, SIZE.width - SIZE.right];
  for (const value of x.ticks) {
    const at = x.place(value);
    make("line", { class: "grid", x1: at, x2: at, y1: SIZE.top, y2: bottom }, svg);
    make("text", { x: at, y: bottom + 16, "text-anchor": "middle" }, svg, x.logarithmic ? say(value, true) : value);
  }
  for (const value of y.ticks) {
    const at = y.place(value);
    make("line", { class: "grid", x1: SIZE.left, x2: right, y1: at, y2: at }, svg);
    make("text", { x: SIZE.left - 7, y: at + 4, "text-anchor": "end" }, svg, y.logarithmic ? say(value, true) : value);
  }
  make("text", { x: (SIZE.left + right) / 2, y: SIZE.height - 8, "text-anchor": "middle" }, svg, xMeasure.label);
  make("text", { transform: `translate(14 ${(SIZE.top + bottom) / 2}) rotate(-90)`, "text-anchor": "middle" }, svg, yMeasure.label);
}

// A hollow square is a floor, a diamond is on the Pareto front of all axes.
function sign(parent, entry, style, x, y) {
  if (entry.floor) make("rect", { class: `mark floor stroke-${style}`, x: x - 4.5, y: y - 4.5, width: 9, height: 9 }, parent);
  else if (entry.front) make("path", { class: `mark fill-${style}`, d: `M${x} ${y - 8}l8 8l-8 8l-8 -8z` }, parent);
  else make("circle", { class: `mark fill-${style}`, cx: x, cy: y, r: 5.5 }, parent);
}

// Writes a name beside every point whose place is free.
function drawNames(svg, points, x, y) {
  const taken = points.map((point) => [x.place(point.x[0]) - 6, y.place(point.y[0]) - 6, 12, 12]);
  for (const point of points) {
    const words = point.entry.name.length > 28 ? `${point.entry.name.slice(0, 27)}…` : point.entry.name;
    const [a, b, width] = [x.place(point.x[0]), y.place(point.y[0]), 6 * words.length + 4];
    const boxes = [[a + 9, b - 6, width, 12], [a - 9 - width, b - 6, width, 12], [a - width / 2, b - 22, width, 12], [a - width / 2, b + 10, width, 12]];
    const free = boxes.find(([left, top, wide, high]) => left > SIZE.left && left + wide < SIZE.width && top > SIZE.top && top + high < SIZE.height - SIZE.bottom && !taken.some(([l, t, w, h]) => left < l + w && l < left + wide && top < t + h && t < top + high));
    if (!free) continue;
    taken.push(free);
    make("text", { class: "name", x: free[0] + width / 2, y: free[1] + 10, "text-anchor": "middle", "aria-hidden": "true" }, svg, words);
  }
}

function drawPoint(svg, point, x, y, names, whiskers) {
  const [a, b] = [x.place(point.x[0]), y.place(point.y[0])];
  const style = names.indexOf(point.entry.family) % 8;
  if (whiskers) {
    const line = (attributes) => make("line", { class: `whisker stroke-${style}`, ...attributes }, svg);
    if (point.x[1] !== null) line({ x1: x.place(point.x[1]), x2: x.place(point.x[2]), y1: b, y2: b });
    if (point.y[1] !== null) line({ x1: a, x2: a, y1: y.place(point.y[1]), y2: y.place(point.y[2]) });
  }
  const link = make("a", { href: point.entry.page }, svg);
  const words = `${point.entry.name}: ${say(point.x[0], x.logarithmic)}, ${say(point.y[0], y.logarithmic)}`;
  link.setAttribute("aria-label", words);
  make("title", {}, link, words);
  sign(link, point.entry, style, a, b);
}

function fillTable(points, xLog, yLog) {
  const body = part("points").tBodies[0];
  body.replaceChildren(...points.map((point) => {
    const row = document.createElement("tr");
    const name = document.createElement("th");
    name.scope = "row";
    const link = document.createElement("a");
    link.href = point.entry.page;
    link.textContent = point.entry.name;
    name.append(link);
    row.append(name);
    for (const [number, logarithmic] of [[point.x, xLog], [point.y, yLog]]) {
      const cell = row.insertCell();
      cell.dataset.value = number[0];
      cell.textContent = say(number[0], logarithmic);
    }
    return row;
  }));
  adopt(part("points"));
}

function fillLegend(names, points) {
  part("legend").replaceChildren(...names.flatMap((name, index) => {
    const own = points.filter((point) => point.entry.family === name).length;
    if (!own) return [];
    const item = document.createElement("li");
    const picture = make("svg", { width: 14, height: 14, "aria-hidden": "true" });
    sign(picture, { floor: points.every((point) => point.entry.family !== name || point.entry.floor) }, index % 8, 7, 7);
    item.append(picture, `${name || "other"} (${own})`);
    return [item];
  }));
}

function draw() {
  fit();
  const [xMeasure, yMeasure] = [board.measures[across.value], board.measures[up.value]];
  const wanted = part("only").value.toLowerCase().split(/\s+/).filter(Boolean);
  const logs = [xMeasure, yMeasure].map((measure) => measure.cost);
  const points = board.entries
    .map((entry) => ({ entry, x: entry.values[across.value], y: entry.values[up.value] }))
    .filter(({ entry, x, y }) => x && y && (!logs[0] || x[0] > 0) && (!logs[1] || y[0] > 0) && (part("floors").checked || !entry.floor))
    .filter(({ entry }) => wanted.every((word) => `${entry.name} ${entry.team} ${entry.architecture} ${entry.regime} ${entry.family}`.toLowerCase().includes(word)))
    .sort((a, b) => b.y[0] - a.y[0]);
  part("drawn").textContent = `${points.length} of ${board.entries.length} entries have both numbers and are drawn.`;
  [part("across-heading"), part("up-heading")].forEach((heading, index) => (heading.querySelector("button") || heading).replaceChildren([xMeasure, yMeasure][index].label));
  const svg = make("svg", { viewBox: `0 0 ${SIZE.width} ${SIZE.height}`, role: "group", "aria-label": `${yMeasure.label} against ${xMeasure.label}` });
  const names = [...new Set(board.entries.map((entry) => entry.family))].sort();
  const whiskers = part("intervals").checked && points.length <= 80;
  if (points.length) {
    const ends = (number) => (whiskers && number[1] !== null ? number : [number[0]]);
    const x = scale(points.flatMap((point) => ends(point.x)), logs[0], SIZE.left, SIZE.width - SIZE.right);
    const y = scale(points.flatMap((point) => ends(point.y)), logs[1], SIZE.height - SIZE.bottom, SIZE.top);
    axes(svg, x, y, xMeasure, yMeasure);
    for (const point of points) drawPoint(svg, point, x, y, names, whiskers);
    if (points.length <= 80) drawNames(svg, points, x, y);
  }
  part("plot").replaceChildren(svg);
  fillTable(points, ...logs);
  fillLegend(names, points);
}

function fillList(list, chosen) {
  const groups = new Map();
  board.measures.forEach((measure, index) => {
    if (!groups.has(measure.group)) {
      const group = document.createElement("optgroup");
      group.label = measure.group;
      groups.set(measure.group, group);
    }
    groups.get(measure.group).append(new Option(measure.label, index, index === chosen, index === chosen));
  });
  list.append(...groups.values());
}

const find = (key, otherwise) => {
  const found = board.measures.findIndex((measure) => measure.key === key);
  return found < 0 ? Math.min(otherwise, board.measures.length - 1) : found;
};
const asked = new URLSearchParams(location.hash.slice(1));
fillList(across, find(asked.get("x") || "prediction", 0));
fillList(up, find(asked.get("y") || "interpretability", 1));
for (const id of ["across", "up"]) part(id).addEventListener("change", () => {
  history.replaceState(null, "", `#${new URLSearchParams({ x: board.measures[across.value].key, y: board.measures[up.value].key })}`);
  draw();
});
for (const id of ["intervals", "floors"]) part(id).addEventListener("change", draw);
part("only").addEventListener("input", draw);
window.addEventListener("resize", () => Math.min(part("plot").clientWidth, 860) !== SIZE.width && draw());
part("swap").addEventListener("click", () => {
  [across.value, up.value] = [up.value, across.value];
  across.dispatchEvent(new Event("change"));
});
makeSortable(part("points"));
part("scatter").hidden = false;
draw();
