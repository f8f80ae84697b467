// A new version waits until the worker says so: nobody loses a half-written line to an update.

import { signal } from "../vendor/preact.js"

/** @type {import("../vendor/preact.js").Signal<ServiceWorker | null>} the worker of the version that waits */
export const updateReady = signal(/** @type {ServiceWorker | null} */ (null))

const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy("sotto-worker", {
  createScriptURL: (/** @type {string} */ url) => {
    if (url !== WORKER) throw new TypeError("not the worker")
    return url
  },
})
const WORKER = new URL("../../service_worker/worker.js", import.meta.url).pathname

/** Register the worker and watch for a newer one. Without it the app still runs, online only. */
export async function watchUpdates() {
  if (!("serviceWorker" in navigator)) return
  // New files under an unchanged worker: the worker that is there has fetched and checked them.
  navigator.serviceWorker.addEventListener("message", ({ data }) => {
    if (data?.news === "release_ready") updateReady.value ??= navigator.serviceWorker.controller
  })
  try {
    const url = policy?.createScriptURL(WORKER) ?? WORKER
    const registration = await navigator.serviceWorker.register(url, { scope: "/phone/", type: "module", updateViaCache: "none" })
    seeWaiting(registration)
    registration.addEventListener("updatefound", () => {
      registration.installing?.addEventListener("statechange", () => seeWaiting(registration))
    })
  } catch {
    // No worker (private window, a browser without modules in workers): said on the notifications page.
  }
}

/** Take the new version into use; drafts are flushed by the caller. */
export function takeUpdate() {
  const reload = () => location.reload()
  navigator.serviceWorker.addEventListener("controllerchange", reload, { once: true })
  navigator.serviceWorker.addEventListener("message", ({ data }) => { if (data?.news === "release_taken") reload() })
  updateReady.value?.postMessage({ type: "take_over" })
}

/** @param {ServiceWorkerRegistration} registration */
function seeWaiting(registration) {
  if (registration.waiting && navigator.serviceWorker.controller) updateReady.value = registration.waiting
}
