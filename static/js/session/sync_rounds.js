// When something was written: the round that carries it out. One round at a time.

import { batch } from "../../vendor/preact.js"
import { oneAfterAnother } from "../store/locks.js"
import { meta, noteJoined } from "../store/outbox_db.js"
import { vaultDb } from "../store/vault_db.js"
import { alarms, clearNumbers, inside, relay, road, running, state, told, unlocked } from "./state.js"
import { refresh, sayTrouble, tellRoad } from "./status.js"

/** @import { Tally } from "../transport/sync.js" */

/** @type {Promise<unknown>} what follows a save that is already durable */
let settled = Promise.resolve()

/** Push, pull, photos, begun after this call. Never throws for the network. */
export const syncNow = oneAfterAnother(() => oneRound().catch(broken))

/** What follows a save is done: lists and counts tell it. */
export const settle = () => settled.catch(() => {})

/** @param {Promise<unknown>} work what follows a save */
export function follow(work) {
  settled = work.then(afterWriting).catch(sayTrouble)
}

export async function afterWriting() {
  told.postMessage("changed")
  await tellRoad()
  running.rhythm?.soon()
  const registration = await navigator.serviceWorker?.getRegistration("/phone/").catch(() => undefined)
  void (/** @type {any} */ (registration)?.sync?.register("sotto-push").catch(() => {})) // Chromium sends even if the app is killed now
}

/** A storage that fails is told and does not end the rhythm. @param {unknown} error @returns {Tally} */
const broken = (error) => ({ ...nothingYet(), problem: sayTrouble(error) })

/** @returns {Tally} */
const nothingYet = () => ({
  sent: 0,
  refused: 0,
  blobs: 0,
  accepted: 0,
  wiped: state.peek() === "wiped",
  problem: null,
})

/** @returns {Promise<Tally>} */
async function oneRound() {
  const nothing = nothingYet()
  if (!["open", "locked"].includes(state.peek())) return nothing
  await settle()
  road.value = { ...road.peek(), busy: true }
  const here = unlocked.peek()
  const app = /** @type {any} */ (await meta("release"))?.version ?? ""
  const { syncRound } = await inside()
  let tally = await syncRound(here && { open: here.open, documents: here.documents }, relay, app).catch(
    () => null,
  )
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

/** @param {Tally | null} tally */
function problemOf(tally) {
  if (!tally) return { code: "fault" }
  return tally.problem ? { code: tally.problem } : null
}

/** The keys are gone; nothing may stay on the screen either. */
export async function wiped() {
  running.idle?.()
  running.rhythm?.stop()
  const was = unlocked.peek()
  batch(() => {
    unlocked.value = null
    clearNumbers.value = []
    state.value = "wiped"
  })
  await was?.close().catch(() => {})
  vaultDb.leave()
  noteJoined(false)
}
