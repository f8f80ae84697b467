// What a draft becomes when it is saved: the few events that belong together, checked before they are
// packed (EVENTS.md), so that nothing leaves this phone that the office would have to hold.
//
// kind "visit"       { record: body of visit.logged as far as it is filled in,
//                      followup: {at,kind,with,note,remind} | null   -> followup.scheduled
//                      closes: [follow-up ids]                       -> followup.done with this visit
//                      moves: {followup, at} | null                  -> followup.moved
//                      keep: [blobs of photos that stay on this phone], step: where the worker stopped }   (neither is sent)
// kind "correction"  { visit, replaces, answers, changed: [field paths], record: whole body, comment }  -> visit.corrected

import { isPlausibleTime } from "../../../sync/bounds.js"
import { SyncError } from "../../../sync/errors.js"
import { checkBody, checkEvent } from "../../../sync/events.js"
import { newId } from "../store/ids.js"
import { absent } from "../store/change_paths.js"
import { timeOfWork } from "../visit/times.js"
import { withTyped } from "../visit/typed.js"
import { answersToSend } from "../visit/checklist.js"
import { utc } from "../words/dates.js"

/** @typedef {import("./pack.js").Event} Event */
/** @typedef {{ id: string, case: string | null, kind: string, value: { peek(): any } }} Written */

/**
 * @param {Written} draft @param {number} saw rev of the case document the worker looked at
 * @returns {Event[]} the first one bears the draft's id
 */
export function eventsOf(draft, saw) {
  const value = absent(withTyped(draft.value.peek()))
  if (draft.kind === "visit") return visitEvents(draft, value, saw)
  if (draft.kind === "correction")
    return [oneEvent("visit.corrected", draft.case, correction(value), saw, draft.id)]
  throw new SyncError("malformed", `a draft of kind ${draft.kind} is not saved by itself`)
}

/**
 * @param {string} type @param {string | null} caseId @param {any} body @param {number} saw @param {string} [id]
 * @returns {Event}
 */
export function oneEvent(type, caseId, body, saw, id = newId()) {
  const event = { id, type, v: 1, at: writtenAt(body.record ?? body), case: caseId, saw, body }
  checkEvent(event)
  checkBody(type, 1, body, event.at)
  return event
}

/** Where the phone's clock shows no year anybody works in, a contact was written down when it happened: its worker knew the
 * day. @param {{ occurredAt?: string }} body */
const writtenAt = ({ occurredAt }) =>
  isPlausibleTime(utc(new Date())) || !isPlausibleTime(occurredAt) ? timeOfWork() : occurredAt

/** @param {Written} draft @param {any} value @param {number} saw */
function visitEvents(draft, value, saw) {
  const record = visitBody(asAsked(value))
  const also = (/** @type {string} */ type, /** @type {any} */ body) => oneEvent(type, draft.case, body, saw)
  const events = [oneEvent("visit.logged", draft.case, record, saw, draft.id)]
  if (value.followup) {
    const { at, kind, note = "", remind = true } = value.followup
    events.push(
      also("followup.scheduled", {
        followup: newId(),
        at,
        kind,
        with: value.followup.with ?? "",
        note,
        remind,
      }),
    )
  }
  for (const followup of value.closes ?? []) events.push(also("followup.done", { followup, visit: draft.id }))
  if (value.moves) events.push(also("followup.moved", { followup: value.moves.followup, at: value.moves.at }))
  return events
}

/** Answers to questions that are not asked after all stay on this phone. @param {any} value */
function asAsked({ record = {}, checklist }) {
  if (!record.checklist?.answers) return record
  return {
    ...record,
    checklist: { ...record.checklist, answers: answersToSend(checklist, record.checklist.answers).sent },
  }
}

/** @param {any} value */
function correction(value) {
  return {
    visit: value.visit,
    replaces: value.replaces,
    changed: value.changed ?? [],
    record: visitBody(value.record ?? {}),
    answers: value.answers ?? null,
    comment: value.comment ?? "",
  }
}

/** Fields nobody touched are there and empty; nothing that says something is made up.
 * @param {any} record */
function visitBody(record) {
  const body = {
    metWith: [],
    alone: true,
    staff: [],
    topics: [],
    interests: [],
    reaction: null,
    stage: null,
    stageEvent: "",
    notes: {},
    living: {},
    risk: {},
    riskCall: null,
    left: { what: "", taken: "" },
    hook: "",
    reflection: "",
    promises: [],
    checklist: null,
    photos: [],
    ...record,
  }
  body.notes = { fact: "", quote: "", thirdParty: "", view: "", ...body.notes }
  for (const key of Object.keys(body)) if (body[key] === undefined) delete body[key]
  if (Object.values(body.risk).includes("urgent") && !body.riskCall) {
    throw new SyncError("risk_call_needed", "an urgent risk needs the call it was handed over by")
  }
  return body
}
