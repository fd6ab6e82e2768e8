"use strict";
// Sorts a table by a column, line groups apart, and shows the lines that hold a word.
const number = (cell) => (cell.dataset.value === undefined ? NaN : Number(cell.dataset.value));
const words = (cell) => cell.textContent.trim();

function sortBy(table, index, header) {
  const numeric = [...table.tBodies].some((body) => [...body.rows].some((row) => row.cells[index] && !Number.isNaN(number(row.cells[index]))));
  const before = header.getAttribute("aria-sort");
  const rising = before ? before === "descending" : !numeric; // numbers from the largest, words from A
  for (const other of table.querySelectorAll("th[aria-sort]")) other.removeAttribute("aria-sort");
  header.setAttribute("aria-sort", rising ? "ascending" : "descending");
  const sign = rising ? 1 : -1;
  for (const body of table.tBodies) {
    const rows = [...body.rows].filter((row) => !row.classList.contains("task"));
    const order = (a, b) => {
      const [x, y] = [number(a.cells[index]), number(b.cells[index])];
      if (Number.isNaN(x) && Number.isNaN(y)) return sign * words(a.cells[index]).localeCompare(words(b.cells[index]), "en", { numeric: true });
      if (Number.isNaN(x)) return 1; // what is unknown comes last either way
      if (Number.isNaN(y)) return -1;
      return sign * (x - y);
    };
    rows.sort(order).forEach((row) => body.append(row));
  }
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

function makeFilterable(bar) {
  const table = document.getElementById(bar.dataset.table);
  const [field, front] = [bar.querySelector("input[type=search]"), bar.querySelector("input[type=checkbox]")];
  const count = bar.querySelector("output");
  const show = () => {
    const wanted = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    const rows = [...table.tBodies].flatMap((body) => [...body.rows]).filter((row) => !row.classList.contains("task"));
    let shown = 0;
    for (const row of rows) {
      const body = row.parentElement.rows[0];
      const task = body.classList.contains("task") ? body.textContent : "";
      const text = `${task} ${row.textContent}`.toLowerCase();
      row.hidden = !(wanted.every((word) => text.includes(word)) && (!front || !front.checked || "front" in row.dataset));
      shown += row.hidden ? 0 : 1;
    }
    for (const body of table.tBodies) body.hidden = [...body.rows].every((row) => row.hidden || row.classList.contains("task"));
    count.textContent = shown === rows.length ? `${rows.length} lines` : `${shown} of ${rows.length} lines`;
  };
  field.addEventListener("input", show);
  if (front) front.addEventListener("change", show);
  bar.hidden = false;
  show();
}

document.querySelectorAll("table.sortable").forEach(makeSortable);
document.querySelectorAll(".filter").forEach(makeFilterable);
let closed = [];
window.addEventListener("beforeprint", () => {
  closed = [...document.querySelectorAll("details:not([open])")];
  closed.forEach((part) => (part.open = true));
});
window.addEventListener("afterprint", () => closed.forEach((part) => (part.open = false)));
