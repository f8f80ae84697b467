// A phone at rest, opened and locked again.

import { batch } from "../../vendor/preact.js"
import { SyncError } from "../../../sync/errors.js"
import { lockWhenIdle } from "./idle.js"
import { lockedNumbers } from "../store/emergency_numbers.js"
import { hadJoined, identity, noteJoined } from "../store/outbox_db.js"
import { vaultDb, ways } from "../store/vault_db.js"
import {
  autoLockMinutes,
  cleared,
  clearNumbers,
  dayCodeGone,
  inside,
  relay,
  running,
  state,
  unlocked,
  unlockWays,
} from "./state.js"
import { settle } from "./sync_rounds.js"
import { countUnsent, tellRoad } from "./status.js"

export async function knowWays() {
  const kinds = await ways()
  unlockWays.value = { passkey: kinds.includes("passkey"), passphrase: kinds.includes("passphrase") }
  return kinds
}

/** What an enrolled, locked phone may show; or that it is new. */
export async function atRest() {
  const kinds = await knowWays()
  clearNumbers.value = await lockedNumbers()
  autoLockMinutes.value =
    /** @type {number | undefined} */ (await vaultDb.get("settings", "lock")) ?? autoLockMinutes.peek()
  dayCodeGone.value = (await vaultDb.get("settings", "day")) === true
  // While the worker types the words.
  if (kinds.length)
    void inside()
      .then(({ dropDayCodes }) => dropDayCodes())
      .catch(() => {})
  cleared.value = kinds.length === 0 && hadJoined()
  state.value = kinds.length ? "locked" : "new"
  await countUnsent()
}

/**
 * @param {import("../store/vault.js").How} how
 * @throws {SyncError} wrong_passphrase, wait (detail: seconds), wrong_passkey, passkey_declined
 */
export async function unlock(how) {
  await locking // a finger may be quicker than the lock, which would then fall upon an open phone
  const { rows, keys } = await (await inside()).openVault(how)
  await enter(rows, keys)
}

/** @type {Promise<unknown>} */
let locking = Promise.resolve()

/** Drafts are flushed; then nothing readable stays in memory. */
export function lock() {
  const whole = lockUp()
  locking = Promise.allSettled([locking, whole])
  return whole
}

async function lockUp() {
  const was = unlocked.peek()
  if (!was) return
  running.idle?.()
  running.idle = null
  await settle()
  await was.drafts.flushAll()
  if (unlocked.peek() !== was) return // erased meanwhile
  batch(() => {
    unlocked.value = null
    state.value = "locked"
  })
  await was.close()
  await atRest()
}

/** @param {import("../store/sealed_rows.js").Rows} rows @param {import("../store/vault.js").DeviceKeys} keys */
export async function enter(rows, keys) {
  const who = await identity()
  if (!who) throw new SyncError("not_enrolled", "this phone has no identity")
  const { Outing, Unlocked, heardOfDayCode, knowOwnKey, openKeys, pushes, takeUpCrises } = await inside()
  const opened = new Unlocked(openKeys(rows, keys, who))
  const outing = (opened.outing = new Outing(opened.open, relay))
  await Promise.all([opened.load(), outing.load().catch(() => {})])
  await Promise.all([knowOwnKey(opened.open), takeUpCrises(opened.open)]).catch(() => {}) // a full disk must not keep the worker out
  void heardOfDayCode().catch(() => {})
  noteJoined(true)
  batch(() => {
    unlocked.value = opened
    state.value = "open"
  })
  running.idle = lockWhenIdle(
    () => void lock(),
    () => autoLockMinutes.peek() * 60_000,
  )
  await tellRoad()
  running.rhythm?.soon()
  void pushes.renew(opened.open, relay, document.documentElement.lang || "ja").catch(() => {})
}
