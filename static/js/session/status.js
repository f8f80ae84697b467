// Where things stand, told to the screens: unsent, oldest, last contact, how long the office is silent.

import { SyncError } from "../../../sync/errors.js"
import { keepNumbers } from "../store/emergency_numbers.js"
import { timeText } from "../store/ids.js"
import { outboxOf, own, unsentCount } from "../store/outbox_db.js"
import { everyone } from "../store/profiles.js"
import { road, unlocked } from "./state.js"

const SILENT_AFTER = 3 * 86_400_000 // the desk signs a sign of life daily
const BEHIND = 10 * 60_000

/** What this phone cannot do is said above every screen, and the next round tries again. @param {any} error @returns {string} its code */
export function sayTrouble(error) {
  const code = error instanceof SyncError ? error.code : "fault"
  road.value = { ...road.peek(), busy: false, problem: { code } }
  return code
}

/** Look again at what other tabs, the worker or the road changed. */
export async function refresh() {
  const here = unlocked.peek()
  if (here) {
    await here.refresh()
    await here.tickLease().catch(() => {})
    await keepNumbers(here.documents.bodies.peek().get("numbers")?.numbers ?? []).catch(() => {})
  }
  await tellRoad()
}

export async function tellRoad() {
  await countUnsent()
  const here = unlocked.peek()
  const down = here?.down.peek()
  if (!here || !down) return
  const desk = down.lease?.deskTime ?? null
  road.value = {
    ...road.peek(),
    oldest: here.oldestUnsent(),
    lastContact: down.contact ? timeText(down.contact) : null,
    officeTime: desk === null ? null : timeText(desk),
    clockBehind: desk !== null && desk - Date.now() > BEHIND ? timeText(desk) : null,
    silentSince: desk !== null && Date.now() - desk > SILENT_AFTER ? timeText(desk) : null,
  }
}

export async function countUnsent() {
  const unsent = await unsentCount()
  road.value = { ...road.peek(), unsent }
  void tellIcon(unsent).catch(() => {})
}

/** The icon on the home screen counts for all who share the phone. @param {number} mine */
async function tellIcon(mine) {
  const others = (await everyone()).filter((profile) => profile !== own)
  const counts = await Promise.all(others.map((profile) => unsentCount(outboxOf(profile))))
  const unsent = counts.reduce((sum, one) => sum + one, mine)
  const badge = /** @type {any} */ (navigator)
  await (unsent ? badge.setAppBadge?.(unsent) : badge.clearAppBadge?.())
}
