// Reminders by web push. Permission is asked in context, never at the start. Browsers let go of
// subscriptions quietly: each start compares and subscribes again. What a notification says is
// decided by the desk and names nobody.

import { SyncError } from "../../../sync/errors.js"
import { b64u } from "../../../sync/encoding.js"
import { SUBSCRIPTION_TAG } from "../../../sync/wire.js"
import { meta, setMeta } from "../store/outbox_db.js"
import { askSigned } from "./signed.js"

/** @import { Open } from "../store/keys.js" */
/** @import { Relay } from "./relay.js" */
/**
 * @typedef {object} Standing
 * @property {"unsupported" | "default" | "denied" | "granted"} permission
 * @property {boolean} subscribed the relay was told where this phone is reached
 * @property {number | null} lastTest ms, when a test notification was shown
 * @property {number | null} lastPush ms, when one last came from the relay
 */

export function supported() {
  return "Notification" in self && "PushManager" in self && "serviceWorker" in navigator
}

/** @returns {Promise<Standing>} */
export async function standing() {
  const [told, lastTest, lastPush] = await Promise.all([
    meta("subscription"),
    meta("lastTest"),
    meta("lastPush"),
  ])
  const permission = supported() ? Notification.permission : "unsupported"
  return {
    permission,
    subscribed: permission === "granted" && !!told,
    lastTest: /** @type {any} */ (lastTest) ?? null,
    lastPush: /** @type {any} */ (lastPush) ?? null,
  }
}

/** Ask the person, then subscribe. Call from a tap. @param {Open} open @param {Relay} relay @param {string} lang */
export async function ask(open, relay, lang) {
  if (!supported()) return standing()
  await Notification.requestPermission()
  await renew(open, relay, lang)
  return standing()
}

let last = Promise.resolve() // one after the other: the language chosen last is the one the relay keeps

/**
 * Make sure that the browser's subscription is for this relay's key and that the relay knows it.
 * @param {Open} open @param {Relay} relay @param {string} lang
 */
export function renew(open, relay, lang) {
  const renewed = last.then(() => compare(open, relay, lang))
  last = renewed.catch(() => {})
  return renewed
}

/** @param {Open} open @param {Relay} relay @param {string} lang */
async function compare(open, relay, lang) {
  if (!supported() || Notification.permission !== "granted") return
  const { vapid } = await relay.config()
  if (!vapid) return
  const registration = await navigator.serviceWorker.ready
  const subscription = await current(registration, vapid)
  const { endpoint, keys } = subscription.toJSON()
  const told = { endpoint, p256dh: keys?.p256dh, auth: keys?.auth, lang }
  const mark = JSON.stringify(told)
  const before = await meta("subscription")
  const digest = b64u(
    new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(mark + relay.origin))),
  )
  if (before === digest) return
  await askSigned(open, relay, SUBSCRIPTION_TAG, told, (body, signature) =>
    relay.subscription(body, signature),
  )
  await setMeta("subscription", digest)
}

/** Show one now, by the same way a real one takes in the worker. */
export async function test() {
  if (!supported() || Notification.permission !== "granted")
    throw new SyncError("notifications_off", Notification?.permission ?? "")
  const registration = await navigator.serviceWorker.ready
  registration.active?.postMessage({ type: "test_notification" })
}

/** @param {ServiceWorkerRegistration} registration @param {string} vapid b64u */
async function current(registration, vapid) {
  const there = await registration.pushManager.getSubscription()
  const key = there?.options.applicationServerKey
  if (there && key && b64u(new Uint8Array(key)) === vapid) return there
  await there?.unsubscribe() // it was made for another key: nothing would ever arrive on it
  return registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: vapid })
}
