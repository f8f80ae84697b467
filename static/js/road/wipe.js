// Erases this phone (SPEC 9). The wrapped storage key goes first: from that moment nothing here can
// be read by anybody. The outbox is sealed to the office alone, so it may wait until it was offered.
//
// Loaded by the page and by the service worker: no DOM.

import { deleteDB } from "../../vendor/idb.js"
import { unb64u } from "../../../sync/encoding.js"
import { readOrder } from "../../../sync/wipe.js"
import { OUTBOX, identity, meta, outbox, setMeta } from "../store/outbox_db.js"
import { VAULT, vaultDb } from "../store/vault_db.js"
import { push } from "./push.js"

/** @import { Relay } from "./relay.js" */

export const NEWS = "sotto-wipe"

/** Is there an order for this very phone, signed by the office it belongs to? Asked by page and worker.
 * @param {Relay} relay @returns {Promise<boolean>} whether the phone was erased */
export async function checkOrders(relay) {
  const who = await identity()
  if (!who) return (await meta("wiped")) !== undefined // the worker was quicker
  const { wipe } = await relay.orders(who)
  return wipe ? obey(wipe, relay) : false
}

/** @param {{ bytes: string, sig: string }} order @param {Relay} relay @returns {Promise<boolean>} */
export async function obey(order, relay) {
  const who = await identity()
  if (!who) return false
  try {
    await readOrder(unb64u(order.bytes), unb64u(order.sig, 64), new Uint8Array(who.officeSign), who.office, who.device)
  } catch {
    return false // forged, of another office, or for another phone
  }
  await erase(relay, "office")
  return true
}

/** @param {Relay} relay @param {"office" | "worker"} by */
export async function erase(relay, by) {
  await forgetKeys(by)
  tell()
  await finishErasing(relay)
}

/** Step 1, and a mark that the rest must follow, whenever this phone next wakes. @param {"office" | "worker"} by */
async function forgetKeys(by) {
  await vaultDb.run(["wraps"], "readwrite", (tx) => tx.objectStore("wraps").clear())
  await setMeta("wiped", { by, at: Date.now(), done: false })
}

/** Steps 2 and 3. Without a network the sealed outbox waits, and this is tried again.
 * @param {Relay} relay @returns {Promise<boolean>} whether all is gone */
export async function finishErasing(relay) {
  const wiped = /** @type {any} */ (await meta("wiped"))
  if (!wiped) return false
  if (wiped.done) return true
  vaultDb.close()
  await deleteDB(VAULT)
  await outbox.run(["events"], "readwrite", (tx) => tx.objectStore("events").clear())
  try {
    if ((await push(relay)).waiting > 0) return false // not taken yet: it is sealed, and offered again
  } catch {
    return false
  }
  await emptyOutbox({ ...wiped, done: true })
  for (const name of await caches.keys()) await caches.delete(name)
  return true
}

/** Everything but the note that this phone was erased. @param {object} note */
async function emptyOutbox(note) {
  outbox.close()
  await deleteDB(OUTBOX)
  await setMeta("wiped", note)
}

function tell() {
  const channel = new BroadcastChannel(NEWS)
  channel.postMessage("wiped")
  channel.close()
}
