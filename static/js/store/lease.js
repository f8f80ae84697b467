// The lease: how long case sheets stay readable without a sign of life from the office. It runs from
// the highest time the desk has signed. The clock of the phone can end it early, never prolong it:
// a clock put back does not undo time that was seen to pass.

const DAY = 86_400_000
export const DEFAULT_DAYS = 14

/**
 * `deskTime`: highest time the desk signed, ms. `seen`: highest reading of this phone's clock since
 * that time was received, counted on while the app is open even if the clock stands still.
 * @typedef {{ deskTime: number, seen: number }} Lease
 */

/** @param {Lease | undefined} lease @param {number} deskTime ms @param {number} now @returns {Lease} */
export function renewed(lease, deskTime, now) {
  if (lease && deskTime <= lease.deskTime) return passed(lease, now, 0)
  return { deskTime, seen: Math.max(deskTime, now) }
}

/** @param {Lease} lease @param {number} now @param {number} elapsed monotonic ms since the last call @returns {Lease} */
export function passed(lease, now, elapsed) {
  return { deskTime: lease.deskTime, seen: Math.max(lease.seen + elapsed, now) }
}

/** @param {Lease | undefined} lease @param {number} [days] @returns {{ over: boolean, until: number | null }} */
export function standing(lease, days = DEFAULT_DAYS) {
  if (!lease) return { over: false, until: null } // nothing was received yet, so nothing is there to read
  const until = lease.deskTime + days * DAY
  return { over: lease.seen > until, until }
}
