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
//   meta       "identity", "incarnation", "wiped", "release", … small facts, none of them about a person
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

export const OUTBOX = "sotto-outbox"
export const ALL = ["envelopes", "blobs", "events", "chain", "meta"]

export const outbox = new Door(OUTBOX, 1, (db) => {
  const envelopes = db.createObjectStore("envelopes", { keyPath: "id" })
  envelopes.createIndex("order", ["from", "run", "n"])
  envelopes.createIndex("state", "state")
  const blobs = db.createObjectStore("blobs", { keyPath: "id" })
  blobs.createIndex("state", "state")
  db.createObjectStore("events").createIndex("envelope", "envelope")
  db.createObjectStore("chain")
  db.createObjectStore("meta")
})

/** @template T @param {string} key @returns {Promise<T | undefined>} */
export const meta = (key) => outbox.get("meta", key)

/** @param {string} key @param {unknown} value */
export const setMeta = (key, value) => outbox.put("meta", value, key)

/** @param {string} key */
export const dropMeta = (key) => outbox.run(["meta"], "readwrite", (tx) => tx.objectStore("meta").delete(key))

/** @returns {Promise<Identity | undefined>} */
export const identity = () => meta("identity")

/** How much of what the worker wrote has not left this phone (refused envelopes have not). */
export async function unsentCount() {
  return outbox.run(["envelopes"], "readonly", async (tx) => {
    const byState = tx.objectStore("envelopes").index("state")
    const [packed, refused] = await Promise.all([byState.getAll("packed"), byState.getAll("refused")])
    return [...packed, ...refused].filter(({ quiet }) => !quiet).length
  })
}
