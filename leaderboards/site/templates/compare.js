// Two entries of a board side by side.
const board = JSON.parse(document.getElementById("board").textContent);
const part = (id) => document.getElementById(id);
const [first, second] = [part("first"), part("second")];
const say = (value, cost) => (cost ? Number(value.toPrecision(4)).toLocaleString("en") : value.toFixed(3)).replace(/^-(?=0\.0+$)/, "").replace("-", "−");

function cellOf(row, text, value, kind) {
  const cell = row.insertCell();
  cell.textContent = text;
  if (value !== undefined) cell.dataset.value = value;
  if (kind) cell.className = kind;
  return cell;
}

function headOf(row, text) {
  const head = document.createElement("th");
  head.scope = "row";
  head.textContent = text;
  row.append(head);
}

function fillNumber(row, number, cost) {
  if (!number) return cellOf(row, "–");
  const cell = cellOf(row, say(number[0], cost), number[0]);
  if (number[1] === null) return cell;
  const interval = document.createElement("small");
  interval.textContent = `${say(number[1])}–${say(number[2])}`;
  cell.append(interval);
  return cell;
}

// Whether a is told apart from b and above it, in the ladder of a measure.
function beats(measure, a, b) {
  const places = measure.places;
  const at = places.indexOf(b);
  const ranges = measure.beats[places.indexOf(a)] || [];
  return at >= 0 && ranges.some(([from, to]) => from <= at && at <= to);
}

// In words, with 1 where the first is better or higher, -1 where the second is, 0 where nothing tells.
function verdictOf(measure, a, b, x, y) {
  if (!x || !y) return ["one of them has no number", 0];
  if (measure.cost) return ["", 0];
  const names = [board.entries[a].name, board.entries[b].name];
  if (measure.places) {
    if (beats(measure, a, b)) return [`yes: ${names[0]} is better`, 1];
    if (beats(measure, b, a)) return [`yes: ${names[1]} is better`, -1];
    return [[a, b].every((one) => measure.places.includes(one)) ? "no" : "not ranked both", 0];
  }
  if (x[1] === null || y[1] === null) return ["no interval", 0];
  if (x[1] > y[2]) return [`intervals apart: ${names[0]} is higher`, 1];
  if (y[1] > x[2]) return [`intervals apart: ${names[1]} is higher`, -1];
  return ["intervals overlap", 0];
}

function fillScores(a, b) {
  const table = part("scores");
  [...table.tBodies].forEach((body) => body.remove());
  let [ladders, found] = [0, 0];
  let body = null;
  let group = null;
  board.measures.forEach((measure, index) => {
    const [x, y] = [board.entries[a].values[index], board.entries[b].values[index]];
    if (!x && !y) return;
    const [words, sign] = verdictOf(measure, a, b, x, y);
    if (measure.places && words !== "not ranked both" && x && y) ladders += 1;
    if (measure.places && sign) found += 1;
    if (part("apart").checked && !sign) return;
    if (measure.group !== group) {
      group = measure.group;
      body = table.createTBody();
      const heading = body.insertRow();
      heading.className = "task";
      headOf(heading, group);
      heading.cells[0].colSpan = 5;
      heading.cells[0].className = "text";
      heading.cells[0].scope = "rowgroup";
    }
    const row = body.insertRow();
    headOf(row, measure.name);
    fillNumber(row, x, measure.cost);
    fillNumber(row, y, measure.cost);
    if (x && y) cellOf(row, say(x[0] - y[0], measure.cost), x[0] - y[0]);
    else cellOf(row, "–");
    cellOf(row, words, sign, sign ? "text yes" : "text");
  });
  const alike = a === b ? "They are one entry. " : "";
  part("said").textContent = `${alike}${board.entries[a].name} and ${board.entries[b].name} are told apart in ${found} of the ${ladders} ladders that rank both.`;
}

function fillSettings(a, b) {
  const [x, y] = [board.entries[a].settings, board.entries[b].settings];
  const names = [...new Set([...Object.keys(x), ...Object.keys(y)])].filter((name) => x[name] !== y[name]).sort();
  part("settings").tBodies[0].replaceChildren(...names.map((name) => {
    const row = document.createElement("tr");
    headOf(row, name);
    for (const own of [x, y]) cellOf(row, own[name] === undefined ? "–" : own[name], undefined, "text why");
    return row;
  }));
  part("settings").parentElement.hidden = names.length === 0;
  part("alike").textContent = names.length ? "" : "None: every setting is the same.";
}

function fill() {
  const [a, b] = [Number(first.value), Number(second.value)];
  for (const [id, one] of [["first-heading", a], ["second-heading", b]]) {
    const link = document.createElement("a");
    link.href = board.entries[one].page;
    link.textContent = board.entries[one].name;
    part(id).replaceChildren(link);
  }
  fillScores(a, b);
  fillSettings(a, b);
  history.replaceState(null, "", `#a=${board.entries[a].slug}&b=${board.entries[b].slug}`);
}

if (board.entries.length) {
  const asked = new URLSearchParams(location.hash.slice(1));
  const find = (key, otherwise) => {
    const found = board.entries.findIndex((entry) => entry.slug === asked.get(key));
    return found < 0 ? Math.min(otherwise, board.entries.length - 1) : found;
  };
  const a = find("a", 0);
  const b = find("b", a === 0 ? 1 : 0);
  for (const [list, chosen] of [[first, a], [second, b]]) list.append(...board.entries.map((entry, index) => new Option(`${entry.name} (${entry.team})`, index, index === chosen, index === chosen)));
  for (const control of [first, second, part("apart")]) control.addEventListener("change", fill);
  part("swap").addEventListener("click", () => {
    [first.value, second.value] = [second.value, first.value];
    fill();
  });
  part("compare").hidden = false;
  fill();
}
