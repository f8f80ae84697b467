// The database `sotto`: everything sealed under the storage key, and the wraps of that key.
//
//   wraps      kind -> how to get the storage key back ("passphrase", "passkey", "office"; "day" in earlier releases)
//   documents  sealed name -> bytes     what the office sent
//   drafts     sealed name -> bytes     what the worker is writing, photos included
//   settings   name -> bytes, sealed, except "numbers", "lock" and "day", which the lock screen needs
//
// The name of the store `wraps` is frozen: the worker empties it first when it obeys a wipe.

import { nameIn, own } from "./outbox_db.js"
import { Door } from "./open_db.js"

export const VAULT = "sotto"

/** @param {string} profile */
export const vaultOf = (profile) =>
  new Door(
    nameIn(VAULT, profile),
    1,
    (db) => {
      for (const store of ["wraps", "documents", "drafts", "settings"]) db.createObjectStore(store)
    },
    true,
  )

export const vaultDb = vaultOf(own)

/** @returns {Promise<string[]>} "passphrase", "passkey": how this phone can be opened; empty before enrolment */
export async function ways() {
  const kinds = await vaultDb.run(["wraps"], "readonly", (tx) => tx.objectStore("wraps").getAllKeys())
  return kinds.filter((/** @type {string} */ kind) => ["passphrase", "passkey"].includes(kind))
}
