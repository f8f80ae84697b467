// A visit in which every field that the events know says something.

import { ADDED } from "../../../sync/visit_fields.js"

const blob = (/** @type {string} */ letter) => letter.repeat(42) + "A"

/** @returns {any} */
export const wholeVisit = () => ({
  occurredAt: "2026-11-02T05:00:00Z",
  endedAt: "2026-11-02T05:40:00Z",
  channel: "visit",
  planned: "postponed",
  outcome: "met_person",
  place: "living_room",
  metWith: ["m1", "m2"],
  alone: false,
  staff: ["s1", "s2"],
  topics: ["将棋"],
  interests: ["釣り"],
  reaction: 2,
  stage: 5,
  stageEvent: "自分から話した",
  notes: { fact: "事実", quote: "「言葉」", thirdParty: "近所の人", view: "見立て" },
  living: { meals: "good", mail: "attention" },
  risk: { self_harm: "urgent", abuse: "none" },
  riskCall: { to: "佐藤", at: "2026-11-02T06:00:00Z", result: "現地へ" },
  left: { what: "手紙", taken: "taken" },
  hook: "将棋のこと",
  next: { with: "person", mayCome: "agreed" },
  reflection: "疲れた",
  promises: [{ id: "p1", text: "電話する", due: "2026-11-09", to: "母" }],
  checklist: {
    id: "continuing_visit",
    version: 1,
    answers: { q1: { c: "a", t: "ひとこと" }, q2: { n: 3 }, q3: { b: "yes" }, q4: { d: "2026-11-02" } },
  },
  photos: [
    { blob: blob("a"), key: blob("b"), size: 1000, type: "image/jpeg", width: 10, height: 10, note: "玄関" },
  ],
  byHand: true,
  ...added(0),
})

/** A value of each field that came later, the first or another. @param {0 | 1} which @returns {Record<string, string>} */
export const added = (which) =>
  Object.fromEntries(ADDED.map(({ path, codes }) => [path, codes[which] ?? ["前", "後"][which]]))
