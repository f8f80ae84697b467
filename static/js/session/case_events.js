// Small acts of a screen that are one event each. They go into the outbox at once, with signal or without.

import { newId } from "../store/ids.js"
import { timeOfWork } from "../visit/times.js"
import { utc } from "../words/dates.js"

/** @import { Door } from "../shapes.d.ts" */

/** @param {Door} door @param {string} caseId @param {string} promise */
export const keepPromise = (door, caseId, promise) => door.write("promise.kept", caseId, { promise })

/** A follow-up of its own, beside any contact; also what was called off by a slip, for done and called off stay so. @param {Door} door @param {string} caseId
 * @param {{ at: string, kind: string, with: string, note: string, remind: boolean }} planned `at`: local time of a picker */
export const planFollowUp = (door, caseId, { at, kind, with: withWhom, note, remind }) =>
  door.write("followup.scheduled", caseId, {
    followup: newId(),
    at: utc(at),
    kind,
    with: withWhom,
    note: note.trim(),
    remind,
  })

/** @param {Door} door @param {string} caseId @param {string} followup @param {string} at local time of a picker */
export const moveFollowUp = (door, caseId, followup, at) =>
  door.write("followup.moved", caseId, { followup, at: utc(at) })

/** @param {Door} door @param {string} caseId @param {string} followup @param {string} reason */
export const cancelFollowUp = (door, caseId, followup, reason) =>
  door.write("followup.cancelled", caseId, { followup, reason })

/** Who opened a case sheet where is part of the access log. @param {Door} door @param {string} caseId */
export const noteView = (door, caseId) => door.write("case.viewed", caseId, { at: timeOfWork() })
