// When a contact began and ended, when one goes again, and which days a field takes.

import assert from "node:assert/strict"
import { test } from "node:test"
import { isoDay, localMinute, utc } from "../../../static/js/words/dates.js"
import { newId } from "../../../static/js/store/ids.js"
import { eventsOf } from "../../../static/js/transport/draft_events.js"
import { blankVisit } from "../../../static/js/visit/blank.js"
import { stillNeeded } from "../../../static/js/visit/required.js"
import {
  LIFE,
  ahead,
  daysLater,
  ended,
  happened,
  impliedEnd,
  promised,
  timeOfWork,
} from "../../../static/js/visit/times.js"
import { isLifeDate, isPlausibleDate, isPlausibleSpan, isPlausibleTime } from "../../../sync/bounds.js"

const now = new Date("2026-11-30T11:10:00Z") // 20:10 on the office's clock

test("a contact ends when its outcome is picked, unless that was long ago, on another day, or written down afterwards", () => {
  assert.equal(impliedEnd("2026-11-30T10:30:00Z", now, false), "2026-11-30T11:10:00Z")
  assert.equal(impliedEnd("2026-11-29T11:08:00Z", now, false), null) // begun yesterday, finished today
  assert.equal(impliedEnd("2026-11-30T00:00:00Z", now, false), null) // opened in the morning, forgotten
  assert.equal(impliedEnd("2026-11-30T10:30:00Z", now, true), null) // the begin was set by hand
  assert.equal(impliedEnd("2026-11-30T11:20:00Z", now, false), null) // nothing ends before it began
})

test("in a week is a week after the visit, at its time of day, and never in the past", () => {
  assert.equal(localMinute(daysLater(7, "2026-11-30T05:10:00Z", now)), "2026-12-07T14:00")
  assert.equal(localMinute(daysLater(7, "2026-11-28T05:00:00Z", now)), "2026-12-05T14:00")
  assert.equal(localMinute(daysLater(7, "2026-11-02T05:00:00Z", now)), "2026-12-07T14:00") // 9 November is over
  for (const days of [7, 14, 28])
    for (let back = 0; back < 400; back++) {
      const from = new Date(now.getTime() - back * 86_400_000).toISOString()
      const found = daysLater(days, from, now)
      assert.ok(
        found > now && found.getTime() <= now.getTime() + days * 86_400_000 + 86_400_000,
        `${days} ${back}`,
      )
    }
})

test("every field for a day refuses the years 1, 2 and 9999 and a slip into next year where that cannot be", () => {
  const visit = "2026-11-30T05:00:00Z"
  const spans = {
    happened: happened(now),
    ended: ended(visit, now),
    ahead: ahead(now),
    promised: promised(visit, now),
  }
  const takes = (/** @type {{ min: string, max: string }} */ { min, max }, /** @type {string} */ value) =>
    value >= min && value <= max
  for (const [name, span] of Object.entries(spans))
    for (const year of ["0001", "0002", "0202", "1999", "2062", "9999"]) {
      const value = name === "promised" ? `${year}-12-08` : `${year}-12-08T20:30`
      assert.ok(!takes(span, value), `${name} ${value}`)
    }
  assert.ok(
    takes(spans.happened, "2026-11-30T23:00") &&
      takes(spans.happened, "2020-02-29T10:00") &&
      !takes(spans.happened, "2027-11-30T10:00"),
  )
  assert.ok(takes(spans.ended, "2026-11-30T14:00") && !takes(spans.ended, "2026-11-30T13:59"))
  assert.ok(
    takes(spans.ahead, "2026-11-30T08:00") &&
      takes(spans.ahead, "2028-02-29T10:00") &&
      !takes(spans.ahead, "2026-11-29T10:00"),
  )
  assert.ok(takes(spans.promised, isoDay(visit)) && !takes(spans.promised, "2026-11-29"))
})

test("what a field takes is what an event may bear, from its first minute to its last", () => {
  const old = "2026-03-02T05:00:00Z" // written down months later
  for (const clock of [now, new Date(0), new Date("2101-03-01T00:00:00Z")]) {
    for (const edge of Object.values(happened(clock))) assert.ok(isPlausibleTime(utc(edge)), edge)
    for (const edge of Object.values(ended(old, clock))) assert.ok(isPlausibleSpan(old, utc(edge)), edge)
  }
  for (const edge of Object.values(ahead(now))) assert.ok(isPlausibleTime(utc(edge)), edge)
  for (const edge of Object.values(promised(old, now))) assert.ok(isPlausibleDate(edge), edge)
  for (const edge of Object.values(LIFE)) assert.ok(isLifeDate(edge), edge)
})

test("a phone whose clock is wrong by years takes the day its worker knows, and writes", (t) => {
  for (const clock of ["1970-01-01T00:00:40Z", "2101-03-01T00:00:00Z"]) {
    t.mock.timers.enable({ apis: ["Date"], now: new Date(clock) })
    const record = {
      ...blankVisit({ me: undefined, at: new Date(), followup: null }),
      outcome: "refused_at_door",
    }
    const write = (/** @type {object} */ more) =>
      eventsOf(
        {
          id: newId(),
          case: "c",
          kind: "visit",
          value: { peek: () => ({ record: { ...record, ...more } }) },
        },
        0,
      )
    const { min, max } = happened(new Date())
    assert.ok(min < "2026-11-30T10:00" && "2026-11-30T10:00" < max)
    assert.equal(write({})[0]?.at, timeOfWork())
    assert.equal(write({ occurredAt: "2026-11-30T01:00:00Z" })[0]?.at, "2026-11-30T01:00:00Z")
    t.mock.timers.reset()
  }
})

const draft = (over = {}, record = {}) => ({
  record: {
    ...blankVisit({ me: undefined, at: now, followup: null }),
    outcome: "refused_at_door",
    ...record,
  },
  ...over,
})
const keys = (/** @type {any} */ value) =>
  stillNeeded(value, { checklist: value.checklist ?? null, now }).map(({ key, screen, at }) => [
    key,
    screen,
    at,
  ])

test("a day that was refused is asked about at its field, wherever it stands", () => {
  assert.deepEqual(keys(draft({ refusedDates: { occurredAt: "0002-08-12T10:00" } })), [
    ["date", "outcome", "times"],
  ])
  assert.deepEqual(keys(draft({ refusedDates: { next: "" } })), [["date", "notes", "next"]])
  assert.deepEqual(keys(draft({ refusedDates: { promises: "0002-08-12" } })), [["date", "notes", "promises"]])
  const checklist = { id: "c", version: 1, items: [{ id: "q", must: false, parts: ["d"] }] }
  assert.deepEqual(
    keys(draft({ checklist, refusedDates: { "checklist:q": "0002-08-12", "checklist:gone": "0002-08-12" } })),
    [["date", "checklist", "checklist.q"]],
  )
})

test("a draft that lay for days asks for another day of the next contact", () => {
  assert.deepEqual(keys(draft({ followup: { at: "2026-11-29T05:00:00Z" } })), [
    ["next_past", "notes", "next"],
  ])
  assert.deepEqual(keys(draft({ followup: { at: "2026-11-30T01:00:00Z" } })), [])
})

test("where the safety card wants two people, nobody is taken to have gone alone", () => {
  const safety = [{ kind: "dog" }, { kind: "two_people" }]
  const blank = blankVisit({ me: undefined, at: now, followup: null, safety })
  assert.ok(!("alone" in blank))
  assert.deepEqual(keys({ record: { ...blank, outcome: "refused_at_door" } }), [
    ["alone", "outcome", "times"],
  ])
  assert.deepEqual(keys({ record: { ...blank, outcome: "cancelled_by_household" } }), []) // nobody went
  assert.deepEqual(keys({ record: { ...blank, outcome: "refused_at_door", alone: false } }), [])
  assert.equal(blankVisit({ me: undefined, at: now, followup: null, safety: [{ kind: "dog" }] }).alone, true)
})
