// Who shares this phone. What stands here is what the lock screen shows to anybody who holds the phone: a mark
// the worker chose, and how much of theirs has not left. Nothing else of a profile can be told while it is locked.
//
// Loaded by the page and by the service worker: no DOM.

import { deleteDB } from "../../vendor/idb.js"
import { newId } from "./ids.js"
import { Door } from "./open_db.js"
import { FIRST, OUTBOX, identity, meta, nameIn, outboxOf, unsentCount } from "./outbox_db.js"
import { VAULT } from "./vault_db.js"

const STORE = "profiles"
const list = new Door("sotto-profiles", 1, (db) => db.createObjectStore(STORE))

/** @typedef {{ profile: string, mark: string, unsent: number }} Sharer */

/** Every profile that was ever begun here, the first one first. @returns {Promise<string[]>} */
export async function everyone() {
  const names = await list.run([STORE], "readonly", (tx) => tx.objectStore(STORE).getAllKeys())
  return [FIRST, ...names.filter((/** @type {string} */ one) => one !== FIRST)]
}

/** Those who have joined and were not erased. @returns {Promise<Sharer[]>} */
export async function sharers() {
  const found = await Promise.all(
    (await everyone()).map(async (profile) => {
      const box = outboxOf(profile)
      const [who, wiped, unsent, row] = await Promise.all([
        identity(box),
        meta("wiped", box),
        unsentCount(box),
        list.get(STORE, profile),
      ])
      return who && !wiped ? [{ profile, mark: /** @type {any} */ (row)?.mark ?? "", unsent }] : []
    }),
  )
  return found.flat()
}

/** One for a person who is about to join; one that nobody has moved into is taken again. @returns {Promise<string>} */
export async function begun() {
  for (const profile of await everyone()) {
    const box = outboxOf(profile)
    if (!(await identity(box)) && !(await meta("wiped", box))) return profile
  }
  const profile = newId()
  await list.put(STORE, { mark: "" }, profile)
  return profile
}

/** @param {string} profile @param {string} mark */
export const setMark = (profile, mark) =>
  list.put(STORE, { mark: [...mark.trim()].slice(0, 20).join("") }, profile)

/** @param {string} profile */
export const dropMark = (profile) =>
  list.run([STORE], "readwrite", (tx) => tx.objectStore(STORE).delete(profile))

/** An erased profile leaves nothing, not even an empty database. @param {string} profile */
export async function forget(profile) {
  outboxOf(profile).release()
  await deleteDB(nameIn(VAULT, profile))
  await deleteDB(nameIn(OUTBOX, profile))
  await dropMark(profile)
}
