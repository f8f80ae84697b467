// A visit as it is before anybody wrote a word: times, who went, everything else unanswered.
// Nothing about danger, reaction or stage is ever preselected.

import { timeOfWork } from "./times.js"

/** @import { VisitBody, FollowUp, Me } from "../shapes.d.ts" */

/** Which channel a planned follow-up is logged under. @type {Record<string, string>} */
const CHANNEL = { visit: "visit", phone: "phone", letter: "letter", accompaniment: "accompaniment" }

/**
 * @param {{ me: Me | undefined, at: Date, followup: FollowUp | null, safety?: { kind: string }[] }} start
 * @returns {VisitBody} where the safety card wants two people, whether one went alone is asked
 */
export const blankVisit = ({ me, at, followup, safety = [] }) => ({
  occurredAt: timeOfWork(at),
  channel: CHANNEL[followup?.kind ?? "visit"] ?? "visit",
  planned: followup ? "as_planned" : "unplanned",
  outcome: "",
  metWith: [],
  ...(safety.some(({ kind }) => kind === "two_people") ? {} : { alone: true }),
  staff: me ? [me.worker.id] : [],
  topics: [],
  interests: [],
  reaction: null,
  stage: null,
  stageEvent: "",
  notes: { fact: "", quote: "", thirdParty: "", view: "" },
  living: {},
  risk: {},
  riskCall: null,
  left: { what: "", taken: "" },
  hook: "",
  reflection: "",
  promises: [],
  checklist: null,
  photos: [],
})
