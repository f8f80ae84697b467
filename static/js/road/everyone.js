// All who share this phone: wipe orders are heard and packed records sent for each of them, whoever has it in hand.
// One's trouble never stops the next; without signal there is none for anybody.
//
// Loaded by the page and by the service worker: no DOM.

import { SyncError } from "../../../sync/errors.js"
import { meta, outboxOf } from "../store/outbox_db.js"
import { push } from "./push.js"
import { checkOrders, finishErasing } from "./wipe.js"

/** @import { Relay } from "./relay.js" */

/** @param {Relay} relay @param {string[]} profiles
 * @returns {Promise<{ erased: number, done: boolean }>} how many are erased, and whether all that is left of them is gone */
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
      if (error.code === "no_signal") break
    }
  }
  return told
}
