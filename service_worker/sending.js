// What the worker does for a locked or closed phone: asks for a wipe order, sends what is packed.

import { SyncError } from "../sync/errors.js"
import { meta, unsentCount } from "../static/js/store/outbox_db.js"
import { push } from "../static/js/road/push.js"
import { Relay } from "../static/js/road/relay.js"
import { somethingWaits } from "../static/js/road/waiting.js"
import { checkOrders, finishErasing } from "../static/js/road/wipe.js"

/** Never throws for the network. @param {ServiceWorkerGlobalScope} sw */
export async function pushPacked(sw) {
  const relay = new Relay()
  try {
    if ((await meta("wiped")) || (await checkOrders(relay))) return leave(sw, await finishErasing(relay))
    await push(relay)
  } catch (error) {
    if (!(error instanceof SyncError)) throw error
  }
  await tell(sw)
}

/** Background sync: while something waits the browser is asked to come back. @param {ServiceWorkerGlobalScope} sw */
export async function sendAtLast(sw) {
  await pushPacked(sw)
  if (await somethingWaits()) throw new SyncError("no_signal", "something still waits")
}

/** @param {ServiceWorkerGlobalScope} sw */
async function tell(sw) {
  const unsent = await unsentCount()
  const badge = /** @type {any} */ (sw.navigator)
  await (unsent ? badge.setAppBadge?.(unsent) : badge.clearAppBadge?.())?.catch(() => {})
  for (const client of await sw.clients.matchAll({ type: "window" })) client.postMessage({ news: "sent" })
}

/** An erased phone needs no worker and gets no more reminders. @param {ServiceWorkerGlobalScope} sw @param {boolean} done */
async function leave(sw, done) {
  const subscription = await sw.registration.pushManager?.getSubscription().catch(() => null)
  await subscription?.unsubscribe().catch(() => {})
  if (done) await sw.registration.unregister()
}
