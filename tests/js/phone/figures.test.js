// The drawings: a household as it is known, and not more; a line that falls as it rises.

process.env.TZ = "America/New_York" // the office is in Japan, whatever a phone is set to
import assert from "node:assert/strict"
import { test } from "node:test"
import { onClock } from "../../../static/js/words/dates.js"
import { dayScale, monthTicks } from "../../../static/js/figures/scale.js"
import { standing } from "../../../static/js/figures/household.js"

const member = (id, role, over = {}) => ({ id, label: id.toUpperCase(), role, inHousehold: true, ...over })

test("parents stand above children; a relation nobody knows stands with the children", () => {
  const { stood, rows } = standing({
    members: [
      member("a", "parent"),
      member("b", "parent"),
      member("c", "unknown"),
      member("d", "child", { index: true }),
    ],
    parentage: [
      { child: "d", parents: ["b"], certainty: "stated" },
      { child: "d", parents: ["a"], certainty: "inferred" },
    ],
  })
  assert.deepEqual(
    rows.map((row) => row.map(({ member: { id } }) => id)),
    [
      ["a", "b"],
      ["c", "d"],
    ],
  )
  assert.equal(stood.get("a")?.x, stood.get("c")?.x)
})

test("three generations are three rows, and co-parents stand on one", () => {
  const { stood } = standing({
    members: [member("g", "parent"), member("m", "child"), member("f", "unknown"), member("k", "child")],
    parentage: [
      { child: "m", parents: ["g"], certainty: "stated" },
      { child: "k", parents: ["m", "f"], certainty: "stated" },
    ],
  })
  assert.deepEqual(
    ["g", "m", "f", "k"].map((id) => stood.get(id)?.row),
    [0, 1, 1, 2],
  )
})

test("a circle in the records does not hang the phone", () => {
  const { rows } = standing({
    members: [member("a", "child"), member("b", "child")],
    parentage: [
      { child: "a", parents: ["b"], certainty: "stated" },
      { child: "b", parents: ["a"], certainty: "stated" },
    ],
  })
  assert.equal(rows.flat().length, 2)
})

test("who lives elsewhere stands outside the home", () => {
  const { stood, homeColumns, slot } = standing({
    members: [member("a", "parent"), member("x", "child", { inHousehold: false }), member("c", "child")],
    parentage: [],
  })
  assert.ok(Number(stood.get("x")?.x) > homeColumns * slot)
  assert.ok(Number(stood.get("c")?.x) < homeColumns * slot)
})

test("days lie on the line in proportion, and one single day does not divide by nothing", () => {
  const x = dayScale(0, 86_400_000 * 10, 100, 200)
  assert.deepEqual([x(0), x(86_400_000 * 5), x(86_400_000 * 10)], [100, 150, 200])
  assert.ok(Number.isFinite(dayScale(5, 5, 100, 200)(5)))
})

test("at most five months are named, evenly", () => {
  const ticks = monthTicks(
    Date.parse("2023-06-06T00:00:00+09:00"),
    Date.parse("2024-02-21T00:00:00+09:00"),
    5,
  )
  assert.deepEqual(
    ticks.map((date) => onClock(date).month),
    [7, 9, 11, 1],
  )
})
