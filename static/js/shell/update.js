// A new version waits until the worker says so: nobody loses a half-written line to an update.
//
// Two things may wait: a new service worker (its own file changed), or a new release staged by the one that runs.

import { signal } from "../../vendor/preact.js"
import { meta } from "../store/outbox_db.js"

const SCOPE = "/phone/"

export const updateReady = signal(false)

/** @type {ServiceWorkerRegistration | null} */
let registration = null

/** Watch for a newer version. Without a worker the app still runs, with signal only. */
export async function watchUpdates() {
  if (!("serviceWorker" in navigator)) return
  navigator.serviceWorker.addEventListener("message", ({ data }) => {
    if (data?.news === "release_ready") updateReady.value = true
  })
  registration = (await navigator.serviceWorker.getRegistration(SCOPE)) ?? null // `boot.js` asked for it before the app began
  if (!registration) return // a private window, or a browser without modules in workers: Today says what is missing
  seeWaiting()
  registration.addEventListener("updatefound", () => {
    registration?.installing?.addEventListener("statechange", seeWaiting)
  })
  navigator.serviceWorker.controller?.postMessage({ type: "look" })
}

/** The first letters of the release in use (SPEC 12.1), as the operator sees them; empty while none is kept here. */
export async function version() {
  const release = /** @type {{ version: string } | undefined} */ (await meta("release"))
  return release?.version.slice(0, 8) ?? ""
}

/** Take the new version into use and begin again in it. @param {() => Promise<unknown>} flush puts drafts on the disk first */
export async function takeUpdate(flush) {
  await flush()
  const again = () => location.reload()
  navigator.serviceWorker.addEventListener("controllerchange", again, { once: true })
  navigator.serviceWorker.addEventListener("message", ({ data }) => {
    if (data?.news === "release_taken") again()
  })
  const worker = registration?.waiting ?? navigator.serviceWorker.controller
  worker?.postMessage({ type: "take_over" })
}

function seeWaiting() {
  if (registration?.waiting && navigator.serviceWorker.controller) updateReady.value = true
}
