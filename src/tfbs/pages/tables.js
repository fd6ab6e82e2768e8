"use strict";
// Sorts a table by a column, line groups apart, and shows the lines that are asked for.
const collator = new Intl.Collator("en", { numeric: true });
const isHeading = (row) => row.classList.contains("task");
const linesOf = (table) => [...table.tBodies].flatMap((body) => [...body.rows]).filter((row) => !isHeading(row));

function keyOf(row, index) {
  const cell = row.cells[index];
  return { row, number: cell.dataset.value === undefined ? NaN : Number(cell.dataset.value), words: cell.textContent.trim() };
}

function sortBy(table, index, header) {
  const groups = [...table.tBodies].map((body) => [body, [...body.rows].filter((row) => !isHeading(row)).map((row) => keyOf(row, index))]);
  const numeric = groups.some(([, keys]) => keys.some((key) => !Number.isNaN(key.number)));
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
  for (const [body, keys] of groups) body.append(...keys.sort(compare).map((key) => key.row));
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
}

// A bar's controls: words; boxes that leave lines with a mark (data-only) or without one
// (data-without); lists that leave lines whose mark (data-of) is the one chosen.
function makeFilterable(bar) {
  const table = document.getElementById(bar.dataset.table);
  const field = bar.querySelector("input[type=search]");
  const [boxes, lists] = [[...bar.querySelectorAll("input[type=checkbox]")], [...bar.querySelectorAll("select")]];
  const count = bar.querySelector("output");
  const texts = new Map(linesOf(table).map((row) => {
    const head = row.parentElement.rows[0];
    return [row, `${isHeading(head) ? head.textContent : ""} ${row.textContent}`.toLowerCase()];
  }));
  const show = () => {
    const wanted = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    const ticked = boxes.filter((box) => box.checked);
    const chosen = lists.filter((list) => list.value !== "");
    let shown = 0;
    for (const [row, text] of texts) {
      row.hidden = !(
        wanted.every((word) => text.includes(word)) &&
        ticked.every((box) => (box.dataset.only ? box.dataset.only in row.dataset : !(box.dataset.without in row.dataset))) &&
        chosen.every((list) => row.dataset[list.dataset.of] === list.value)
      );
      shown += row.hidden ? 0 : 1;
    }
    for (const body of table.tBodies) body.hidden = [...body.rows].every((row) => row.hidden || isHeading(row));
    count.textContent = shown === texts.size ? `${texts.size} lines` : `${shown} of ${texts.size} lines`;
  };
  field.addEventListener("input", show);
  for (const control of [...boxes, ...lists]) control.addEventListener("change", show);
  bar.hidden = false;
  show();
}

document.querySelectorAll("table.sortable").forEach(makeSortable);
document.querySelectorAll(".filter[data-table]").forEach(makeFilterable);
let closed = [];
window.addEventListener("beforeprint", () => {
  closed = [...document.querySelectorAll("details:not([open])")];
  closed.forEach((part) => (part.open = true));
});
window.addEventListener("afterprint", () => closed.forEach((part) => (part.open = false)));
