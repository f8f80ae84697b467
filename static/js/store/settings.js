// Small sealed facts of this phone: where the chain from the office stands, what time the office
// last signed, how the lease runs.

import { vaultDb } from "./vault_db.js"

/** @import { Rows } from "./sealed_rows.js" */

/** @param {Rows} rows @param {string} key @returns {Promise<{ value: any, row: ArrayBuffer | undefined }>} */
export async function readSetting(rows, key) {
  const row = /** @type {ArrayBuffer | undefined} */ (await vaultDb.get("settings", key))
  return { row, value: row && (await rows.open("settings", key, row)) }
}

/** @param {Rows} rows @param {string} key @param {unknown} value */
export async function writeSetting(rows, key, value) {
  await vaultDb.put("settings", await rows.seal("settings", key, value), key)
}

/** @param {ArrayBuffer | undefined} a @param {ArrayBuffer | undefined} b */
export function sameRow(a, b) {
  if (!a || !b) return a === b
  const left = new Uint8Array(a),
    right = new Uint8Array(b)
  return left.length === right.length && left.every((byte, i) => byte === right[i])
}
