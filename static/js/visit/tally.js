// A worker's own records in numbers, from what lies on this phone.

/** @import { RecordRow } from "../shapes.d.ts" */

/**
 * @param {RecordRow[]} records @param {Map<string, any>} documents @param {string} since YYYY-MM-DD
 * @returns {{ all: number, cases: number, channels: Record<string, number>, outcomes: Record<string, number>, promises: number }}
 */
export function counted(records, documents, since) {
  const own = records.filter(({ at, undone }) => at >= since && !undone)
  const bodies = own
    .map(
      ({ visit, case: id }) =>
        documents.get(`record/${visit}`)?.record ??
        documents.get(`case/${id}`)?.contacts?.find((/** @type {any} */ one) => one.id === visit),
    )
    .filter(Boolean)
  return {
    all: own.length,
    cases: new Set(own.map(({ case: id }) => id)).size,
    channels: tally(own.map(({ channel }) => channel)),
    outcomes: tally(bodies.map(({ outcome }) => outcome)),
    promises: bodies.reduce((sum, { promises }) => sum + (promises?.length ?? 0), 0),
  }
}

/** The most frequent first. @param {string[]} codes */
function tally(codes) {
  /** @type {Map<string, number>} */
  const counts = new Map()
  for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1)
  return Object.fromEntries([...counts].sort((a, b) => b[1] - a[1]))
}
