// Where a day lies on the drawing, and which months are named below it.

import { monthBegins, onClock } from "../words/dates.js"

const DAY = 86_400_000

/**
 * @param {number} from first day, ms
 * @param {number} to last day, ms
 * @param {number} left @param {number} right in drawing units
 */
export function dayScale(from, to, left, right) {
  const span = Math.max(to - from, DAY)
  return (/** @type {number} */ at) => round(left + ((at - from) / span) * (right - left))
}

/**
 * The first days of months to name: at most `most`, evenly stepped.
 *
 * @param {number} from @param {number} to @param {number} most
 * @returns {Date[]}
 */
export function monthTicks(from, to, most) {
  const first = onClock(from)
  const months = []
  for (
    let month = first.month + (first.date > 1 ? 1 : 0);
    monthBegins(first.year, month).getTime() <= to;
    month++
  )
    months.push(monthBegins(first.year, month))
  const step = Math.max(1, Math.ceil(months.length / most))
  return months.filter((_, i) => i % step === 0)
}

/** @param {number} n */
export const round = (n) => Math.round(n * 10) / 10
