// How the worker goes about today: the order of the doors, when they left and came back. And the kilometres between two
// doors, as they entered them once. Sealed, on this phone alone: no map, no position, nothing of it is sent.

import { signal } from "../../vendor/preact.js"
import { isoDay } from "../words/dates.js"
import { readSetting, writeSetting } from "./settings.js"

/** @import { Rows } from "./sealed_rows.js" */
/** @typedef {{ left: string, back: string | null }} Trip */
/** @typedef {{ day: string, order: string[], trips: Trip[], legs: Record<string, number> }} Plan  `legs`: "from to" -> km */

const NAME = "plan"
const MOST_LEGS = 500
/** @type {Plan} */
export const NO_PLAN = { day: "", order: [], trips: [], legs: {} }

export class DayPlan {
  /** @param {Rows} rows */
  constructor(rows) {
    this.rows = rows
    this.value = signal(NO_PLAN)
  }

  async load() {
    this.value.value = { ...NO_PLAN, ...(await readSetting(this.rows, NAME)).value }
  }

  /** Order and trips are of one day; kilometres stay. @param {Date} now */
  of(now) {
    const day = isoDay(now),
      kept = this.value.value
    return kept.day === day ? kept : { ...NO_PLAN, day, legs: kept.legs }
  }

  /** @param {Date} now @param {(plan: Plan) => Partial<Plan>} change */
  async change(now, change) {
    const before = this.of(now)
    const plan = { ...before, ...change(before) }
    plan.legs = Object.fromEntries(Object.entries(plan.legs).slice(-MOST_LEGS))
    this.value.value = plan
    await writeSetting(this.rows, NAME, plan)
  }

  close() {
    this.value.value = NO_PLAN
  }
}
