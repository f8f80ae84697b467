// The database `sotto-outbox`: what the service worker may open while the phone is locked.
//
// Everything here is ciphertext or as public as the header of an envelope. Its schema is frozen:
// an old worker and a new page, or the other way round, meet in it.
//
//   envelopes  id -> {id, from, run, n, state, reason, frame, blobs, quiet?}   state: packed | sent | refused;
//              quiet: nothing a worker wrote, only a note of what was looked at, or of this phone
//   blobs      id -> {id, envelope, size, state, reason, sealed}       state: waiting | sent | refused
//   events     sealed name -> {envelope, order, sealed}                sealed under the storage key
//   chain      "up" -> {run, n, id, order}; "held", "safe", "floor", "forgot" -> positions (SPEC 3.8, 4.5)
//   meta       "identity", "incarnation", "wiped", … small facts, none of them about a person; the first profile's
//              has those of the phone as well (FACTS)
//
// Several workers may share one phone: each has a profile, two databases of its own (this one and `sotto`), sealed
// under a key of its own. The first worker's bear the names they always had. A page belongs to one profile for as
// long as it lives; another is chosen by loading the page anew, so that nothing of two people is ever in memory
// together. The service worker goes through all of them.
//
// Loaded by the page and by the service worker: no DOM.

import { Door } from "./open_db.js"

/**
 * @typedef {{ id: string, from: string, run: number, n: number, state: "packed"|"sent"|"refused",
 *   reason: string, frame: ArrayBuffer, blobs: string[], quiet?: boolean }} EnvelopeRow
 * @typedef {{ id: string, envelope: string, size: number, state: "waiting"|"sent"|"refused",
 *   reason: string, sealed: ArrayBuffer }} BlobRow
 * @typedef {{ envelope: string, order: number, sealed: ArrayBuffer }} EventRow
 * @typedef {{ office: string, device: string, officeSign: ArrayBuffer, relay: string }} Identity
 * @typedef {{ run: number, n: number, id: string, order: number }} Head
 */

export const FIRST = ""
const KEPT = "sotto-profile"
const page = /** @type {any} */ (globalThis)

/** @param {string} database @param {string} profile */
export const nameIn = (database, profile) => (profile === FIRST ? database : `${database}.${profile}`)

/** Whose page this is: chosen in this tab, or last on this phone. In the worker: the first. */
export const own = chosen()

function chosen() {
  try {
    return page.sessionStorage?.getItem(KEPT) ?? page.localStorage?.getItem(KEPT) ?? FIRST
  } catch {
    return FIRST // storage is forbidden here: the databases are as well
  }
}

/** From the next load on. @param {string} profile */
export function choose(profile) {
  page.sessionStorage.setItem(KEPT, profile)
  page.localStorage.setItem(KEPT, profile)
}

/** Beside the databases, so that it is known when they were cleared. @param {boolean} joined */
export function noteJoined(joined) {
  if (joined) page.localStorage.setItem(`sotto-joined${own}`, "joined")
  else page.localStorage.removeItem(`sotto-joined${own}`)
}

export function hadJoined() {
  try {
    return page.localStorage.getItem(`sotto-joined${own}`) !== null
  } catch {
    return false
  }
}

export const OUTBOX = "sotto-outbox"
export const ALL = ["envelopes", "blobs", "events", "chain", "meta"]

/** In the first profile's `meta`, whoever is at the phone. */
export const FACTS = ["release", "staged", "looked", "releaseProblem", "lang", "lastPush", "lastTest"]

/** @type {Map<string, Door>} */
const doors = new Map()

/** @param {string} profile */
export function outboxOf(profile) {
  const door = doors.get(profile) ?? new Door(nameIn(OUTBOX, profile), 1, lay)
  doors.set(profile, door)
  return door
}

/** @param {import("./open_db.js").Database} db */
function lay(db) {
  const envelopes = db.createObjectStore("envelopes", { keyPath: "id" })
  envelopes.createIndex("order", ["from", "run", "n"])
  envelopes.createIndex("state", "state")
  const blobs = db.createObjectStore("blobs", { keyPath: "id" })
  blobs.createIndex("state", "state")
  db.createObjectStore("events").createIndex("envelope", "envelope")
  db.createObjectStore("chain")
  db.createObjectStore("meta")
}

/** Of the profile of this page; in the worker, of the first. */
export const outbox = outboxOf(own)
const phone = outboxOf(FIRST)

/** @template T @param {string} key @returns {Promise<T | undefined>} */
export const meta = (key, box = outbox) => (FACTS.includes(key) ? phone : box).get("meta", key)

/** @param {string} key @param {unknown} value */
export const setMeta = (key, value, box = outbox) =>
  (FACTS.includes(key) ? phone : box).put("meta", value, key)

/** @param {string} key */
export const dropMeta = (key, box = outbox) =>
  (FACTS.includes(key) ? phone : box).run(["meta"], "readwrite", (tx) => tx.objectStore("meta").delete(key))

/** @returns {Promise<Identity | undefined>} */
export const identity = (box = outbox) => meta("identity", box)

/** How much of what the worker wrote has not left this phone (refused envelopes have not). */
export async function unsentCount(box = outbox) {
  return box.run(["envelopes"], "readonly", async (tx) => {
    const byState = tx.objectStore("envelopes").index("state")
    const [packed, refused] = await Promise.all([byState.getAll("packed"), byState.getAll("refused")])
    return [...packed, ...refused].filter(({ quiet }) => !quiet).length
  })
}
