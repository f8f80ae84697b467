// What the envelopes of the office add up to (SPEC 3.7, 4.6). Nothing here touches a store.

/** @typedef {{ path: string, rev: number, body: any }} Doc   body null: forget it (SPEC 3.7) */
/**
 * The documents of one envelope. `first`: it began a run; `at`: its place among rows that were written together.
 * @typedef {{ run: number, n: number, at?: number, first: boolean, snapshot?: { part: number, of: number }, docs: Doc[] }} Entry
 * @typedef {{ current: Map<string, Doc>, staged: Map<string, Doc>, parts: string[] }} Sum
 */

/**
 * @param {Sum} sum
 * @param {Entry & { name: string }} entry
 * @returns {string[] | null} the rows of a snapshot that this one made whole: they are all there is
 */
export function add(sum, { name, first, snapshot, docs }) {
  if (first) {
    sum.staged = new Map()
    sum.parts = []
  }
  const into = snapshot || sum.staged.size > 0 ? sum.staged : sum.current
  for (const doc of docs) {
    const known = into.get(doc.path)
    if (!known || doc.rev > known.rev) into.set(doc.path, doc)
  }
  if (into === sum.current) {
    for (const { path } of docs) if (sum.current.get(path)?.body === null) sum.current.delete(path)
    return null
  }
  sum.parts = [...sum.parts, name]
  if (snapshot?.part !== snapshot?.of || !snapshot) return null
  const rows = sum.parts
  sum.current = new Map([...sum.staged].filter(([, { body }]) => body !== null))
  sum.staged = new Map()
  sum.parts = []
  return rows
}

/**
 * Rows of before lie one a document.
 * @typedef {{ name: string, staged: boolean, doc: Doc }} OldRow
 * @param {((Entry & { name: string }) | OldRow)[]} rows in any order
 * @returns {Sum}
 */
export function fromRows(rows) {
  /** @type {Sum} */
  const sum = { current: new Map(), staged: new Map(), parts: [] }
  /** @type {(Entry & { name: string })[]} */
  const entries = []
  for (const row of rows) {
    if (!("doc" in row)) entries.push(row)
    else {
      ;(row.staged ? sum.staged : sum.current).set(row.doc.path, row.doc)
      if (row.staged) sum.parts.push(row.name)
    }
  }
  entries.sort((a, b) => a.run - b.run || a.n - b.n || (a.at ?? 0) - (b.at ?? 0))
  for (const entry of entries) add(sum, entry)
  return sum
}
