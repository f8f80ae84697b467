// The service worker of the phone app: listeners, nothing else. It serves one verified release, sends
// what is packed, obeys a wipe order and shows reminders. It holds no key and can open no record.

import { pushPacked, sendAtLast } from "./sending.js"
import { notice, opened, shown } from "./notices.js"
import { adopt, look, releaseCaches, stage } from "./release.js"
import { serve } from "./serving.js"
import { dropMeta, outboxOf } from "../static/js/store/outbox_db.js"
import { everyone } from "../static/js/store/profiles.js"

const sw = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self))

sw.addEventListener("install", (event) => event.waitUntil(stage()))

sw.addEventListener("activate", (event) =>
  event.waitUntil(
    (async () => {
      await adopt()
      await releaseCaches()
      await sw.clients.claim()
    })(),
  ),
)

sw.addEventListener("fetch", (event) => serve(event, sw))

sw.addEventListener("push", (event) =>
  event.waitUntil(
    (async () => {
      await shown(sw, notice(event.data), "lastPush") // first of all: a push that shows nothing costs the subscription
      await pushPacked(sw)
    })(),
  ),
)

sw.addEventListener("notificationclick", (event) => event.waitUntil(opened(sw, event)))

// Only an unlocked phone can sign the new subscription: it does so at the next start.
sw.addEventListener("pushsubscriptionchange", (event) =>
  /** @type {ExtendableEvent} */ (event).waitUntil(
    everyone().then((all) => Promise.all(all.map((profile) => dropMeta("subscription", outboxOf(profile))))),
  ),
)

sw.addEventListener("sync", (event) => {
  const sync = /** @type {ExtendableEvent & { tag: string, lastChance: boolean }} */ (event)
  if (sync.tag === "sotto-push") sync.waitUntil(sendAtLast(sw))
})

sw.addEventListener("message", (event) => {
  const acts = /** @type {Record<string, () => Promise<unknown>>} */ ({
    flush: () => pushPacked(sw),
    look: () => look(sw),
    take_over: () => takeOver(),
    test_notification: () => shown(sw, notice(null), "lastTest"),
  })
  const act = acts[event.data?.type]
  if (act) event.waitUntil(act())
})

/** The worker said so at a moment when nothing is being written. */
async function takeOver() {
  await sw.skipWaiting()
  await adopt()
  for (const client of await sw.clients.matchAll({ type: "window" }))
    client.postMessage({ news: "release_taken" })
}
