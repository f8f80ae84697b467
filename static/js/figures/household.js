// Where the members of a household stand on the drawing: generations by rows, known relations only.

/** @import { Household, Member } from "../shapes.d.ts" */
/** @typedef {{ member: Member, x: number, row: number, column: number }} Stood */

export const WIDTH = 358

/**
 * @param {Household} household
 * @returns {{ stood: Map<string, Stood>, rows: Stood[][], slot: number, homeColumns: number }}
 */
export function standing({ members, parentage = [], unions = [] }) {
  const row = generations(members, parentage, unions)
  const rows = [...new Set(row.values())]
    .sort((a, b) => a - b)
    .map((generation) => members.filter(({ id }) => row.get(id) === generation))
  const home = Math.max(1, ...rows.map((one) => one.filter(lives).length))
  const away = Math.max(0, ...rows.map((one) => one.length - one.filter(lives).length))
  const slot = WIDTH / (home + away)
  const placed = rows.map((one, i) => placeRow(one, i, { slot, home }))
  return {
    stood: new Map(placed.flat().map((stood) => [stood.member.id, stood])),
    rows: placed,
    slot,
    homeColumns: home,
  }
}

/** @param {Member} member */
export const lives = ({ inHousehold }) => inHousehold !== false

/** @param {Member[]} members @param {number} row @param {{ slot: number, home: number }} room @returns {Stood[]} */
function placeRow(members, row, { slot, home }) {
  const inside = members.filter(lives),
    outside = members.filter((member) => !lives(member))
  const indent = (home - inside.length) / 2
  return [
    ...inside.map((member, i) => ({ member, row, column: indent + i })),
    ...outside.map((member, i) => ({ member, row, column: home + i })),
  ].map((stood) => ({ ...stood, x: Math.round((stood.column + 0.5) * slot) }))
}

/** @param {Member[]} members @param {{ child: string, parents: string[] }[]} parentage @param {{ a: string, b: string }[]} unions */
function generations(members, parentage, unions) {
  const known = new Set(members.map(({ id }) => id))
  const row = new Map(members.map(({ id, role }) => [id, byRole(role, parentage, id)]))
  for (let settled = false, round = 0; !settled && round <= members.length; round++) {
    settled = true
    const lower = (/** @type {string} */ id, /** @type {number} */ to) => {
      if (known.has(id) && (row.get(id) ?? 0) < to) {
        row.set(id, to)
        settled = false
      }
    }
    for (const { child, parents } of parentage) {
      for (const parent of parents) lower(child, (row.get(parent) ?? 0) + 1)
      for (const parent of parents) lower(parent, Math.max(...parents.map((one) => row.get(one) ?? 0)))
    }
    for (const { a, b } of unions) {
      lower(a, row.get(b) ?? 0)
      lower(b, row.get(a) ?? 0)
    }
  }
  return row
}

/** Without a recorded parent, the role says the generation; an unknown relation stands with the children's. @param {string | undefined} role @param {{ child: string, parents: string[] }[]} parentage @param {string} id */
function byRole(role, parentage, id) {
  const isParent = role === "parent" || parentage.some(({ parents }) => parents.includes(id))
  return isParent ? 0 : 1
}
