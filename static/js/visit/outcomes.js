// What the nine outcomes of a visit (and the three of a letter or a call) mean for the rest of the record.

export const GROUPS = /** @type {const} */ ([
  ["met", ["met_person", "voice_through_door", "met_family_only"]],
  ["not_met", ["not_met_left_note", "not_met_no_trace", "refused_at_door"]],
  ["called_off", ["cancelled_by_household", "cancelled_by_worker", "stopped_for_safety"]],
])
export const REMOTE = ["reached", "not_reached", "note_taken"]

const REMOTE_CHANNELS = new Set([
  "phone",
  "sms",
  "letter",
  "fax",
  "left_note",
  "via_family",
  "online",
  "agency_call",
  "conference",
])
const REACTED = new Set(["met_person", "voice_through_door", "reached", "note_taken"])
const SOMEBODY = new Set([
  "met_person",
  "voice_through_door",
  "met_family_only",
  "stopped_for_safety",
  "reached",
])

/** A letter or a call has other outcomes than a visit. @param {string} channel */
export const isRemote = (channel) => REMOTE_CHANNELS.has(channel)

/** @param {string} outcome */
export const isCalledOff = (outcome) => outcome.startsWith("cancelled_")

/** Somebody was there, so there is something to write down. @param {string} outcome */
export const metSomebody = (outcome) => SOMEBODY.has(outcome)

/** The person could react. @param {string} outcome */
export const couldReact = (outcome) => REACTED.has(outcome)

/** The reaction that follows from nobody being met; shown before saving, never for an answer about danger. @param {string} outcome */
export function impliedReaction(outcome) {
  if (outcome === "refused_at_door") return -1
  return outcome.startsWith("not_") || outcome.startsWith("cancelled_") ? 0 : null
}

/** Which of the three checklists fits (domain §3.7). @param {string} outcome @param {number} contacts how many contacts there were before */
export function fittingChecklist(outcome, contacts) {
  if (outcome.startsWith("not_met") || outcome.startsWith("cancelled") || outcome === "refused_at_door")
    return "watch_absent"
  return contacts === 0 ? "first_visit" : "continuing_visit"
}
