// What a visit still needs before it can be saved. Nobody met needs an outcome and nothing else: ten seconds at a door.
//
// An urgent danger without a voice hand-over always stops the saving, and never the draft (domain §3.6).

import { couldReact, metSomebody } from "./outcomes.js"
import { starsLeft } from "./checklist.js"

/** @import { VisitBody, Checklist } from "../shapes.d.ts" */
/** @typedef {{ key: string, screen: "outcome" | "notes" | "checklist" | "urgent", n?: number }} Need */

/**
 * @param {any} draft value of a draft of kind "visit"
 * @param {{ checklist: Checklist | null }} context the checklist version the draft is pinned to
 * @returns {Need[]} in the order of the screens
 */
export function stillNeeded(draft, { checklist }) {
  /** @type {VisitBody} */
  const record = draft.record
  const needs = /** @type {(Need | false)[]} */ ([
    !record.outcome && { key: "outcome", screen: "outcome" },
    endsBeforeItBegan(record) && { key: "times", screen: "outcome" },
    ...(metSomebody(record.outcome) ? whenMet(draft) : []),
    isUrgent(record) && !handedOver(record) && { key: "riskCall", screen: "urgent" },
    checklist && starsLeft(checklist, record.checklist?.answers ?? {}) > 0 &&
      { key: "checklist", screen: "checklist", n: starsLeft(checklist, record.checklist?.answers ?? {}) },
  ])
  return needs.filter((need) => need !== false && need !== null)
}

/** @param {any} draft @returns {(Need | false)[]} */
function whenMet({ record, stageMove }) {
  return [
    !record.notes.fact.trim() && { key: "fact", screen: "notes" },
    couldReact(record.outcome) && record.reaction === null && { key: "reaction", screen: "notes" },
    couldReact(record.outcome) && !stageMove && { key: "stage", screen: "notes" },
    ["near", "far", "other"].includes(stageMove) && !record.stageEvent.trim() && { key: "stageEvent", screen: "notes" },
    RISKS.some((risk) => !(risk in record.risk)) && { key: "risk", screen: "notes", n: RISKS.filter((risk) => !(risk in record.risk)).length },
    !record.next?.with && { key: "next", screen: "notes" },
  ]
}

export const RISKS = ["self_harm", "harm_to_others", "abuse", "self_neglect", "sudden_illness", "fire_housing", "exploitation", "danger_to_worker"]
export const LIVING = ["meals", "sleep", "hygiene", "rooms", "mail", "utilities", "health", "family"]

/** @param {Pick<VisitBody, "risk">} record */
export const isUrgent = ({ risk }) => Object.values(risk ?? {}).includes("urgent")

/** To whom, when and with what result: all three, by voice. @param {Pick<VisitBody, "riskCall">} record */
export const handedOver = ({ riskCall }) => Boolean(riskCall?.to?.trim() && riskCall.at && riskCall.result?.trim())

/** @param {VisitBody} record */
const endsBeforeItBegan = ({ occurredAt, endedAt }) => Boolean(endedAt && endedAt < occurredAt)
