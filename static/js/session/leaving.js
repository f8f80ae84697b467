// "Erase this phone", by the worker's own will, and joining an office again afterwards.

import { SyncError } from "../../../sync/errors.js"
import { erase, finishErasing } from "../road/wipe.js"
import { setMeta, unsentCount } from "../store/outbox_db.js"
import { FIRST, choose, own } from "../store/profile.js"
import { forget } from "../store/profiles.js"
import { relay } from "./here.js"
import { syncNow, wiped } from "./rounds.js"

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
  if (own === FIRST) await setMeta("wiped", undefined)
  else {
    await forget(own)
    choose(FIRST)
  }
  location.reload()
}
