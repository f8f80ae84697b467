// What a visit still needs before it can be saved. Nobody met needs an outcome and nothing else: ten seconds at a door.
//
// An urgent danger without a voice hand-over always stops the saving, and never the draft (domain §3.6).

import { isPlausibleSpan } from "../../../sync/bounds.js"
import { RISK_KEYS } from "../../../sync/events.js"
import { isoDay } from "../words/dates.js"
import { couldReact, isCalledOff, metSomebody } from "./outcomes.js"
import { firstStar, starsLeft } from "./checklist.js"

/** @import { VisitBody, Checklist } from "../shapes.d.ts" */
/** @typedef {{ key: string, screen: "outcome" | "notes" | "checklist" | "urgent", n?: number, at?: string }} Need  `at`: the
 *   field, as `data-field` says; where none is named it is the key */

/**
 * @param {any} draft value of a draft of kind "visit"
 * @param {{ checklist: Checklist | null, now?: Date }} context the checklist version the draft is pinned to
 * @returns {Need[]} in the order of the screens
 */
export function stillNeeded(draft, { checklist, now = new Date() }) {
  /** @type {VisitBody} */
  const record = draft.record
  const needs = /** @type {(Need | false | null)[]} */ ([
    !record.outcome && { key: "outcome", screen: "outcome" },
    endsBeforeItBegan(record) && { key: "times", screen: "outcome" },
    lastsTooLong(record) && { key: "times_long", screen: "outcome", at: "times" },
    record.alone === undefined &&
      !isCalledOff(record.outcome) && { key: "alone", screen: "outcome", at: "times" },
    ...ofDates(draft),
    // A draft that lay for days: nobody goes on a day that is over.
    draft.followup &&
      isoDay(draft.followup.at) < isoDay(now) && { key: "next_past", screen: "notes", at: "next" },
    ...(metSomebody(record.outcome) ? whenMet(draft) : []),
    isUrgent(record) && !handedOver(record) && { key: "riskCall", screen: "urgent" },
    ...inChecklist(draft, checklist),
  ])
  return needs.filter((need) => Boolean(need)).map((need) => /** @type {Need} */ (need))
}

/** A day that was refused stands at its field until it is put right, or taken out. @param {any} draft @returns {Need[]} */
function ofDates({ refusedDates = {}, checklist }) {
  return Object.keys(refusedDates)
    .filter(
      (name) =>
        DATES[name] || checklist?.items.some((/** @type {any} */ { id }) => name === `checklist:${id}`),
    )
    .map((name) => ({
      key: "date",
      screen: DATES[name] ?? "checklist",
      at: DATES[name] === "outcome" ? "times" : name.replace(":", "."),
    }))
}

/** Where days are written. @type {Record<string, "outcome" | "notes">} */
const DATES = { occurredAt: "outcome", endedAt: "outcome", next: "notes", promises: "notes" }

/** What was typed for a number and is none is not lost by saving: it is put right first, or taken out.
 * @param {any} draft @param {Checklist | null} checklist @returns {(Need | false)[]} */
function inChecklist({ record, refused = {} }, checklist) {
  const answers = record.checklist?.answers ?? {}
  const left = checklist ? starsLeft(checklist, answers) : 0
  const wrong = checklist ? checklist.items.filter(({ id }) => refused[id] !== undefined) : []
  return [
    left > 0 && {
      key: "checklist",
      screen: "checklist",
      n: left,
      at: `checklist.${firstStar(/** @type {Checklist} */ (checklist), answers)?.id}`,
    },
    wrong.length > 0 && {
      key: "number",
      screen: "checklist",
      n: wrong.length,
      at: `checklist.${wrong[0].id}`,
    },
  ]
}

/** @param {any} draft @returns {(Need | false)[]} */
function whenMet({ record, stageMove }) {
  const open = RISK_KEYS.filter((risk) => !(risk in record.risk))
  return [
    !record.notes.fact.trim() && { key: "fact", screen: "notes" },
    couldReact(record.outcome) && record.reaction === null && { key: "reaction", screen: "notes" },
    couldReact(record.outcome) && !stageMove && { key: "stage", screen: "notes" },
    ["near", "far", "other"].includes(stageMove) &&
      !record.stageEvent.trim() && { key: "stageEvent", screen: "notes" },
    open.length > 0 && { key: "risk", screen: "notes", n: open.length, at: `risk.${open[0]}` },
    !record.next?.with && { key: "next", screen: "notes" },
  ]
}

/** @param {Pick<VisitBody, "risk">} record */
export const isUrgent = ({ risk }) => Object.values(risk ?? {}).includes("urgent")

/** To whom, when and with what result: all three, by voice. @param {Pick<VisitBody, "riskCall">} record */
export const handedOver = ({ riskCall }) =>
  Boolean(riskCall?.to?.trim() && riskCall.at && riskCall.result?.trim())

/** @param {VisitBody} record */
const endsBeforeItBegan = ({ occurredAt, endedAt }) => Boolean(endedAt && endedAt < occurredAt)

/** Both are right by themselves. @param {VisitBody} record */
const lastsTooLong = ({ occurredAt, endedAt }) =>
  Boolean(endedAt && endedAt >= occurredAt && !isPlausibleSpan(occurredAt, endedAt))
