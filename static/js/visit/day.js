// Sorting follow-ups into a day: the next one, the rest of today, what slipped, what comes this week.

import { daysFrom, sameDay } from "../dates.js"
import { t } from "../texts.js"

/** @import { FollowUp } from "../shapes.d.ts" */

const GRACE = 90 * 60_000 // a visit that began late, or goes on, is still the next one
const WEEK = 7

/** @param {FollowUp[]} followups @param {Date} now */
export function sortDay(followups, now) {
  const open = followups.filter(({ state }) => state === "open").sort((a, b) => (a.at < b.at ? -1 : 1))
  const slipped = (/** @type {FollowUp} */ { at }) => new Date(at).getTime() < now.getTime() - GRACE
  const today = open.filter((one) => sameDay(one.at, now) && !slipped(one))
  return {
    next: today[0] ?? null,
    after: today.slice(1),
    late: open.filter(slipped),
    soon: open.filter(({ at }) => daysFrom(at, now) > 0 && daysFrom(at, now) <= WEEK),
  }
}

/** 2日前。日を決め直す: a fact and what to do, no blame. @param {FollowUp} followup @param {Date} now */
export function lateness({ at }, now) {
  const days = -daysFrom(at, now)
  if (new Date(at).getTime() >= now.getTime() - GRACE) return ""
  return days === 0 ? t("late.today") : t("late.days", { n: days })
}
