// The only door between screens and what stores, seals and sends. It wires; the rooms behind it do
// the work: session/ (open, locked, erased), store/ (what lies on this phone), transport/ (what comes and goes).

import { computed } from "../../vendor/preact.js"
import { tabs } from "../store/locks.js"
import { keepRhythm } from "../transport/schedule.js"
import { NEWS, finishErasing } from "../transport/wipe.js"
import {
  autoLockMinutes,
  clearNumbers,
  inside,
  need,
  relay,
  running,
  state,
  told,
  unlocked,
} from "./state.js"
import { atRest } from "./lock.js"
import { syncNow, wiped } from "./sync_rounds.js"
import { lookWhoShares, serveOthers } from "./sharing.js"
import { refresh, sayTrouble } from "./status.js"
import { FIRST, choose, meta, own, setMeta } from "../store/outbox_db.js"
import { everyone } from "../store/profiles.js"
import { vaultDb } from "../store/vault_db.js"

export { alarms, autoLockMinutes, cleared, dayCodeGone, road, state, unlockWays } from "./state.js"
export * from "./joining.js"
export { lock, unlock } from "./lock.js"
export { settle, syncNow } from "./sync_rounds.js"
export {
  beginAnew,
  eraseThisPhone,
  handTo,
  keepMark,
  makeRoom,
  own,
  serveOthers,
  sharing,
  startAgain,
} from "./sharing.js"
export * from "./writing.js"

/** path -> body, with the worker's own unsent work laid over; empty while locked or after the lease. */
export const documents = computed(() => unlocked.value?.shown.value ?? new Map())
export const records = computed(() => unlocked.value?.records.list.value ?? [])
/** `{over, until}`: after the lease the office's documents are not shown. */
export const lease = computed(() => unlocked.value?.lease.value ?? { over: false, until: null })
/** Emergency numbers, also while locked (then without names). */
export const numbers = computed(
  () => unlocked.value?.documents.bodies.value.get("numbers")?.numbers ?? clearNumbers.value,
)

export const drafts = {
  list: computed(() => unlocked.value?.drafts.listed.value ?? []),
  /** @param {string | null} caseId @param {string} kind @param {{ about?: string | null, value?: any, id?: string }} [begin] */
  open: (caseId, kind, begin) => need().drafts.open(caseId, kind, begin),
}

/** Out alone: until when, and whether somebody watches (SPEC 6.7). */
export const outing = computed(() => unlocked.value?.outing?.out.value ?? null)
/** @param {string | null} caseId @param {number} seconds @returns {Promise<boolean>} whether somebody watches */
export const depart = async (caseId, seconds) => Boolean(await need().outing?.depart(caseId, seconds))
/** @param {number} seconds */
export const extendOuting = async (seconds) => need().outing?.extend(seconds)
export const backSafe = async () => need().outing?.back()

/** How the worker goes about today (`store/day_plan.js`); of another day: with no order yet. */
export const dayPlan = computed(
  () => unlocked.value?.plan.value.value ?? { day: "", order: [], trips: [], legs: {} },
)
/** @param {(plan: import("../store/day_plan.js").Plan) => Partial<import("../store/day_plan.js").Plan>} change @param {Date} now */
export const planDay = async (change, now) => need().plan.change(now, change)

/** Photos kept at hand; every other one leaves this phone once the office has it. */
export const keptPhotos = {
  list: computed(() => (lease.value.over ? [] : (unlocked.value?.kept.list.value ?? []))),
  /** @param {import("../store/kept_photos.js").Kept} photo */
  url: async (photo) => need().kept.url(photo),
  /** @param {string} blob */
  remove: async (blob) => need().kept.remove(blob),
}

/** Is this phone ready for a home without signal? */
export const ready = async () => (await inside()).readiness(unlocked.peek())

/** All of it, counted. */
export const inventory = async () => (await inside()).inventory(need())

/** What changed since the worker last said to have looked. */
export const changes = computed(() => unlocked.value?.since.changes.value ?? [])
export const changesRead = async () => need().since.read(need().documents.bodies.peek())

export const notifications = {
  state: async () => (await inside()).pushes.standing(),
  ask: async () => (await inside()).pushes.ask(need().open, relay, document.documentElement.lang || "ja"),
  test: async () => (await inside()).pushes.test(),
}

/** The language reminders come in. The relay is told when it is another, or at the next unlock. @param {string} lang */
export async function keepLanguage(lang) {
  await setMeta("lang", lang)
  const here = unlocked.peek()
  if (here) await (await inside()).pushes.renew(here.open, relay, lang)
}

/** @param {number} minutes */
export async function setAutoLock(minutes) {
  await vaultDb.put("settings", minutes, "lock")
  autoLockMinutes.value = minutes
}

const NO_ANSWER = 20_000
const wipeNews = tabs(NEWS)

/** Look at what is on this phone. Called once by this module; screens wait for `state`. */
async function start() {
  if (!globalThis.crypto?.subtle || !globalThis.indexedDB || !globalThis.isSecureContext) {
    state.value = "unsupported"
    return
  }
  // Some browsers never answer when their storage is broken. If it comes after all, the state follows.
  const slow = setTimeout(() => {
    if (state.peek() === "loading") state.value = "unsupported"
  }, NO_ANSWER)
  told.onmessage = ({ data }) => void heard(data).catch(sayTrouble)
  wipeNews.onmessage = ({ data }) => {
    void (data === own ? wiped() : lookWhoShares()).catch(sayTrouble)
  }
  navigator.serviceWorker?.addEventListener("message", ({ data }) => {
    if (data?.news === "sent") void refresh().catch(sayTrouble)
    if (data?.news === "go") location.hash = `#/${data.to}`
  })
  if (own !== FIRST && !(await everyone()).includes(own)) {
    // erased, and forgotten by the worker
    choose(FIRST)
    return location.reload()
  }
  void lookWhoShares().catch(() => {})
  if (await meta("wiped")) {
    await finishErasing(relay).catch(() => {})
    state.value = "wiped"
  } else {
    await atRest()
    clearTimeout(slow)
    void navigator.storage?.persist?.().catch(() => {}) // may hang: nothing waits for it
  }
  running.rhythm = keepRhythm(roundOfAll) // an erased phone may be another's too
}

async function roundOfAll() {
  const tally = await syncNow()
  if (!["no_signal", "unavailable"].includes(tally.problem ?? "")) await serveOthers().catch(() => {})
  return tally
}

/** @param {string} news of another tab */
async function heard(news) {
  if (news === "changed") await refresh()
}

/** Nothing typed is lost when the app is put away. */
function putAway() {
  if (document.visibilityState === "hidden") void unlocked.peek()?.drafts.flushAll()
}
document.addEventListener("visibilitychange", putAway)
addEventListener("pagehide", () => void unlocked.peek()?.drafts.flushAll())

/** Resolves when `state` is known. */
export const started = start().catch(() => {
  // IndexedDB refused (private window, corrupted profile): say so instead of showing an empty phone.
  state.value = "unsupported"
})
