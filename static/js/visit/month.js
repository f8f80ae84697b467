// Follow-ups by day: a month as people see it on a wall, and when a reminder will ring.

import { clockTime, isoDay, monthBegins, onClock, read } from "../words/dates.js"

/** @import { FollowUp } from "../shapes.d.ts" */
/** @typedef {{ from: string, until: string }} Span times of day, HH:MM; empty: none */

const DAY = 86_400_000
const FIVE = 300_000

/**
 * The days of a month with what stands on each, and how many empty places its first week begins with (Sunday first).
 * @param {FollowUp[]} followups @param {number} year @param {number} month may run over
 */
export function monthOf(followups, year, month) {
  const begins = monthBegins(year, month).getTime(),
    ends = monthBegins(year, month + 1).getTime()
  const shown = followups.filter(({ state }) => state !== "cancelled").sort((a, b) => (a.at < b.at ? -1 : 1))
  const days = Array.from({ length: Math.round((ends - begins) / DAY) }, (_, i) => {
    const at = new Date(begins + i * DAY),
      name = isoDay(at)
    return { name, at, date: i + 1, followups: shown.filter((one) => isoDay(one.at) === name) }
  })
  return { days, before: onClock(new Date(begins)).weekday }
}

/**
 * When the phone is woken: not in quiet hours, and at a time rounded down to five minutes, as the relay may know it.
 * @param {string} at @param {Span[]} spans @returns {Date}
 */
export function rings(at, spans) {
  const asked = Math.floor(read(at).getTime() / FIVE) * FIVE
  let found = asked
  for (let i = 0; i < 2 * spans.length; i++) {
    for (const span of spans) found = afterQuiet(found, span)
    if (spans.every((span) => afterQuiet(found, span) === found)) return new Date(found)
  }
  return new Date(asked)
}

/** @param {number} at @param {Span} span */
function afterQuiet(at, { from, until }) {
  if (!from || !until || from === until) return at
  const clock = clockTime(at).padStart(5, "0")
  const inside = from < until ? from <= clock && clock < until : clock >= from || clock < until
  if (!inside) return at
  const end = read(`${isoDay(at)}T${until}`).getTime()
  return end > at ? end : end + DAY
}
