// Running a checklist: what is answered, how many ★ are left, which question comes next.
// A run is pinned to the version it began with; a newer version published meanwhile does not touch it.

/** @import { Answer, Checklist, ChecklistItem } from "../shapes.d.ts" */
/** @typedef {Record<string, Answer>} Answers */

export const PHASES = /** @type {const} */ (["before", "during", "after"])

/** The part that makes an item answered: its first; a text beside a choice may stay empty. @param {ChecklistItem} item @param {Answer | undefined} answer */
export function isAnswered(item, answer) {
  const part = /** @type {keyof Answer} */ (item.parts[0])
  const given = answer?.[part]
  return typeof given === "string" ? given.trim() !== "" : given !== undefined && given !== null
}

/** @param {ChecklistItem} item @param {Answers} answers */
const isLeft = (item, answers) => item.must && !isAnswered(item, answers[item.id])

/** @param {Checklist} checklist @param {Answers} answers */
export const starsLeft = ({ items }, answers) => items.filter((item) => isLeft(item, answers)).length

/** @param {Checklist} checklist @param {Answers} answers */
export const firstStar = ({ items }, answers) => items.find((item) => isLeft(item, answers)) ?? null

/** @param {Checklist} checklist @param {Answers} answers @param {string} phase */
export function phaseCount({ items }, answers, phase) {
  const inPhase = items.filter((item) => item.phase === phase)
  return { answered: inPhase.filter((item) => isAnswered(item, answers[item.id])).length, all: inPhase.length }
}

/** The question after this one in its phase that has no answer yet, else the next in order. @param {Checklist} checklist @param {Answers} answers @param {string} after */
export function nextItem({ items }, answers, after) {
  const from = items.findIndex((item) => item.id === after)
  const rest = items.slice(from + 1)
  return rest.find((item) => !isAnswered(item, answers[item.id])) ?? items.find((item) => !isAnswered(item, answers[item.id])) ?? null
}

/** @param {ChecklistItem} item @param {Answer | undefined} answer */
export const isUrgentAnswer = (item, answer) => Boolean(item.choices?.find((choice) => choice.id === answer?.c)?.urgent)
