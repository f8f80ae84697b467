// Six digits that open this phone for the rest of the day, where it has no passkey: off until the worker turns it on,
// made each time the four words are typed, and gone after ten hours, five failures or a lock-out.
//
// Its limit: whoever copies this phone's storage within those hours can try all million codes. The four words do not
// have that limit; nothing sealed under them is weakened after the code is gone.

import { SyncError } from "../../../sync/errors.js"
import { vaultDb } from "./vault_db.js"
import { openByPassphraseBytes, wrapByPassphraseBytes } from "./wraps.js"

export const HOURS = 10
const FAILURES = 5
const KIND = "day"
const SHAPE = /^[0-9]{6}$/

/** @typedef {import("./wraps.js").PassphraseWrap & { made: number, failed: number }} DayWrap */

/** @param {string} typed full-width digits as a keyboard gives them, too @returns {string} @throws {SyncError} weak_code */
export function readDigits(typed) {
  const digits = typed.normalize("NFKC").replace(/\s/g, "")
  if (!SHAPE.test(digits) || /^(\d)\1*$/.test(digits) || "01234567890 09876543210".includes(digits)) throw new SyncError("weak_code", "six digits, not all alike and not in a row")
  return digits
}

/** @param {Uint8Array} storageKey @param {string} typed */
export async function keepDayCode(storageKey, typed) {
  const wrap = await wrapByPassphraseBytes(storageKey, new TextEncoder().encode(readDigits(typed)), KIND)
  await vaultDb.put("wraps", { ...wrap, made: Date.now(), failed: 0 }, KIND)
}

/**
 * A failure is counted before the code is tried: an app killed at the right moment gains no sixth guess.
 * @param {string} typed @returns {Promise<Uint8Array>} the storage key @throws {SyncError} wrong_code, day_code_over
 */
export async function byDayCode(typed) {
  const wrap = await vaultDb.run(["wraps"], "readwrite", async (tx) => {
    const row = /** @type {DayWrap | undefined} */ (await tx.objectStore("wraps").get(KIND))
    if (!row) return null
    if (isOver(row)) {
      await tx.objectStore("wraps").delete(KIND)
      return null
    }
    await tx.objectStore("wraps").put({ ...row, failed: row.failed + 1 }, KIND)
    return row
  })
  if (!wrap) throw new SyncError("day_code_over", "the four words are asked again")
  const digits = new TextEncoder().encode(typed.normalize("NFKC").replace(/\s/g, ""))
  const key = await openByPassphraseBytes(wrap, digits, KIND).catch(() => null)
  if (key) {
    await vaultDb.put("wraps", wrap, KIND)
    return key
  }
  if (wrap.failed + 1 < FAILURES) throw new SyncError("wrong_code", String(FAILURES - wrap.failed - 1))
  await dropDayCode()
  throw new SyncError("day_code_over", "five failures")
}

export const dropDayCode = () => vaultDb.run(["wraps"], "readwrite", (tx) => tx.objectStore("wraps").delete(KIND))

/** A clock put back ends it as well: its hours cannot be told any more. @param {DayWrap} wrap */
const isOver = ({ made, failed }) => failed >= FAILURES || Date.now() < made || Date.now() - made > HOURS * 3_600_000
