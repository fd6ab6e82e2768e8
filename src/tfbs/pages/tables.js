"use strict";
// Sorts a table by a column, line groups apart, and shows the lines that are asked for. Of a long
// group the first lines alone are in the page until somebody asks for all: a sort stays instant.
const MOST = 100;
const collator = new Intl.Collator("en", { numeric: true });
const isHeading = (row) => row.classList.contains("task");
const known = new Map(); // of every table: its groups of lines in their order, and whether all are shown

function adopt(table) {
  const groups = [...table.tBodies].map((body) => ({
    body,
    headings: [...body.rows].filter(isHeading),
    rows: [...body.rows].filter((row) => !isHeading(row)),
  }));
  const more = known.has(table) ? known.get(table).more : document.createElement("button");
  more.type = "button";
  known.set(table, { groups, all: false, more });
  show(table);
}

function show(table) {
  const { groups, all, more } = known.get(table);
  let cut = 0;
  for (const { body, headings, rows } of groups) {
    const seen = rows.filter((row) => !row.hidden);
    const drawn = all || rows.length <= MOST ? rows : seen.slice(0, MOST);
    cut += drawn === rows ? 0 : seen.length - drawn.length;
    body.replaceChildren(...headings, ...drawn);
    body.hidden = seen.length === 0;
  }
  more.hidden = cut === 0;
  more.textContent = `Show ${cut} more lines`;
}

function showAll(table) {
  known.get(table).all = true;
  show(table);
}

function keyOf(row, index) {
  const cell = row.cells[index];
  return { row, number: cell.dataset.value === undefined ? NaN : Number(cell.dataset.value), words: cell.textContent.trim() };
}

function sortBy(table, index, header) {
  const { groups } = known.get(table);
  const keyed = groups.map((group) => [group, group.rows.map((row) => keyOf(row, index))]);
  const numeric = keyed.some(([, keys]) => keys.some((key) => !Number.isNaN(key.number)));
  const before = header.getAttribute("aria-sort");
  const first = header.dataset.first || (numeric ? "descending" : "ascending"); // numbers from the largest, words from A
  const order = before ? (before === "descending" ? "ascending" : "descending") : first;
  for (const other of table.querySelectorAll("th[aria-sort]")) other.removeAttribute("aria-sort");
  header.setAttribute("aria-sort", order);
  const sign = order === "ascending" ? 1 : -1;
  const compare = (a, b) => {
    if (Number.isNaN(a.number) && Number.isNaN(b.number)) return sign * collator.compare(a.words, b.words);
    if (Number.isNaN(a.number)) return 1; // what is unknown comes last either way
    if (Number.isNaN(b.number)) return -1;
    return sign * (a.number - b.number);
  };
  for (const [group, keys] of keyed) group.rows = keys.sort(compare).map((key) => key.row);
  show(table);
}

function makeSortable(table) {
  const last = table.tHead.rows[table.tHead.rows.length - 1];
  const headers = [...table.tHead.querySelectorAll("th[data-column]")];
  for (const header of headers.length ? headers : [...last.cells]) {
    const index = header.dataset.column === undefined ? header.cellIndex : Number(header.dataset.column);
    const button = document.createElement("button");
    button.type = "button";
    button.title = "Sort by this column";
    button.append(...header.childNodes);
    header.append(button);
    button.addEventListener("click", () => sortBy(table, index, header));
  }
  adopt(table);
  const { more } = known.get(table);
  more.className = "more";
  more.addEventListener("click", () => showAll(table));
  (table.closest(".scroll") || table).after(more);
}

// A bar's controls: words; boxes that leave lines with a mark (data-only) or without one
// (data-without); lists that leave lines whose mark (data-of) is the one chosen.
function makeFilterable(bar) {
  const table = document.getElementById(bar.dataset.table);
  const field = bar.querySelector("input[type=search]");
  const [boxes, lists] = [[...bar.querySelectorAll("input[type=checkbox]")], [...bar.querySelectorAll("select")]];
  const count = bar.querySelector("output");
  const texts = new Map(known.get(table).groups.flatMap(({ headings, rows }) => rows.map((row) => {
    const heading = headings.map((head) => head.textContent).join(" ");
    return [row, `${heading} ${row.textContent}`.toLowerCase()];
  })));
  const filter = () => {
    const wanted = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    const ticked = boxes.filter((box) => box.checked);
    const chosen = lists.filter((list) => list.value !== "");
    let left = 0;
    for (const [row, text] of texts) {
      row.hidden = !(
        wanted.every((word) => text.includes(word)) &&
        ticked.every((box) => (box.dataset.only ? box.dataset.only in row.dataset : !(box.dataset.without in row.dataset))) &&
        chosen.every((list) => row.dataset[list.dataset.of] === list.value)
      );
      left += row.hidden ? 0 : 1;
    }
    show(table);
    const lines = texts.size === 1 ? "line" : "lines";
    count.textContent = left === texts.size ? `${left} ${lines}` : `${left} of ${texts.size} ${lines}`;
  };
  field.addEventListener("input", filter);
  for (const control of [...boxes, ...lists]) control.addEventListener("change", filter);
  bar.hidden = false;
  filter();
}

document.querySelectorAll("table.sortable").forEach(makeSortable);
document.querySelectorAll(".filter[data-table]").forEach(makeFilterable);
let closed = [];
window.addEventListener("beforeprint", () => {
  [...known.keys()].forEach(showAll);
  closed = [...document.querySelectorAll("details:not([open])")];
  closed.forEach((part) => (part.open = true));
});
window.addEventListener("afterprint", () => closed.forEach((part) => (part.open = false)));
