// When a contact began and ended, as far as it can be known without asking; and what a field for a day takes.

import { LIFE_YEARS, MAX_VISIT_SECONDS, WORK_YEARS, isPlausibleTime } from "../../../sync/bounds.js"
import { isoDay, localMinute, sameDay, utc } from "../words/dates.js"

const DAY = 86_400_000
const HALF_HOUR = 30 * 60_000
const LONGEST = 8 * 3_600_000 // an outcome picked later than this says nothing of when the contact ended
const AHEAD = 3 * 366 * DAY // nobody plans further; a slip of the year lies there

/**
 * When a contact is over whose outcome is picked now; null where that is not known: a draft of yesterday is finished today, a
 * contact is written down days later.
 * @param {string} began @param {Date} now @param {boolean} byHand somebody set when it began: it is written down afterwards
 * @returns {string | null}
 */
export function impliedEnd(began, now, byHand) {
  const lasted = now.getTime() - new Date(began).getTime()
  return !byHand && lasted > 0 && lasted <= LONGEST && sameDay(began, now) ? utc(now) : null
}

/**
 * The same time of day, some days after the contact; where that is past, some days after today.
 * @param {number} days @param {string} from when the contact began @param {Date} now
 */
export function daysLater(days, from, now) {
  const after = (/** @type {number} */ start) => Math.floor((start + days * DAY) / HALF_HOUR) * HALF_HOUR
  const wanted = after(new Date(from).getTime())
  if (wanted > now.getTime()) return new Date(wanted)
  const today = new Date(`${isoDay(now)}T${localMinute(from).slice(11)}:00+09:00`)
  return new Date(after(today.getTime()))
}

const FIRST = `${WORK_YEARS[0]}-01-01T00:00:00Z`,
  LAST = `${WORK_YEARS[1]}-12-31T14:59:59Z` // the year ends earlier on the office's clock

/**
 * Now, as an event may bear it. A phone whose clock shows no year anybody works in (its battery was empty) still writes: what
 * its clock says is told by `device.noted`.
 * @param {Date | number} [at]
 */
export function timeOfWork(at = Date.now()) {
  const text = utc(new Date(at))
  if (isPlausibleTime(text)) return text
  return +at < Date.parse(FIRST) ? FIRST : LAST
}

/** @typedef {{ min: string, max: string }} Span as a picker writes days, or days and times */

/** The end of this day; of all days where the phone's clock is wrong by years. @param {Date} now */
const tonight = (now) => (isPlausibleTime(utc(now)) ? `${isoDay(now)}T23:59` : localMinute(LAST))
/** @param {string} one @param {string} other */
const earlier = (one, other) => (one < other ? one : other)

/** A contact that happened. @param {Date} now @returns {Span} */
export const happened = (now) => ({ min: localMinute(FIRST), max: tonight(now) })
/** Its end: not before it began, and of one contact. @param {string} began @param {Date} now @returns {Span} */
export const ended = (began, now) => ({
  min: localMinute(began),
  max: earlier(tonight(now), localMinute(new Date(new Date(began).getTime() + MAX_VISIT_SECONDS * 1000))),
})
/** An appointment. @param {Date} now @returns {Span} */
export const ahead = (now) => ({ min: `${isoDay(now)}T00:00`, max: `${isoDay(now.getTime() + AHEAD)}T23:59` })
/** Until when something was promised. @param {string} began @param {Date} now @returns {Span} */
export const promised = (began, now) => ({ min: isoDay(began), max: isoDay(now.getTime() + AHEAD) })
/** Until when somebody is asked to answer. @param {Date} now @returns {Span} */
export const answered = (now) => ({ min: isoDay(now), max: isoDay(now.getTime() + 365 * DAY) })
/** What people tell of their lives. @type {Span} */
export const LIFE = { min: `${LIFE_YEARS[0]}-01-01`, max: `${LIFE_YEARS[1]}-12-31` }
