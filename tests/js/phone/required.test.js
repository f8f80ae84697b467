// What stops a visit from being saved, and what never does.

import assert from "node:assert/strict"
import { test } from "node:test"
import { blankVisit } from "../../../static/js/visit/blank.js"
import { impliedReaction } from "../../../static/js/visit/outcomes.js"
import { RISK_KEYS } from "../../../sync/events.js"
import { stillNeeded } from "../../../static/js/visit/required.js"

const none = Object.fromEntries(RISK_KEYS.map((risk) => [risk, "none"]))
const at = new Date("2026-02-21T01:00:00Z")
const draft = (record, over = {}) => ({
  record: { ...blankVisit({ me: undefined, at, followup: null }), ...record },
  stageMove: "same",
  ...over,
})
const needed = (value, checklist = null) => stillNeeded(value, { checklist }).map(({ key }) => key)

test("amina rang and nobody came: an outcome is all it takes", () => {
  for (const outcome of [
    "not_met_left_note",
    "not_met_no_trace",
    "refused_at_door",
    "cancelled_by_household",
    "cancelled_by_worker",
  ]) {
    assert.deepEqual(needed(draft({ outcome })), [], outcome)
  }
})

test("without an outcome nothing is saved", () => {
  assert.deepEqual(needed(draft({})), ["outcome"])
})

test("when she met the person, fact, reaction, distance, risk and the next contact are asked for", () => {
  assert.deepEqual(needed(draft({ outcome: "met_person" }, { stageMove: "" })), [
    "fact",
    "reaction",
    "stage",
    "risk",
    "next",
  ])
  const whole = {
    outcome: "met_person",
    notes: { fact: "居間で話した" },
    reaction: 2,
    stage: 4,
    risk: none,
    next: { with: "none", mayCome: "unknown" },
  }
  assert.deepEqual(needed(draft(whole)), [])
})

test("a step nearer or farther needs the event that shows it; the same does not", () => {
  const whole = {
    outcome: "met_person",
    notes: { fact: "x" },
    reaction: 1,
    stage: 4,
    risk: none,
    next: { with: "us", mayCome: "agreed" },
  }
  for (const stageMove of ["near", "far", "other"])
    assert.deepEqual(needed(draft(whole, { stageMove })), ["stageEvent"], stageMove)
  assert.deepEqual(needed(draft({ ...whole, stageEvent: "一局さした" }, { stageMove: "near" })), [])
  assert.deepEqual(needed(draft(whole, { stageMove: "none" })), [])
})

test("seven answers about danger are not eight", () => {
  const { self_harm, ...seven } = none
  const value = draft({
    outcome: "met_family_only",
    notes: { fact: "x" },
    risk: seven,
    next: { with: "us", mayCome: "agreed" },
  })
  assert.deepEqual(stillNeeded(value, { checklist: null }), [
    { key: "risk", screen: "notes", n: 1, at: "risk.self_harm" },
  ])
})

test("an urgent danger is handed over by voice first, even when nobody was met", () => {
  const urgent = { outcome: "not_met_no_trace", risk: { self_harm: "urgent" } }
  assert.deepEqual(needed(draft(urgent)), ["riskCall"])
  assert.deepEqual(
    needed(draft({ ...urgent, riskCall: { to: "joel", at: "2026-02-21T01:20:00Z", result: " " } })),
    ["riskCall"],
  )
  assert.deepEqual(
    needed(draft({ ...urgent, riskCall: { to: "joel", at: "2026-02-21T01:20:00Z", result: "現地へ" } })),
    [],
  )
})

test("a visit that ends before it began is asked about", () => {
  assert.deepEqual(
    needed(
      draft({
        outcome: "refused_at_door",
        occurredAt: "2026-02-21T01:00:00Z",
        endedAt: "2026-02-21T00:30:00Z",
      }),
    ),
    ["times"],
  )
})

test("the ★ of a checklist that was begun must be answered; without a checklist nothing is asked", () => {
  const checklist = {
    id: "c",
    version: 1,
    items: [
      { id: "a", must: true, parts: ["b"] },
      { id: "b", must: false, parts: ["t"] },
    ],
  }
  const begun = draft({
    outcome: "refused_at_door",
    checklist: { id: "c", version: 1, answers: { b: { t: "x" } } },
  })
  assert.deepEqual(needed(begun, checklist), ["checklist"])
})

test("a blank visit answers nothing about danger, reaction or stage", () => {
  const blank = blankVisit({ me: undefined, at, followup: null })
  assert.deepEqual(
    [blank.risk, blank.living, blank.reaction, blank.stage, blank.riskCall, blank.outcome],
    [{}, {}, null, null, null, ""],
  )
})

test("nobody met means no reaction, a closed door means declined, a meeting means: ask", () => {
  assert.deepEqual(
    [
      "not_met_left_note",
      "cancelled_by_household",
      "refused_at_door",
      "met_person",
      "stopped_for_safety",
    ].map(impliedReaction),
    [0, 0, -1, null, null],
  )
})
