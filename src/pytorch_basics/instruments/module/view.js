// @ts-check
// Folds the module tree: click a layer, or arrow keys (up and down move, right unfolds, left folds or goes to the parent).
// The table is whole without this script, folded as Python opened it; nothing leaves the page.

const rows = /** @type {HTMLTableRowElement[]} */ ([...document.querySelectorAll("tbody tr")]);
/** @param {Element} row */
const level = (row) => Number(row.getAttribute("aria-level"));
/** @param {Element} row @returns {boolean|null} null for a row with nothing inside */
const open = (row) => (row.hasAttribute("aria-expanded") ? row.getAttribute("aria-expanded") === "true" : null);

/** Show the rows that every row above them leaves open. */
function fit() {
  let closed = Infinity; // the level of the outermost closed row we are inside of
  for (const row of rows) {
    if (level(row) <= closed) closed = Infinity;
    row.hidden = closed < level(row);
    if (!row.hidden && open(row) === false) closed = level(row);
  }
}

/** @param {HTMLTableRowElement} row @param {boolean} wanted */
function unfold(row, wanted) {
  if (open(row) === null) return;
  row.setAttribute("aria-expanded", String(wanted));
  fit();
}

/** @param {HTMLTableRowElement|undefined} row */
function go(row) {
  if (!row) return;
  rows.forEach((other) => (other.tabIndex = -1));
  row.tabIndex = 0;
  row.focus();
}

/** @param {HTMLTableRowElement} row @param {string} key */
function press(row, key) {
  const seen = rows.filter((other) => !other.hidden);
  const at = seen.indexOf(row);
  if (key === "ArrowDown") go(seen[at + 1]);
  else if (key === "ArrowUp") go(seen[at - 1]);
  else if (key === "Home") go(seen[0]);
  else if (key === "End") go(seen[seen.length - 1]);
  else if (key === "ArrowRight") open(row) === false ? unfold(row, true) : go(open(row) ? seen[at + 1] : undefined);
  else if (key === "ArrowLeft" && open(row)) unfold(row, false);
  else if (key === "ArrowLeft") go(seen.slice(0, at).reverse().find((other) => level(other) < level(row)));
  else if (key === "Enter" || key === " ") unfold(row, !open(row));
  else return false;
  return true;
}

document.addEventListener("keydown", (event) => {
  const row = /** @type {HTMLTableRowElement|null} */ (/** @type {Element} */ (event.target).closest("tbody tr"));
  if (row && press(row, event.key)) event.preventDefault();
});
document.addEventListener("click", (event) => {
  const row = /** @type {HTMLTableRowElement|null} */ (/** @type {Element} */ (event.target).closest("tbody tr"));
  if (!row) return;
  unfold(row, !open(row));
  go(row);
});
if (rows[0]) rows[0].tabIndex = 0;
