// What a date, a number or a text may be if it means anything (EVENTS.md, "Limits and grammars").
//
// One function a kind, for the fields of a form and for events alike. They compare digits, never clocks or
// calendars of the machine, so that both twins draw the line at the same second.

import { isDate, isInt, isTime } from "./encoding.js"

export const WORK_YEARS = /** @type {const} */ ([2000, 2100]) // when something was done, or is to be done
export const LIFE_YEARS = /** @type {const} */ ([1900, 2100]) // what people tell of their lives
export const MAX_TEXT = 20_000 // UTF-16 units of a box
export const MAX_LINE = 2_000 // and of a line
export const MAX_LIST = 200
export const MAX_AMOUNT = 999_999_999
export const MAX_VERSION = 999_999
export const MAX_REV = 999_999_999_999
export const MAX_STORAGE_BYTES = 99_999_999_999_999
export const MAX_PIXELS = 20_000
export const MAX_VISIT_SECONDS = 7 * 24 * 3600
export const HOUR = 3600
export const DAY = 24 * HOUR
export const YEAR = 366 * DAY

/** @typedef {readonly [number, number]} Years */

/**
 * `YYYY-MM-DD` of these years, both included.
 * @param {unknown} value
 * @param {Years} [years]
 * @returns {value is string}
 */
export function isPlausibleDate(value, years = WORK_YEARS) {
  return isDate(value) && isOf(value, years)
}

/**
 * A time of the wire (SPEC 1.6) of these years, in UTC.
 * @param {unknown} value
 * @param {Years} [years]
 * @returns {value is string}
 */
export function isPlausibleTime(value, years = WORK_YEARS) {
  return isTime(value) && isOf(value, years)
}

/**
 * A day of somebody's life: born in 1931, left hospital in 1987.
 * @param {unknown} value
 */
export function isLifeDate(value) {
  return isPlausibleDate(value, LIFE_YEARS)
}

/**
 * Whether one contact can have begun and ended so; both are times of the wire.
 * @param {string} begin
 * @param {string} end
 */
export function isPlausibleSpan(begin, end) {
  const lasted = secondsBetween(begin, end)
  return lasted >= 0 && lasted <= MAX_VISIT_SECONDS
}

/**
 * Whether a time of the wire lies at most so many seconds before or after another.
 * @param {string} value
 * @param {string} at
 * @param {number} before
 * @param {number} after
 */
export function isNear(value, at, before, after) {
  const away = secondsBetween(at, value)
  return away >= -before && away <= after
}

/**
 * Whole seconds from one time of the wire to another; fractions are left out.
 * @param {string} begin
 * @param {string} end
 */
export function secondsBetween(begin, end) {
  return seconds(end) - seconds(begin)
}

/**
 * A number somebody typed: of people, of yen, of degrees below nought.
 * @param {unknown} value
 */
export function isPlausibleAmount(value) {
  return typeof value === "number" && Number.isInteger(value) && Math.abs(value) <= MAX_AMOUNT
}

/**
 * A whole number from nought.
 * @param {unknown} value
 * @param {number} most
 */
export function isCount(value, most) {
  return isInt(value) && value <= most
}

/**
 * A text of a box; lengths are those of JavaScript, in UTF-16.
 * @param {unknown} value
 * @param {number} [most]
 */
export function isText(value, most = MAX_TEXT) {
  return typeof value === "string" && value.length <= most
}

/**
 * A text of one line: a name, a title, a place.
 * @param {unknown} value
 */
export function isLine(value) {
  return isText(value, MAX_LINE)
}

/**
 * @param {string} value
 * @param {Years} years
 */
function isOf(value, [first, last]) {
  const year = Number(value.slice(0, 4))
  return year >= first && year <= last
}

/** @param {string} text */
function seconds(text) {
  return Date.parse(`${text.slice(0, 19)}Z`) / 1000
}
