// Sorting follow-ups into a day: the next one, the rest of today, what slipped, what comes this week.

import { daysFrom, sameDay } from "../words/dates.js"
import { t } from "../words/texts.js"

/** @import { FollowUp } from "../shapes.d.ts" */

const GRACE = 90 * 60_000 // a visit that began late, or goes on, is still the next one
const WEEK = 7

/** @param {FollowUp[]} followups @param {Date} now @param {string[]} [order] of today's, as the worker goes; others follow by their time */
export function sortDay(followups, now, order = []) {
  const open = followups.filter(({ state }) => state === "open").sort((a, b) => (a.at < b.at ? -1 : 1))
  const slipped = (/** @type {FollowUp} */ { at }) => new Date(at).getTime() < now.getTime() - GRACE
  const rank = (/** @type {FollowUp} */ { followup }) =>
    order.includes(followup) ? order.indexOf(followup) : order.length
  const today = open.filter((one) => sameDay(one.at, now) && !slipped(one)).sort((a, b) => rank(a) - rank(b))
  return {
    next: today[0] ?? null,
    after: today.slice(1),
    late: open.filter(slipped),
    soon: open.filter(({ at }) => daysFrom(at, now) > 0 && daysFrom(at, now) <= WEEK),
  }
}

/** A leg is as long there as back. @param {string} a @param {string} b */
export const legOf = (a, b) => [a, b].sort().join(" ")

/** Kilometres as people write them, 3,2 and ３．２ too; null for what is none. @param {string} text */
export function kilometres(text) {
  const plain = text.normalize("NFKC").replace(",", ".").trim()
  return /^\d{1,3}(\.\d)?$/.test(plain) ? Number(plain) : null
}

/**
 * What the legs of a round come to, and how many of them nobody has entered.
 * @param {string[]} cases in order @param {Record<string, number>} legs
 */
export function roundOf(cases, legs) {
  const all = cases.slice(1).map((id, i) => (id === cases[i] ? 0 : legs[legOf(cases[i], id)]))
  return {
    km: Math.round(all.reduce((sum, km) => sum + (km ?? 0), 0) * 10) / 10,
    unknown: all.filter((km) => km === undefined).length,
  }
}

/** From one place to another. @param {string[]} list @param {number} at @param {number} to */
export function moved(list, at, to) {
  if (to < 0 || to >= list.length || at === to) return list
  const rest = list.filter((_, i) => i !== at)
  return [...rest.slice(0, to), list[at], ...rest.slice(to)]
}

/** 2日前。日を決め直す: a fact and what to do, no blame. @param {FollowUp} followup @param {Date} now */
export function lateness({ at }, now) {
  const days = -daysFrom(at, now)
  if (new Date(at).getTime() >= now.getTime() - GRACE) return ""
  return days === 0 ? t("late.today") : t("late.days", { n: days })
}
