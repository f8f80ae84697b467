// The only door between screens and what stores, seals and sends. It wires; the rooms behind it do
// the work: store/ (what lies on this phone), road/ (what comes and goes).

import { batch, computed, signal } from "../vendor/preact.js"
import { SyncError } from "../../sync/errors.js"
import { lockWhenIdle } from "./idle.js"
import { Relay } from "./road/relay.js"
import { keepRhythm } from "./road/rhythm.js"
import { NEWS, erase, finishErasing } from "./road/wipe.js"
import { identity, meta, setMeta, unsentCount } from "./store/outbox_db.js"
import { keepNumbers, lockedNumbers } from "./store/numbers.js"
import { passkeysThere } from "./store/passkey.js"
import { timeText } from "./store/ids.js"
import { vaultDb, ways } from "./store/vault_db.js"

/** @import { Bytes } from "../../sync/encoding.js" */
/** @import { Draft } from "./store/draft.js" */
/** @import { Unlocked } from "./store/unlocked.js" */
/** @typedef {"loading" | "new" | "choose_unlock" | "locked" | "open" | "wiped" | "unsupported"} State */
/** @typedef {import("./road/enrol.js").Newcomer} Newcomer */

const SILENT_AFTER = 3 * 86_400_000 // the desk signs a sign of life daily
const AUTO_LOCK_MINUTES = 5

/** What seals and opens: half of the app, and nothing of it is needed before somebody types a code. */
const inside = () => import("./inside.js").catch(() => {
  throw new SyncError("no_signal", "the app is not here whole yet")
})
const relay = new Relay()
const unlocked = signal(/** @type {Unlocked | null} */ (null))
const clearNumbers = signal(/** @type {import("./store/numbers.js").OfficeNumber[]} */ ([]))
const told = new BroadcastChannel("sotto-session")
const wipeNews = new BroadcastChannel(NEWS)
/** @type {Newcomer | null} */
let newcomer = null
/** @type {string[]} */
let offered = []
/** @type {(() => void) | null} */
let stopIdle = null
/** @type {ReturnType<typeof keepRhythm> | null} */
let rhythm = null
/** @type {Promise<import("./road/sync.js").Tally> | null} */
let syncing = null
/** @type {Promise<import("./road/sync.js").Tally> | null} */
let following = null
/** @type {Promise<unknown>} what follows a save that is already durable */
let settled = Promise.resolve()

export const state = signal(/** @type {State} */ ("loading"))
export const unlockWays = signal({ passkey: false, passphrase: false })
export const autoLockMinutes = signal(AUTO_LOCK_MINUTES)
export const road = signal({
  unsent: 0, oldest: /** @type {string | null} */ (null), lastContact: /** @type {string | null} */ (null),
  officeTime: /** @type {string | null} */ (null), busy: false, problem: /** @type {{code: string} | null} */ (null),
  silentSince: /** @type {string | null} */ (null),
})
/** path -> body, with the worker's own unsent work laid over; empty while locked or after the lease. */
export const documents = computed(() => unlocked.value?.shown.value ?? new Map())
export const records = computed(() => unlocked.value?.records.list.value ?? [])
/** `{over, until}`: after the lease the office's documents are not shown. */
export const lease = computed(() => unlocked.value?.lease.value ?? { over: false, until: null })
/** Emergency numbers, also while locked (then without names). */
export const numbers = computed(() => unlocked.value?.documents.bodies.value.get("numbers")?.numbers ?? clearNumbers.value)

export const drafts = {
  list: computed(() => unlocked.value?.drafts.listed.value ?? []),
  /** @param {string | null} caseId @param {string} kind @param {{ about?: string | null, value?: any, id?: string }} [begin] */
  open: (caseId, kind, begin) => need().drafts.open(caseId, kind, begin),
}

/** Look at what is on this phone. Called once by this module; screens wait for `state`. */
async function start() {
  if (!globalThis.crypto?.subtle || !globalThis.indexedDB || !globalThis.isSecureContext) {
    state.value = "unsupported"
    return
  }
  told.onmessage = ({ data }) => void heard(data)
  wipeNews.onmessage = () => void wiped()
  navigator.serviceWorker?.addEventListener("message", ({ data }) => {
    if (data?.news === "sent") void refresh()
    if (data?.news === "go") location.hash = `#/${data.to}`
  })
  if (await meta("wiped")) {
    await finishErasing(relay).catch(() => {})
    state.value = "wiped"
    return
  }
  await atRest()
  void navigator.storage?.persist?.().catch(() => {}) // may hang: nothing waits for it
  rhythm = keepRhythm(syncNow)
}

async function knowWays() {
  const kinds = await ways()
  unlockWays.value = { passkey: kinds.includes("passkey"), passphrase: kinds.includes("passphrase") }
  return kinds
}

/** What an enrolled, locked phone may show; or that it is new. */
async function atRest() {
  const kinds = await knowWays()
  clearNumbers.value = await lockedNumbers()
  autoLockMinutes.value = /** @type {number | undefined} */ (await vaultDb.get("settings", "lock")) ?? AUTO_LOCK_MINUTES
  if (kinds.length) void inside().catch(() => {}) // while the worker types the words
  state.value = kinds.length ? "locked" : "new"
  await countUnsent()
}

/**
 * @param {string} code as typed
 * @returns {Promise<{ words: {ja: string, en: string}[], confirmed: Promise<void> }>} `confirmed` resolves
 *   when the supervisor has pressed *same*; then `state` is "choose_unlock"
 *   (it rejects with office_differs when they pressed *differ*)
 * @throws {SyncError} bad_code code_used code_expired not_found no_signal bad_mac
 */
export async function enrol(code) {
  const met = await (await inside()).meet(code, relay)
  newcomer = met.newcomer
  const confirmed = met.confirmed.then(() => {
    if (newcomer === met.newcomer) state.value = "choose_unlock"
  })
  confirmed.catch(() => {}) // the caller is told; a screen that went away is no fault
  return { words: met.words, confirmed }
}

/** The worker says that the words differ: whatever the office presses now, nothing comes to this phone. */
export function refuseWords() {
  newcomer = null
}

/** Is a passkey worth offering on this phone? */
export const passkeysPossible = () => passkeysThere()

/** Four generated words to write down. @param {"ja" | "en"} [lang] @returns {Promise<string[]>} */
export async function choosePassphrase(lang) {
  offered = await (await inside()).newPassphrase(lang)
  return [...offered]
}

/** @param {string[]} words typed again by the worker @throws {SyncError} words_differ */
export async function confirmPassphrase(words) {
  checkOffered(words)
  await moveIn({ passphrase: offered })
  offered = []
}

/** The new words, typed again. @param {string[]} words @throws {SyncError} words_differ */
export function checkOffered(words) {
  if (offered.length === 0 || words.map(flat).join(" ") !== offered.map(flat).join(" ")) throw new SyncError("words_differ", "not the four words that were shown")
}

/**
 * Another way in, or new words for the old ones; drafts and records stay.
 * @param {{ passphrase?: string, passkey?: boolean }} present @param {"words" | "passkey"} to the words last offered
 * @throws {SyncError} wrong_passphrase wait passkey_declined passkey_unsupported
 */
export async function changeUnlock(present, to) {
  await (await inside()).addWay(present, to === "words" ? { passphrase: offered } : { passkey: true })
  offered = []
  await knowWays()
}

/** @throws {SyncError} passkey_unsupported passkey_declined */
export const choosePasskey = () => moveIn({ passkey: true })

/**
 * @param {{ passphrase?: string | string[], passkey?: boolean }} how
 * @throws {SyncError} wrong_passphrase, wait (detail: seconds), wrong_passkey, passkey_declined
 */
export async function unlock(how) {
  const { rows, keys } = await (await inside()).openVault(how)
  await enter(rows, keys)
}

/** Drafts are flushed; then nothing readable stays in memory. */
export async function lock() {
  const was = unlocked.peek()
  if (!was) return
  stopIdle?.()
  stopIdle = null
  await settled.catch(() => {})
  await was.drafts.flushAll()
  batch(() => {
    unlocked.value = null
    state.value = "locked"
  })
  await was.close()
  await atRest()
}

/** @param {Draft} draft kind "visit" or "correction" @returns {Promise<string>} visit id
 * @throws {SyncError} storage_full, malformed (detail: field), risk_call_needed: the draft stays as it is */
export async function save(draft) {
  const here = need()
  const visit = await here.save(draft)
  settled = here.afterSave(draft).then(afterWriting)
  return visit
}

/** Everything this phone has written and the office has not confirmed, oldest first. */
export const events = computed(() => unlocked.value?.events.value ?? [])

/** A record as it was written, or as the office has it. @param {string} visit @returns {Promise<any>} */
export async function bodyOf(visit) {
  const here = need()
  const { by: _, id: __, review: ___, version: ____, ...body } = here.records.bodyOf(visit) ?? here.documents.bodies.peek().get(`record/${visit}`)?.record ?? {}
  return body.occurredAt ? body : null
}

/** Events that belong together, in one envelope. @param {any[][]} told [type, case, body, id?] */
export async function writeAll(told) {
  await need().writeAll(told)
  await afterWriting()
}

/** Out alone: until when, and whether somebody watches (SPEC 6.7). */
export const outing = computed(() => unlocked.value?.outing?.out.value ?? null)
/** Colleagues who are not back, as the relay told at the last round: `{device, tag, at}`. */
export const alarms = signal(/** @type {{ device: string, tag: string, at: string }[]} */ ([]))
/** @param {string | null} caseId @param {number} seconds @returns {Promise<boolean>} whether somebody watches */
export const depart = async (caseId, seconds) => Boolean(await need().outing?.depart(caseId, seconds))
/** @param {number} seconds */
export const extendOuting = async (seconds) => need().outing?.extend(seconds)
export const backSafe = async () => need().outing?.back()

/** A single event: promise.kept, followup.done … @param {string} type @param {string | null} caseId @param {object} body */
export async function write(type, caseId, body) {
  const id = await need().write(type, caseId, body)
  await afterWriting()
  return id
}

/** Push, pull, photos, begun after this call: a round under way may have asked too early. Never throws for the network.
 * @returns {Promise<import("./road/sync.js").Tally>} */
export function syncNow() {
  if (!syncing) return (syncing = oneRound().finally(() => { syncing = null }))
  following ??= syncing.then(() => {
    following = null
    return syncNow()
  })
  return following
}

/** What follows a save is done: lists and counts tell it. */
export const settle = () => settled.catch(() => {})

/** A person wants a refused record tried again. @param {string} envelope */
export async function sendAgain(envelope) {
  const { open } = need()
  await (await inside()).tryAgain(open, envelope)
  rhythm?.soon()
}

/** What giving up a refused record would lose; `discard` wants this answer back. @param {string} envelope */
export const askToDiscard = async (envelope) => (await inside()).askToDiscard(envelope)

/** @param {Awaited<ReturnType<typeof askToDiscard>>} seen */
export async function discard(seen) {
  await (await inside()).discard(seen)
  await refresh()
}

/** Everything that has not become safe, sealed as it is, for another phone of the office (SPEC 4.9). */
export const rescue = {
  copy: async () => (await inside()).rescueCopy(),
  bringIn: async (/** @type {Bytes} */ bytes) => {
    const count = await (await inside()).bringIn(bytes)
    rhythm?.soon()
    return count
  },
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

/**
 * By the worker's own will. Sealed records that have not left are offered to the relay first kept, then sent.
 * @param {{ evenUnsent?: boolean }} [sure]
 * @throws {SyncError} unsent: records would wait on an erased phone
 */
export async function eraseThisPhone({ evenUnsent = false } = {}) {
  if (!evenUnsent && (await unsentCount()) > 0) {
    await syncNow()
    if ((await unsentCount()) > 0) throw new SyncError("unsent", String(await unsentCount()))
  }
  await erase(relay, "worker")
  await wiped()
}

/** After a wipe: this phone may join an office again. */
export async function startAgain() {
  if (!(await finishErasing(relay))) throw new SyncError("no_signal", "sealed records still wait to be sent")
  await setMeta("wiped", undefined)
  location.reload()
}

/** @param {{ passphrase?: string[], passkey?: boolean }} how */
async function moveIn(how) {
  if (!newcomer) throw new SyncError("not_enrolled", "no enrolment is under way")
  const { rows, keys } = await (await inside()).settleIn(newcomer, how, relay)
  newcomer = null
  navigator.serviceWorker?.controller?.postMessage({ type: "look" }) // an erased phone had let go of its release
  await enter(rows, keys)
}

/** @param {import("./store/sealed_rows.js").Rows} rows @param {import("./store/vault.js").DeviceKeys} keys */
async function enter(rows, keys) {
  const who = await identity()
  if (!who) throw new SyncError("not_enrolled", "this phone has no identity")
  const { Outing, Unlocked, knowOwnKey, openKeys, pushes, takeUpCrises } = await inside()
  const opened = new Unlocked(openKeys(rows, keys, who))
  const outing = opened.outing = new Outing(opened.open, relay)
  await Promise.all([opened.load(), outing.load().catch(() => {})])
  await Promise.all([knowOwnKey(opened.open), takeUpCrises(opened.open)]).catch(() => {}) // a full disk must not keep the worker out
  batch(() => {
    unlocked.value = opened
    state.value = "open"
  })
  stopIdle = lockWhenIdle(() => void lock(), () => autoLockMinutes.peek() * 60_000)
  await tellRoad()
  rhythm ??= keepRhythm(syncNow)
  rhythm.soon()
  void pushes.renew(opened.open, relay, document.documentElement.lang || "ja").catch(() => {})
}

/** @returns {Promise<import("./road/sync.js").Tally>} */
async function oneRound() {
  const nothing = { sent: 0, refused: 0, blobs: 0, accepted: 0, wiped: state.peek() === "wiped", problem: null }
  if (!["open", "locked"].includes(state.peek())) return nothing
  await settled.catch(() => {})
  road.value = { ...road.peek(), busy: true }
  const here = unlocked.peek()
  const app = /** @type {any} */ (await meta("release"))?.version ?? ""
  const { syncRound } = await inside()
  let tally = await syncRound(here && { open: here.open, documents: here.documents }, relay, app).catch(() => null)
  if (await meta("wiped")) tally = { ...(tally ?? nothing), wiped: true } // by this round, or meanwhile by the worker
  if (tally?.wiped) await wiped()
  else if (here === unlocked.peek()) await refresh()
  if (here && tally?.incarnation && here === unlocked.peek()) {
    alarms.value = tally.alarms ?? []
    await here.outing?.round(tally.incarnation)
  }
  road.value = { ...road.peek(), busy: false, problem: problemOf(tally) }
  told.postMessage("changed")
  return tally ?? { ...nothing, problem: "fault" }
}

/** @param {import("./road/sync.js").Tally | null} tally */
function problemOf(tally) {
  if (!tally) return { code: "fault" }
  return tally.problem ? { code: tally.problem } : null
}

async function afterWriting() {
  told.postMessage("changed")
  await tellRoad()
  rhythm?.soon()
  const registration = await navigator.serviceWorker?.getRegistration("/phone/").catch(() => undefined)
  void /** @type {any} */ (registration)?.sync?.register("sotto-push").catch(() => {}) // Chromium sends even if the app is killed now
}

/** @param {string} news of another tab */
async function heard(news) {
  if (news === "changed") await refresh()
}

async function refresh() {
  const here = unlocked.peek()
  if (here) {
    await here.refresh()
    await here.tickLease().catch(() => {})
    await keepNumbers(here.documents.bodies.peek().get("numbers")?.numbers ?? []).catch(() => {})
  }
  await tellRoad()
}

async function tellRoad() {
  await countUnsent()
  const here = unlocked.peek()
  const down = here?.down.peek()
  if (!here || !down) return
  const desk = down.lease?.deskTime ?? null
  road.value = {
    ...road.peek(),
    oldest: here.oldestUnsent(),
    lastContact: down.contact ? timeText(down.contact) : null,
    officeTime: desk === null ? null : timeText(desk),
    silentSince: desk !== null && Date.now() - desk > SILENT_AFTER ? timeText(desk) : null,
  }
}

async function countUnsent() {
  const unsent = await unsentCount()
  road.value = { ...road.peek(), unsent }
  const badge = /** @type {any} */ (navigator)
  void (unsent ? badge.setAppBadge?.(unsent) : badge.clearAppBadge?.())?.catch(() => {})
}

/** The keys are gone; nothing may stay on the screen either. */
async function wiped() {
  stopIdle?.()
  rhythm?.stop()
  const was = unlocked.peek()
  batch(() => {
    unlocked.value = null
    clearNumbers.value = []
    state.value = "wiped"
  })
  await was?.close().catch(() => {})
  vaultDb.close()
}

function need() {
  const here = unlocked.peek()
  if (!here) throw new SyncError("locked", "this phone is locked")
  return here
}

/** @param {string} word */
const flat = (word) => word.normalize("NFKC").trim().toLowerCase()
  .replace(/[\u30a1-\u30f6]/gu, (letter) => String.fromCharCode(letter.charCodeAt(0) - 0x60))

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
