// The phone tells every field of a visit that the office knows, and no other: the table is sync/visit_fields.json.

import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import { blankVisit } from "../../../static/js/visit/blank.js"
import { fieldName, told } from "../../../static/js/visit/fields.js"
import { GROUPS, REMOTE } from "../../../static/js/visit/outcomes.js"
import { OUTCOMES } from "../../../sync/events.js"
import { speaking } from "./speaking.js"
import { wholeVisit } from "./whole_visit.js"

const FIELDS = JSON.parse(readFileSync(new URL("../../../sync/visit_fields.json", import.meta.url), "utf8"))
/** Told elsewhere: who went stands in the heading of a record, what was written in for another on its face. */
const ELSEWHERE = new Set(["staff", "byHand"])
const people = { members: [] }

/** @param {any} record @param {string} path */
function without(record, path) {
  const steps = path.split("."),
    last = /** @type {string} */ (steps.pop())
  delete steps.reduce((part, step) => part[step], record)[last]
  return record
}

test("a visit holds the fields of the table, and no other", () => {
  const roots = new Set(FIELDS.map(({ path }) => path.split(".")[0]))
  assert.deepEqual(
    Object.keys(wholeVisit()).filter((name) => !roots.has(name)),
    [],
  )
  assert.deepEqual(
    [...roots].filter((name) => !(name in wholeVisit())),
    [],
  )
  const blank = blankVisit({ me: undefined, at: new Date("2026-11-30T05:00:00Z"), followup: null })
  assert.deepEqual(
    Object.keys(blank).filter((name) => !roots.has(name)),
    [],
  )
})

for (const { path } of FIELDS)
  test(`${path} is told in words, under a name`, async () => {
    await speaking("ja")
    assert.doesNotMatch(fieldName(path), /^$|[a-z]\.[a-z]/)
    if (ELSEWHERE.has(path)) return
    const say = (/** @type {any} */ record) => JSON.stringify(told(record, people).map(({ text }) => text))
    assert.notEqual(say(wholeVisit()), say(without(wholeVisit(), path)))
  })

test("every outcome has its place on the screen", () => {
  assert.deepEqual([...GROUPS.flatMap(([, outcomes]) => outcomes), ...REMOTE].sort(), [...OUTCOMES].sort())
})
