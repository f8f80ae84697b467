// What is noted in a crisis lasts on a locked phone too: sealed to this phone's own public key, which a locked phone may
// know, and opened by the private half, which only an unlocked one has. Each life of the app keeps a row of its own, so
// that notes made before the phone was closed are never written over.

import { openSealed, seal } from "../../../sync/sealing.js"
import { newId } from "./ids.js"
import { buffer } from "./open_db.js"
import { vaultDb } from "./vault_db.js"

/** @import { Open } from "./keys.js" */

const INFO = new TextEncoder().encode("sotto/1 crisis on this phone\n")
const PUBLIC = "sealPublic"
const ROW = "crisis/"
const THIS_LIFE = ROW + newId()
const everyRow = () => IDBKeyRange.bound(ROW, `${ROW}\uffff`)

/** At unlock: from now on a locked phone can seal too. @param {Open} open */
export const knowOwnKey = (open) => vaultDb.put("settings", buffer(open.seal.public), PUBLIC)

/** @param {unknown} notes */
export async function keepCrisis(notes) {
  const own = /** @type {ArrayBuffer | undefined} */ (await vaultDb.get("settings", PUBLIC))
  if (!own) return
  const sealed = await seal(new Uint8Array(own), INFO, new TextEncoder().encode(JSON.stringify(notes)))
  await vaultDb.put("settings", buffer(sealed), THIS_LIFE)
}

/** Notes of earlier lives of the app, oldest first as far as is known. @param {Open} open @returns {Promise<any[]>} */
export async function openCrises(open) {
  const [names, rows] = await vaultDb.run(["settings"], "readonly", (tx) =>
    Promise.all([
      tx.objectStore("settings").getAllKeys(everyRow()),
      tx.objectStore("settings").getAll(everyRow()),
    ]),
  )
  const found = await Promise.all(
    rows.map(async (/** @type {ArrayBuffer} */ row, /** @type {number} */ i) =>
      names[i] === THIS_LIFE
        ? null
        : JSON.parse(new TextDecoder().decode(await openSealed(open.seal, INFO, new Uint8Array(row)))),
    ),
  )
  return found.filter(Boolean)
}

/** Notes of an earlier life lie here, unread. */
export async function crisisKept() {
  const names = await vaultDb.run(["settings"], "readonly", (tx) =>
    tx.objectStore("settings").getAllKeys(everyRow()),
  )
  return names.some((/** @type {string} */ name) => name !== THIS_LIFE)
}

/** They are in a draft now, or were put away. */
export const dropCrises = () =>
  vaultDb.run(["settings"], "readwrite", (tx) => tx.objectStore("settings").delete(everyRow()))
