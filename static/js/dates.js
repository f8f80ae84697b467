// Days and times as the field writes them: era and weekday for a day, 2/21 in lists, 24-hour clock.
// Shows the phone's own zone; never decides order or due dates between devices (SPEC 4.8).

import { language } from "./texts.js"

/** @typedef {string | number | Date} Moment  RFC 3339, `YYYY-MM-DD`, or a Date */

const ERAS = /** @type {const} */ ([["令和", 2019, 5, 1], ["平成", 1989, 1, 8], ["昭和", 1926, 12, 25]])
const WEEKDAY = { ja: [..."日月火水木金土"], en: ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] }
const MONTH = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ")
const LONG_MONTH = "January February March April May June July August September October November December".split(" ")

/** A date without a time is a day in the phone's zone, not midnight in Greenwich. @param {Moment} moment */
export function read(moment) {
  if (typeof moment === "string" && /^\d{4}-\d\d-\d\d$/.test(moment)) return new Date(`${moment}T00:00`)
  return new Date(moment)
}

/** 令和6年. @param {Moment} moment */
export function eraYear(moment) {
  const date = read(moment)
  for (const [name, year, month, day] of ERAS) {
    if (date >= new Date(year, month - 1, day)) {
      const count = date.getFullYear() - year + 1
      return `${name}${count === 1 ? "元" : count}年`
    }
  }
  return `${date.getFullYear()}年`
}

/** 水 / Wed. @param {Moment} moment */
export const weekday = (moment) => WEEKDAY[language.value][read(moment).getDay()]

/** 令和6年2月21日（水） / Wed 21 February 2024. @param {Moment} moment */
export function day(moment) {
  const date = read(moment)
  return language.value === "ja"
    ? `${eraYear(date)}${date.getMonth() + 1}月${date.getDate()}日（${weekday(date)}）`
    : `${weekday(date)} ${date.getDate()} ${LONG_MONTH[date.getMonth()]} ${date.getFullYear()}`
}

/** 令和6年6月 / June 2024. @param {Moment} moment */
export function month(moment) {
  const date = read(moment)
  return language.value === "ja" ? `${eraYear(date)}${date.getMonth() + 1}月` : `${LONG_MONTH[date.getMonth()]} ${date.getFullYear()}`
}

/** 2月7日 / 7 Feb. @param {Moment} moment */
export function monthDay(moment) {
  const date = read(moment)
  return language.value === "ja" ? `${date.getMonth() + 1}月${date.getDate()}日` : `${date.getDate()} ${MONTH[date.getMonth()]}`
}

/** 2/7 / 7 Feb. @param {Moment} moment */
export function shortDay(moment) {
  const date = read(moment)
  return language.value === "ja" ? `${date.getMonth() + 1}/${date.getDate()}` : monthDay(date)
}

/** 10:05. @param {Moment} moment */
export function clockTime(moment) {
  const date = read(moment)
  return `${date.getHours()}:${String(date.getMinutes()).padStart(2, "0")}`
}

/** Whole days from one day to another: yesterday is −1. @param {Moment} moment @param {Moment} from */
export function daysFrom(moment, from) {
  return Math.round((midnight(moment).getTime() - midnight(from).getTime()) / 86_400_000)
}

/** @param {Moment} a @param {Moment} b */
export const sameDay = (a, b) => daysFrom(a, b) === 0

/** 今日 / 昨日 / 2/20. @param {Moment} moment @param {Moment} now */
export function nearDay(moment, now) {
  const away = daysFrom(moment, now)
  const words = language.value === "ja" ? ["昨日", "今日", "明日"] : ["yesterday", "today", "tomorrow"]
  return words[away + 1] ?? shortDay(moment)
}

/** 今日 10:34, 2/20 15:10. @param {Moment} moment @param {Moment} now */
export const nearTime = (moment, now) => `${nearDay(moment, now)} ${clockTime(moment)}`

/** 今日 2月21日（水）10:00. @param {Moment} moment @param {Moment} now */
export function appointment(moment, now) {
  const away = daysFrom(moment, now)
  const near = Math.abs(away) <= 1 ? `${nearDay(moment, now)} ` : ""
  return language.value === "ja"
    ? `${near}${monthDay(moment)}（${weekday(moment)}）${clockTime(moment)}`
    : `${near}${weekday(moment)} ${monthDay(moment)}, ${clockTime(moment)}`
}

/** `YYYY-MM-DD` in the phone's zone. @param {Moment} moment */
export function isoDay(moment) {
  const date = read(moment)
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

/** `YYYY-MM-DDTHH:MM`, what a datetime-local field shows. @param {Moment} moment */
export function localMinute(moment) {
  const date = read(moment)
  return `${isoDay(date)}T${two(date.getHours())}:${two(date.getMinutes())}`
}

/** RFC 3339 UTC to the second, the spelling of the wire (SPEC 1.6). @param {Moment} moment */
export const utc = (moment) => read(moment).toISOString().replace(/\.\d+Z$/, "Z")

/** @param {number} n */
const two = (n) => String(n).padStart(2, "0")

/** @param {Moment} moment */
function midnight(moment) {
  const date = new Date(read(moment))
  date.setHours(0, 0, 0, 0)
  return date
}
