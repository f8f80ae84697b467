// Where a field of a visit is written, so that whoever is told of it can be led there.

import { fieldName, ORDER } from "./fields.js"

/** @typedef {{ name: string, screen: "outcome" | "notes" | "checklist", at: string }} Where */

const ON_OUTCOME = new Set(["occurredAt", "endedAt", "channel", "planned", "outcome", "alone"])

/**
 * @param {string} detail of a `malformed` (sync/events.js): "body.record.notes.fact", "body.promises[].text"
 * @returns {Where | null} null: it is about no field that somebody writes
 */
export function whereIs(detail) {
  const path = detail
    .replace(/^body\.?/, "")
    .replace(/^record\./, "")
    .replaceAll("[]", "")
  const [field, part] = path.split(".")
  if (!FIELDS.has(field)) return null
  if (ON_OUTCOME.has(field))
    return { name: fieldName(field), screen: "outcome", at: ["outcome"].includes(field) ? field : "times" }
  if (field === "checklist") return { name: fieldName(field), screen: "checklist", at: field }
  if (field === "notes")
    return { name: fieldName(part ? path : "notes.fact"), screen: "notes", at: part ?? "fact" }
  const inGrid = part && ["risk", "living"].includes(field)
  return {
    name: fieldName(inGrid ? path : field),
    screen: "notes",
    at: inGrid ? path : field === "riskCall" ? "risk" : field,
  }
}

/** What a worker writes of a visit; `byHand` is no field of theirs. */
export const FIELDS = new Set([...ON_OUTCOME, ...ORDER.map((path) => path.split(".")[0]), "place", "staff"])
