// Where the road from the office stands: one sealed row, moved in the same transaction as the
// documents it brought, so that the two never disagree.

import { NONE } from "../../../sync/encoding.js"
import { readSetting } from "../store/settings.js"

/** @import { Documents, Write } from "../store/documents.js" */
/** @import { Open } from "../store/keys.js" */
/** @import { Receipt } from "../../../sync/wire.js" */

/**
 * @typedef {object} Down
 * @property {{ run: number, n: number, id: string }} position
 * @property {number} highest
 * @property {boolean} gap
 * @property {{ incarnation: string, number: number }} cursor
 * @property {Receipt | null} receipt the last one
 * @property {import("../store/lease.js").Lease | undefined} lease
 * @property {{ id: string, key: string }[] | null} seal seal keys the office announced, current first
 * @property {number} contact ms of this phone's clock, when the relay last answered
 */

/** @returns {Down} */
export const noDown = () => ({
  position: { run: 0, n: 0, id: NONE },
  highest: 0,
  gap: false,
  cursor: { incarnation: "", number: 0 },
  receipt: null,
  lease: undefined,
  seal: null,
  contact: 0,
})

/** @param {Open} open @returns {Promise<{ down: Down, row: ArrayBuffer | undefined }>} */
export async function readDown(open) {
  const { value, row } = await readSetting(open.rows, "down")
  return { down: value ?? noDown(), row }
}

/** @param {Open} open @param {Documents} documents @param {(down: Down) => Down} how */
export async function change(open, documents, how) {
  for (;;) {
    const { down, row } = await readDown(open)
    await documents.upTo(row)
    if (
      await documents.commit(documents.asTheyAre(), [await sealedDown(open, how(down))], { key: "down", row })
    )
      return
  }
}

/** @param {Open} open @param {Down} down @returns {Promise<Write>} */
export async function sealedDown(open, down) {
  return { store: "settings", name: "down", row: await open.rows.seal("settings", "down", down) }
}
