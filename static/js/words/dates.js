// Days and times as the field writes them: era and weekday for a day, 2/21 in lists, 24-hour clock.
// Every time is shown and typed on the office's clock, Japan's, wherever the phone's own zone is set
// (docs/decisions/0008): phone and desk must never say two different hours for one visit. Never decides
// order or due dates between devices (SPEC 4.8).

import { now as clock } from "./clock.js"
import { language, t } from "./texts.js"

/** @typedef {string | number | Date} Moment  RFC 3339, `YYYY-MM-DD`, or a Date */

const ERAS = /** @type {const} */ ([
  ["令和", 2019, 5, 1],
  ["平成", 1989, 1, 8],
  ["昭和", 1926, 12, 25],
])
const WEEKDAY = { ja: [..."日月火水木金土"], en: ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] }
const MONTH = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ")
const LONG_MONTH =
  "January February March April May June July August September October November December".split(" ")

const AHEAD = 9 * 3_600_000 // Japan keeps no summer time
const DAY = 86_400_000

/** What bears no zone, a day or a picker's time, is the office's; what is no time at all is 1970, and stops no list:
 * where it would be shown, it is said to be none. @param {Moment} moment */
export function read(moment) {
  const text =
    typeof moment === "string" && !/(Z|[+-]\d\d:\d\d)$/.test(moment.slice(10))
      ? `${moment.includes("T") ? moment : `${moment}T00:00`}+09:00`
      : moment
  return new Date(+new Date(text) || 0)
}

/** @param {Moment | null | undefined} moment */
const isNone = (moment) =>
  moment === null ||
  moment === undefined ||
  moment === "" ||
  (read(moment).getTime() === 0 && Number.isNaN(+new Date(moment)))

/** @param {(moment: Moment, now?: Moment) => string} say @returns {(moment: Moment, now?: Moment) => string} */
const ifReadable = (say) => (moment, now) => (isNone(moment) ? t("date.unreadable") : say(moment, now))

/** The numbers on the office's calendar and clock. @param {Moment} moment */
export function onClock(moment) {
  const shifted = new Date(read(moment).getTime() + AHEAD)
  return {
    year: shifted.getUTCFullYear(),
    month: shifted.getUTCMonth() + 1,
    date: shifted.getUTCDate(),
    weekday: shifted.getUTCDay(),
    hour: shifted.getUTCHours(),
    minute: shifted.getUTCMinutes(),
  }
}

/** The moment at which a month of the office begins; months may run over. @param {number} year @param {number} month */
export const monthBegins = (year, month) => new Date(Date.UTC(year, month - 1, 1) - AHEAD)

/** 令和6年. @param {Moment} moment */
export function eraYear(moment) {
  const { year, month, date } = onClock(moment)
  for (const [name, first, ...rest] of ERAS) {
    if (year > first || (year === first && (month > rest[0] || (month === rest[0] && date >= rest[1])))) {
      const count = year - first + 1
      return `${name}${count === 1 ? "元" : count}年`
    }
  }
  return `${year}年`
}

/** 水 / Wed. @param {Moment} moment */
export const weekday = (moment) => WEEKDAY[language.value][onClock(moment).weekday]

/** 令和6年2月21日（水） / Wed 21 February 2024. @param {Moment} moment */
export const day = ifReadable((moment) => {
  const { year, month, date } = onClock(moment)
  return language.value === "ja"
    ? `${eraYear(moment)}${month}月${date}日（${weekday(moment)}）`
    : `${weekday(moment)} ${date} ${LONG_MONTH[month - 1]} ${year}`
})

/** 令和6年6月 / June 2024. @param {Moment} moment */
export function month(moment) {
  const { year, month } = onClock(moment)
  return language.value === "ja" ? `${eraYear(moment)}${month}月` : `${LONG_MONTH[month - 1]} ${year}`
}

/** 2月7日 / 7 Feb; of another year than now, 令和5年2月7日 / 7 Feb 2023. @param {Moment} moment @param {Moment} [now] */
export const monthDay = ifReadable((moment, now = clock.value) => {
  const { year, month, date } = onClock(moment)
  const other = year !== onClock(now).year
  if (language.value === "ja") return `${other ? eraYear(moment) : ""}${month}月${date}日`
  return `${date} ${MONTH[month - 1]}${other ? ` ${year}` : ""}`
})

/** 2/7 / 7 Feb; of another year than now, 2023/2/7 / 7 Feb 2023. @param {Moment} moment @param {Moment} [now] */
export const shortDay = ifReadable((moment, now = clock.value) => {
  const { year, month, date } = onClock(moment)
  if (language.value !== "ja") return monthDay(moment, now)
  return `${year !== onClock(now).year ? `${year}/` : ""}${month}/${date}`
})

/** 10:05. @param {Moment} moment */
export function clockTime(moment) {
  if (isNone(moment)) return "--:--"
  const { hour, minute } = onClock(moment)
  return `${hour}:${two(minute)}`
}

/** 10:05–10:32; without an end, or with one in the same minute, 10:05; with an end on another day, 20:08–2/22 17:08.
 * @param {Moment} start @param {Moment | null | undefined} end @param {Moment} [now] */
export function clockSpan(start, end, now = clock.value) {
  if (!end || minuteOf(end) === minuteOf(start)) return clockTime(start)
  return `${clockTime(start)}–${sameDay(start, end) ? "" : `${shortDay(end, now)} `}${clockTime(end)}`
}

/** @param {Moment} moment */
const minuteOf = (moment) => Math.floor(+new Date(moment) / 60_000)

/** Whole days from one day to another: yesterday is −1. @param {Moment} moment @param {Moment} from */
export function daysFrom(moment, from) {
  return dayNumber(moment) - dayNumber(from)
}

/** @param {Moment} a @param {Moment} b */
export const sameDay = (a, b) => daysFrom(a, b) === 0

/** 今日 / 昨日 / 2/20. @param {Moment} moment @param {Moment} now */
export function nearDay(moment, now) {
  const away = daysFrom(moment, now)
  const words = language.value === "ja" ? ["昨日", "今日", "明日"] : ["yesterday", "today", "tomorrow"]
  return words[away + 1] ?? shortDay(moment, now)
}

/** 10:34 today; else with its day: 昨日 10:34, 2/20 15:10. @param {Moment} moment @param {Moment} [now] */
export const nearClock = (moment, now = clock.value) =>
  !isNone(moment) && sameDay(moment, now) ? clockTime(moment) : nearTime(moment, now)

/** Whole, for what is written down and read another day: 2/20 15:10. @param {Moment} moment */
export const dayTime = ifReadable((moment) => `${shortDay(moment)} ${clockTime(moment)}`)

/** 今日 10:34, 2/20 15:10. @param {Moment} moment @param {Moment} now */
export const nearTime = ifReadable(
  (moment, now = clock.value) => `${nearDay(moment, now)} ${clockTime(moment)}`,
)

/** 今日 2月21日（水）10:00. @param {Moment} moment @param {Moment} now */
export const appointment = ifReadable((moment, now = clock.value) => {
  const away = daysFrom(moment, now)
  const near = Math.abs(away) <= 1 ? `${nearDay(moment, now)} ` : ""
  return language.value === "ja"
    ? `${near}${monthDay(moment, now)}（${weekday(moment)}）${clockTime(moment)}`
    : `${near}${weekday(moment)} ${monthDay(moment, now)}, ${clockTime(moment)}`
})

/** `YYYY-MM-DD` on the office's calendar. @param {Moment} moment */
export function isoDay(moment) {
  const { year, month, date } = onClock(moment)
  return `${String(year).padStart(4, "0")}-${two(month)}-${two(date)}`
}

/** `YYYY-MM-DDTHH:MM`, what a datetime-local field shows. @param {Moment} moment */
export function localMinute(moment) {
  const { hour, minute } = onClock(moment)
  return `${isoDay(moment)}T${two(hour)}:${two(minute)}`
}

/** RFC 3339 UTC to the second, the spelling of the wire (SPEC 1.6). @param {Moment} moment */
export const utc = (moment) =>
  read(moment)
    .toISOString()
    .replace(/\.\d+Z$/, "Z")

/** @param {number} n */
const two = (n) => String(n).padStart(2, "0")

/** @param {Moment} moment */
const dayNumber = (moment) => Math.floor((read(moment).getTime() + AHEAD) / DAY)
