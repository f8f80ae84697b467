// Erases this phone, or one worker's profile of it (SPEC 9). The wrapped storage key goes first: from that moment
// nothing of it can be read by anybody. The outbox is sealed to the office alone, so it may wait until it was
// offered. What other workers have on the same phone is not touched.
//
// Loaded by the page and by the service worker: no DOM.

import { deleteDB } from "../../vendor/idb.js"
import { unb64u } from "../../../sync/encoding.js"
import { SyncError } from "../../../sync/errors.js"
import { readOrder } from "../../../sync/wipe.js"
import {
  ALL,
  FACTS,
  FIRST,
  OUTBOX,
  identity,
  meta,
  nameIn,
  outboxOf,
  own,
  setMeta,
} from "../store/outbox_db.js"
import { dropMark, forget, setMark, sharers } from "../store/profiles.js"
import { VAULT, vaultDb, vaultOf } from "../store/vault_db.js"
import { tabs } from "../store/locks.js"
import { push } from "./push.js"

/** @import { Relay } from "./relay.js" */

export const NEWS = "sotto-wipe"

/** Is there an order for this very phone, signed by the office it belongs to? Asked by page and worker.
 * @param {Relay} relay @returns {Promise<boolean>} whether it was erased */
export async function checkOrders(relay, profile = own) {
  const who = await identity(outboxOf(profile))
  if (!who) return (await meta("wiped", outboxOf(profile))) !== undefined // the worker was quicker
  const { wipe } = await relay.orders(who)
  return wipe ? obey(wipe, relay, profile) : false
}

/** @param {{ bytes: string, sig: string }} order @param {Relay} relay @returns {Promise<boolean>} */
export async function obey(order, relay, profile = own) {
  const who = await identity(outboxOf(profile))
  if (!who) return false
  try {
    await readOrder(
      unb64u(order.bytes),
      unb64u(order.sig, 64),
      new Uint8Array(who.officeSign),
      who.office,
      who.device,
    )
  } catch {
    return false // forged, of another office, or for another phone
  }
  await erase(relay, "office", profile)
  return true
}

/** @param {Relay} relay @param {"office" | "worker"} by */
export async function erase(relay, by, profile = own) {
  await forgetKeys(by, profile)
  tell(profile)
  await finishErasing(relay, profile)
}

/** Step 1, and a mark that the rest must follow, whenever this phone next wakes. @param {"office" | "worker"} by @param {string} profile */
async function forgetKeys(by, profile) {
  await vaultHere(profile, (door) =>
    door.run(["wraps"], "readwrite", (tx) => tx.objectStore("wraps").clear()),
  )
  await setMeta("wiped", { by, at: Date.now(), done: false }, outboxOf(profile))
}

/** @param {string} profile @param {(door: import("../store/open_db.js").Door) => Promise<unknown>} work */
async function vaultHere(profile, work) {
  const door = profile === own ? vaultDb : vaultOf(profile)
  await work(door)
  if (profile !== own) door.close()
}

/** Steps 2 and 3. Without a network the sealed outbox waits, and this is tried again.
 * @param {Relay} relay @returns {Promise<boolean>} whether all is gone */
export async function finishErasing(relay, profile = own) {
  const box = outboxOf(profile)
  const wiped = /** @type {any} */ (await meta("wiped", box))
  if (!wiped) return false
  if (wiped.done) return true
  if (profile === own) vaultDb.leave()
  await deleteDB(nameIn(VAULT, profile))
  await box.run(["events"], "readwrite", (tx) => tx.objectStore("events").clear())
  try {
    if ((await push(relay, box)).waiting > 0) return false // not taken yet: it is sealed, and offered again
  } catch {
    return false
  }
  const alone = (await sharers()).length === 0
  await emptyOutbox(profile, alone, { ...wiped, done: true })
  if (alone) for (const name of await caches.keys()) await caches.delete(name)
  return true
}

/** Everything but the note that this phone was erased, and what others on it still need.
 * @param {string} profile @param {boolean} alone @param {object} note */
async function emptyOutbox(profile, alone, note) {
  const box = outboxOf(profile)
  await (profile === FIRST ? dropMark(profile) : setMark(profile, ""))
  if (profile === FIRST && !alone) {
    return box.run(ALL, "readwrite", async (tx) => {
      for (const store of ALL.filter((one) => one !== "meta")) tx.objectStore(store).clear()
      const facts = tx.objectStore("meta")
      for (const key of await facts.getAllKeys()) if (!FACTS.includes(key)) facts.delete(key)
      await facts.put(note, "wiped")
    })
  }
  if (profile !== FIRST && profile !== own) return forget(profile)
  box.release()
  await deleteDB(nameIn(OUTBOX, profile))
  await setMeta("wiped", note, box)
}

/** @param {string} profile */
function tell(profile) {
  const channel = tabs(NEWS)
  channel.postMessage(profile)
  channel.close()
}

/**
 * For all who share this phone: orders are heard and what is packed is sent, whoever has it in hand. One's trouble
 * never stops the next; without signal there is none for anybody.
 * @param {Relay} relay @param {string[]} profiles
 * @returns {Promise<{ erased: number, done: boolean }>} how many are erased, and whether all that is left of them is gone
 */
export async function serveAll(relay, profiles) {
  const told = { erased: 0, done: true }
  for (const profile of profiles) {
    try {
      if ((await meta("wiped", outboxOf(profile))) || (await checkOrders(relay, profile))) {
        told.erased += 1
        told.done = (await finishErasing(relay, profile)) && told.done
      } else await push(relay, outboxOf(profile))
    } catch (error) {
      if (!(error instanceof SyncError)) throw error
      if (["no_signal", "unavailable"].includes(error.code)) break
    }
  }
  return told
}
