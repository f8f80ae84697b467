// What every room of the session looks at: the signals screens read, the relay, and what runs while the
// phone is open. Nothing here decides anything.

import { signal } from "../../vendor/preact.js"
import { SyncError } from "../../../sync/errors.js"
import { tabs } from "../store/locks.js"
import { Relay } from "../transport/relay.js"

/** @import { Unlocked } from "./unlocked.js" */
/** @typedef {"loading" | "new" | "choose_unlock" | "locked" | "open" | "wiped" | "unsupported"} State */

const AUTO_LOCK_MINUTES = 5

/** What seals and opens: half of the app, and nothing of it is needed before somebody types a code. */
export const inside = () =>
  import("./lazy.js").catch(() => {
    throw new SyncError("no_signal")
  })
export const relay = new Relay()
/** To other tabs of this phone: something changed. */
export const told = tabs("sotto-session")
/** What ends with the lock or the phone. */
export const running = {
  idle: /** @type {(() => void) | null} */ (null),
  rhythm: /** @type {ReturnType<typeof import("../transport/schedule.js").keepRhythm> | null} */ (null),
}

export const unlocked = signal(/** @type {Unlocked | null} */ (null))
export const clearNumbers = signal(/** @type {import("../store/emergency_numbers.js").OfficeNumber[]} */ ([]))
export const state = signal(/** @type {State} */ ("loading"))
export const unlockWays = signal({ passkey: false, passphrase: false })
/** This worker opened the phone with six digits in an earlier release: told once that it no longer can be. */
export const dayCodeGone = signal(false)
/** This phone had joined, and its databases are gone: a browser cleared them. */
export const cleared = signal(false)
export const autoLockMinutes = signal(AUTO_LOCK_MINUTES)
export const road = signal({
  unsent: 0,
  oldest: /** @type {string | null} */ (null),
  lastContact: /** @type {string | null} */ (null),
  officeTime: /** @type {string | null} */ (null),
  busy: false,
  problem: /** @type {{code: string} | null} */ (null),
  silentSince: /** @type {string | null} */ (null),
  clockBehind: /** @type {string | null} */ (null), // the office's time, when this phone's clock has not come to it yet
})
/** Colleagues who are not back, as the relay told at the last round: `{device, tag, at}`. */
export const alarms = signal(/** @type {{ device: string, tag: string, at: string }[]} */ ([]))

/** @throws {SyncError} locked */
export function need() {
  const here = unlocked.peek()
  if (!here) throw new SyncError("locked")
  return here
}
