// Running a checklist: what is answered, how many ★ are left, which question comes next.
// A run is pinned to the version it began with; a newer version published meanwhile does not touch it.

import { asked, required } from "../../../sync/conditions.js"

/** @import { Answer, Checklist, ChecklistItem } from "../shapes.d.ts" */
/** @typedef {Record<string, Answer>} Answers */

export const PHASES = /** @type {const} */ (["before", "during", "after"])

/** The part that makes an item answered: its first; a text beside a choice may stay empty. @param {ChecklistItem} item @param {Answer | undefined} answer */
export function isAnswered(item, answer) {
  const part = /** @type {keyof Answer | undefined} */ (item.parts[0])
  if (!part) return true // words between questions
  const given = answer?.[part]
  return typeof given === "string" ? given.trim() !== "" : given !== undefined && given !== null
}

/** The items that are asked, as far as it is answered now. @param {Checklist} checklist @param {Answers} answers */
export function askedItems({ items }, answers) {
  const ids = new Set(asked(items, answers))
  return items.filter(({ id }) => ids.has(id))
}

/** Whether an item must be answered now. @param {Checklist} checklist @param {Answers} answers @returns {(item: ChecklistItem) => boolean} */
export function mustNow({ items }, answers) {
  const ids = new Set(required(items, answers))
  return ({ id }) => ids.has(id)
}

/** @param {Checklist} checklist @param {Answers} answers */
const stars = (checklist, answers) =>
  checklist.items.filter(mustNow(checklist, answers)).filter((item) => !isAnswered(item, answers[item.id]))

/** @param {Checklist} checklist @param {Answers} answers */
export const starsLeft = (checklist, answers) => stars(checklist, answers).length

/** @param {Checklist} checklist @param {Answers} answers */
export const firstStar = (checklist, answers) => stars(checklist, answers)[0] ?? null

/**
 * The answers that are sent: those to questions that are asked. The others stay in the draft.
 *
 * @param {Checklist | null | undefined} checklist @param {Answers} answers
 * @returns {{ sent: Answers, kept: number }}
 */
export function answersToSend(checklist, answers) {
  if (!checklist) return { sent: answers, kept: 0 }
  const ids = new Set(asked(checklist.items, answers))
  const known = new Set(checklist.items.map(({ id }) => id))
  const sent = Object.fromEntries(Object.entries(answers).filter(([id]) => ids.has(id) || !known.has(id)))
  return { sent, kept: Object.keys(answers).length - Object.keys(sent).length }
}

/** @param {Checklist} checklist @param {Answers} answers @param {string} phase */
export function phaseCount(checklist, answers, phase) {
  const inPhase = askedItems(checklist, answers).filter(
    (item) => item.phase === phase && item.parts.length > 0,
  )
  return {
    answered: inPhase.filter((item) => isAnswered(item, answers[item.id])).length,
    all: inPhase.length,
  }
}

/** The question after this one in its phase that has no answer yet, else the next in order. @param {Checklist} checklist @param {Answers} answers @param {string} after */
export function nextItem(checklist, answers, after) {
  const items = askedItems(checklist, answers)
  const open = (/** @type {ChecklistItem} */ item) =>
    item.parts.length > 0 && !isAnswered(item, answers[item.id])
  const from = items.findIndex((item) => item.id === after)
  const rest = items.slice(from + 1)
  return rest.find((item) => item.parts.length === 0 || open(item)) ?? items.find(open) ?? null
}

/** @param {ChecklistItem} item @param {Answer | undefined} answer */
export const isUrgentAnswer = (item, answer) =>
  Boolean(item.choices?.find((choice) => choice.id === answer?.c)?.urgent)
