// A table that is wider than its panel stands as rows: each a block of its own, every cell beside the words of its column
// (css/desk/stacked.css). The words come from the table's own head, so that a page says them once. Without a script a
// wide table keeps its columns and scrolls in its panel.

// Calendars, bars and grids of ticks are read across and fit as they are.
const ROWS = "table.t:not(.bars, .month, .marks)"
const ROLES = /** @type {const} */ ([
  ["thead, tbody, tfoot", "rowgroup"],
  ["tr", "row"],
  ["thead th", "columnheader"],
  ["tbody th, tfoot th", "rowheader"],
  ["td", "cell"],
])

export function stackTables() {
  const tables = /** @type {HTMLTableElement[]} */ ([...document.querySelectorAll(ROWS)])
  for (const table of tables) {
    const heads = [...(table.tHead?.rows ?? [])].at(-1)?.cells ?? []
    for (const row of table.rows) if (row.parentElement !== table.tHead) name(row, [...heads])
    keepRoles(table)
  }
  const look = () => tables.forEach(stack)
  look()
  addEventListener("resize", look)
  // what stood in a closed fold had no width yet
  document.addEventListener("toggle", look, true)
}

/** @param {HTMLTableElement} table */
function stack(table) {
  table.classList.remove("stacked")
  const panel = table.parentElement
  const narrow = innerWidth < 48 * parseFloat(getComputedStyle(document.documentElement).fontSize)
  const room = panel && panel.getBoundingClientRect().right - parseFloat(getComputedStyle(panel).paddingRight)
  if (narrow || (room && table.getBoundingClientRect().right > room + 1)) table.classList.add("stacked")
}

/** A cell bears the words of the head above it. @param {HTMLTableRowElement} row @param {HTMLTableCellElement[]} heads */
function name(row, heads) {
  let column = 0
  for (const cell of row.cells) {
    const words = cell.colSpan === 1 ? heads[column]?.textContent?.trim().replace(/\s+/g, " ") : ""
    if (words && !heads[column].querySelector(":scope > .vh")) cell.dataset.head = words
    if (!cell.textContent?.trim() && !cell.querySelector("input, select, textarea, svg, img"))
      cell.dataset.blank = ""
    column += cell.colSpan
  }
}

/** A browser may forget what a table is that is laid out as blocks. @param {HTMLTableElement} table */
function keepRoles(table) {
  if (!table.hasAttribute("role")) table.setAttribute("role", "table")
  for (const [kind, role] of ROLES)
    for (const one of table.querySelectorAll(kind))
      if (!one.hasAttribute("role")) one.setAttribute("role", role)
}
