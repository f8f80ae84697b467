// What the worker does for a locked or closed phone: asks for a wipe order, sends what is packed. It goes through the
// profiles of all who share the phone: nobody's records wait for somebody else to put the phone down.

import { SyncError } from "../sync/errors.js"
import { outboxOf, unsentCount } from "../static/js/store/outbox_db.js"
import { everyone, sharers } from "../static/js/store/profiles.js"
import { Relay } from "../static/js/transport/relay.js"
import { serveAll } from "../static/js/transport/wipe.js"
import { somethingWaits } from "../static/js/transport/waiting.js"

/** Never throws for the network. @param {ServiceWorkerGlobalScope} sw */
export async function pushPacked(sw) {
  const { erased, done } = await serveAll(new Relay(), await everyone())
  if (erased > 0 && (await sharers()).length === 0) await leave(sw, done)
  else await tell(sw)
}

/** Background sync: while something waits the browser is asked to come back. @param {ServiceWorkerGlobalScope} sw */
export async function sendAtLast(sw) {
  await pushPacked(sw)
  for (const profile of await everyone()) {
    if (await somethingWaits(outboxOf(profile))) throw new SyncError("no_signal")
  }
}

/** @param {ServiceWorkerGlobalScope} sw */
async function tell(sw) {
  const counts = await Promise.all((await everyone()).map((profile) => unsentCount(outboxOf(profile))))
  const unsent = counts.reduce((sum, one) => sum + one, 0)
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
