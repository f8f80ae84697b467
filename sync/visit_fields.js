// What a visit has, field by field, in the order of a page.
//
// Written by `python -m tools.visit_fields` from visit_fields.json, where a field is added.

/** @typedef {{ path: string, kind: "code" | "text", codes: readonly string[] }} AddedField */

/** @type {readonly string[]} */
export const PATHS = Object.freeze([
  "outcome",
  "place",
  "occurredAt",
  "endedAt",
  "channel",
  "planned",
  "alone",
  "staff",
  "metWith",
  "notes.fact",
  "notes.quote",
  "notes.thirdParty",
  "notes.view",
  "topics",
  "interests",
  "reaction",
  "stage",
  "stageEvent",
  "living",
  "risk",
  "riskCall",
  "left",
  "hook",
  "next",
  "promises",
  "checklist",
  "photos",
  "reflection",
  "byHand",
])

/** Fields that came later: a record of before lacks them.
 * @type {readonly AddedField[]}
 */
export const ADDED = Object.freeze([])
