// What this phone tells the office of itself (device.noted): room used and left, whether reminders may
// be shown, how far its clock is off. Written at the end of a round that reached the relay, when
// something changed noticeably, at most once a day (the permission to show notices at once); a quiet envelope, for which no worker waits.

import { MAX_STORAGE_BYTES } from "../../../sync/bounds.js"
import { readSetting, writeSetting } from "../store/settings.js"
import { alone } from "../store/locks.js"
import { oneEvent } from "./draft_events.js"
import { standing } from "./push_subscription.js"
import { pack } from "./pack.js"

/** @import { Open } from "../store/keys.js" */
/** @typedef {{ app: string, notifications: string, storage: { used: number, quota: number }, persisted: boolean, clock?: { phone: string, relay: string } }} Note */

const KEY = "noted"
const A_DAY = 86_400_000
const MUCH_ROOM = 50 * 1_048_576
const MUCH_TIME = 2 * 60_000

/**
 * @param {Open} open @param {{ clock: { phone: number, relay: number } | null }} relay @param {string} app
 * @returns {Promise<boolean>} whether there is something to send
 */
export function noteDevice(open, relay, app) {
  return alone("note", async () => {
    const { value: last } = await readSetting(open.rows, KEY)
    // The clock may have been put back since: a day apart in either direction is a day.
    const today = last && Math.abs(Date.now() - last.at) < A_DAY
    // Whether notices are shown is told at once: colleagues who go out alone are told whom it would wake.
    if (today && last.note.notifications === (await standing()).permission) return false
    const note = await selfPortrait(relay, app)
    if (last && !differs(last.note, note)) return false
    await pack(open, [oneEvent("device.noted", null, note, 0)])
    await writeSetting(open.rows, KEY, { at: Date.now(), note })
    return true
  })
}

/** @param {{ clock: { phone: number, relay: number } | null }} relay @param {string} app @returns {Promise<Note>} */
async function selfPortrait({ clock }, app) {
  const { usage = 0, quota = 0 } = (await navigator.storage?.estimate?.().catch(() => undefined)) ?? {}
  const persisted = Boolean(await navigator.storage?.persisted?.().catch(() => false))
  const note = {
    app,
    notifications: (await standing()).permission,
    storage: { used: bytes(usage), quota: bytes(quota) },
    persisted,
  }
  return clock ? { ...note, clock: { phone: timeOf(clock.phone), relay: timeOf(clock.relay) } } : note
}

/** @param {number} told some browsers make up a number beyond any disk */
const bytes = (told) => Math.min(Math.round(told), MAX_STORAGE_BYTES)

/** @param {Note} before @param {Note} now */
export function differs(before, now) {
  return (
    before.app !== now.app ||
    before.notifications !== now.notifications ||
    before.persisted !== now.persisted ||
    Math.abs(before.storage.used - now.storage.used) > MUCH_ROOM ||
    Math.abs(before.storage.quota - now.storage.quota) > before.storage.quota / 4 ||
    Math.abs(ahead(before) - ahead(now)) > MUCH_TIME
  )
}

/** @param {Note} note ms this phone's clock was ahead of the relay's */
const ahead = ({ clock }) => (clock ? Date.parse(clock.phone) - Date.parse(clock.relay) : 0)

/** @param {number} ms */
const timeOf = (ms) => new Date(ms).toISOString()
