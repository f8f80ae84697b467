// The month on the wall, and when a reminder rings.

process.env.TZ = "America/New_York" // the office is in Japan, whatever a phone is set to
import assert from "node:assert/strict"
import { test } from "node:test"
import { monthOf, rings } from "../../../static/js/visit/month.js"

const due = (followup, at, state = "open") => ({
  followup,
  at,
  state,
  case: "c",
  kind: "visit",
  with: "us",
  note: "",
  remind: true,
})

test("a day is Japan's: what falls on the last evening of a month elsewhere stands on the first of the next here", () => {
  const { days, before } = monthOf(
    [
      due("b", "2024-02-29T16:30:00Z"),
      due("a", "2024-02-29T15:10:00Z"),
      due("gone", "2024-03-01T01:00:00Z", "cancelled"),
    ],
    2024,
    3,
  )
  assert.deepEqual([days.length, before, days[0].name], [31, 5, "2024-03-01"])
  assert.deepEqual(
    days[0].followups.map(({ followup }) => followup),
    ["a", "b"],
  )
  assert.equal(
    days.slice(1).every(({ followups }) => followups.length === 0),
    true,
  )
})

test("months run over the end of a year, and February has its day in a leap year", () => {
  assert.equal(monthOf([], 2023, 14).days.length, 29)
  assert.equal(monthOf([], 2024, 13).days[0].name, "2025-01-01")
})

test("a reminder rings at the end of the quiet hours of office and worker, and else on five minutes", () => {
  const office = { from: "21:00", until: "07:00" },
    own = { from: "06:30", until: "08:30" }
  const ringsAt = (at, ...spans) => rings(at, spans).toISOString()
  assert.equal(ringsAt("2026-11-24T20:55:00Z", office), "2026-11-24T22:00:00.000Z")
  assert.equal(ringsAt("2026-11-24T12:03:00Z", office), "2026-11-24T22:00:00.000Z")
  assert.equal(ringsAt("2026-11-24T20:55:00Z", office, own), "2026-11-24T23:30:00.000Z")
  assert.equal(ringsAt("2026-11-24T03:33:20Z", office, own), "2026-11-24T03:30:00.000Z")
  assert.equal(ringsAt("2026-11-24T03:30:00Z", { from: "", until: "" }), "2026-11-24T03:30:00.000Z")
  assert.equal(
    ringsAt("2026-11-24T03:30:00Z", { from: "08:00", until: "20:00" }, { from: "20:00", until: "08:00" }),
    "2026-11-24T03:30:00.000Z",
  )
})
