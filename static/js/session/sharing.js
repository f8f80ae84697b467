// Whose phone it is: several workers on one, and erasing what is one's own. A page is one worker's for as long as it
// lives: whose turn it is next is noted, the phone is locked, and the page begins anew.

import { signal } from "../../vendor/preact.js"
import { SyncError } from "../../../sync/errors.js"
import { erase, finishErasing, serveAll } from "../transport/wipe.js"
import { FIRST, choose, noteJoined, own, setMeta, unsentCount } from "../store/outbox_db.js"
import { begun, everyone, forget, setMark, sharers } from "../store/profiles.js"
import { cleared, relay } from "./state.js"
import { lock } from "./lock.js"
import { syncNow, wiped } from "./sync_rounds.js"

export { own } from "../store/outbox_db.js"

/** Who has moved in on this phone: `{profile, mark, unsent}`. */
export const sharing = signal(/** @type {import("../store/profiles.js").Sharer[]} */ ([]))

export async function lookWhoShares() {
  sharing.value = await sharers()
}

/** @param {string} profile */
export async function handTo(profile) {
  await lock()
  choose(profile)
  history.replaceState(null, "", location.pathname)
  location.reload()
}

/** Somebody who is not on this phone yet joins with a code of their own. */
export const makeRoom = async () => handTo(await begun())

/** What stands on the lock screen for this worker. @param {string} mark */
export async function keepMark(mark) {
  await setMark(own, mark)
  await lookWhoShares()
}

/** What the others have written goes too, and an order to erase them is heard. */
export async function serveOthers() {
  const others = (await everyone()).filter((profile) => profile !== own)
  if (others.length === 0) return
  await serveAll(relay, others)
  await lookWhoShares()
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

/** What the browser cleared is not coming back: this phone joins as a new one. */
export function beginAnew() {
  noteJoined(false)
  cleared.value = false
}

/** After a wipe: this phone may join an office again. */
export async function startAgain() {
  if (!(await finishErasing(relay))) throw new SyncError("no_signal")
  if (own === FIRST) await setMeta("wiped", undefined)
  else {
    await forget(own)
    choose(FIRST)
  }
  location.reload()
}
