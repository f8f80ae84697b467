// A day sorted: the next door, the rest, what slipped, the week. And how days are written.

process.env.TZ = "America/New_York" // the office is in Japan, whatever a phone is set to
import assert from "node:assert/strict"
import { test } from "node:test"
import {
  appointment,
  clockSpan,
  clockTime,
  day,
  daysFrom,
  localMinute,
  month,
  monthDay,
  nearClock,
  nearTime,
  shortDay,
  utc,
} from "../../../static/js/words/dates.js"
import { kilometres, lateness, legOf, moved, roundOf, sortDay } from "../../../static/js/visit/day.js"
import { speaking } from "./speaking.js"

const now = new Date("2024-02-21T10:34:00+09:00")
const due = (followup, at, state = "open") => ({
  followup,
  at,
  state,
  case: followup,
  kind: "visit",
  with: "us",
  note: "",
  remind: true,
})
const names = (list) => list.map(({ followup }) => followup)

test("a visit under way is still the next one; yesterday's and this morning's slipped; done ones are gone", async () => {
  await speaking("ja")
  const sorted = sortDay(
    [
      due("evening", "2024-02-21T09:00:00Z"),
      due("now", "2024-02-21T01:00:00Z"),
      due("dawn", "2024-02-20T22:00:00Z"),
      due("old", "2024-02-19T05:00:00Z"),
      due("done", "2024-02-21T02:00:00Z", "done"),
      due("week", "2024-02-28T01:00:00Z"),
      due("later", "2024-02-29T01:00:00Z"),
    ],
    now,
  )
  assert.equal(sorted.next?.followup, "now")
  assert.deepEqual(
    [names(sorted.after), names(sorted.late), names(sorted.soon)],
    [["evening"], ["old", "dawn"], ["week"]],
  )
  assert.equal(lateness(due("old", "2024-02-19T05:00:00Z"), now), "2日前。日を決め直す")
  assert.equal(lateness(due("now", "2024-02-21T01:00:00Z"), now), "")
})

test("the worker's own order goes before the clock; what is new takes its place by time", () => {
  const today = [
    due("ten", "2024-02-21T02:00:00Z"),
    due("one", "2024-02-21T04:00:00Z"),
    due("three", "2024-02-21T06:00:00Z"),
  ]
  const sorted = sortDay(today, now, ["three", "gone", "ten"])
  assert.deepEqual([sorted.next?.followup, ...names(sorted.after)], ["three", "ten", "one"])
  assert.deepEqual(moved(["a", "b", "c"], 2, 0), ["c", "a", "b"])
  assert.deepEqual(moved(["a", "b", "c"], 0, 3), ["a", "b", "c"])
})

test("kilometres as people write them; a round says what nobody entered", () => {
  assert.deepEqual(["3", "３．２", "3,2", "1000", "far", ""].map(kilometres), [3, 3.2, 3.2, null, null, null])
  const legs = { [legOf("-", "a")]: 1.2, [legOf("b", "a")]: 0.1, [legOf("a", "c")]: 9 }
  assert.deepEqual(roundOf(["-", "a", "b", "b", "-"], legs), { km: 1.3, unknown: 1 })
})

test("days in era and weekday, times by the 24-hour clock, in Japanese", async () => {
  await speaking("ja")
  assert.equal(day("2024-02-21T01:00:00Z"), "令和6年2月21日（水）")
  assert.equal(day("2019-04-30"), "平成31年4月30日（火）")
  assert.equal(day("2019-05-01"), "令和元年5月1日（水）")
  assert.equal(day("1988-12-31"), "昭和63年12月31日（土）")
  assert.equal(month("2024-06-01"), "令和6年6月")
  assert.equal(shortDay("2024-02-20T15:30:00Z", now), "2/21")
  assert.equal(shortDay("2023-02-20T15:30:00Z", now), "2023/2/21")
  assert.equal(monthDay("2024-02-07", now), "2月7日")
  assert.equal(monthDay("2023-02-07", now), "令和5年2月7日")
  assert.equal(clockTime("2024-02-21T00:05:00Z"), "9:05")
  assert.equal(clockSpan("2024-02-21T00:05:00Z", "2024-02-21T00:32:00Z"), "9:05–9:32")
  assert.equal(clockSpan("2024-02-21T00:05:10Z", "2024-02-21T00:05:50Z"), "9:05") // a note left at once
  assert.equal(clockSpan("2024-02-21T00:05:50Z", "2024-02-21T00:06:10Z"), "9:05–9:06") // as the desk writes it
  assert.equal(clockSpan("2024-02-20T11:08:00Z", "2024-02-21T08:08:00Z", now), "20:08–2/21 17:08") // never a span that runs backwards
  assert.equal(clockSpan("2024-02-20T07:00:00Z", "2024-02-21T08:30:00Z", now), "16:00–2/21 17:30") // nor one shorter than it was
  assert.equal(
    clockSpan("2023-12-31T14:00:00Z", "2023-12-31T15:30:00Z", now),
    "23:00–0:30".replace("0:30", "1/1 0:30"),
  )
  assert.equal(clockSpan("2022-12-31T14:00:00Z", "2022-12-31T15:30:00Z", now), "23:00–2023/1/1 0:30")
  assert.equal(clockSpan("2024-02-21T00:05:00Z", null), "9:05")
  assert.equal(nearTime("2024-02-20T08:40:00Z", now), "昨日 17:40")
  assert.equal(nearTime("2023-02-20T08:40:00Z", now), "2023/2/20 17:40")
  assert.equal(nearClock("2024-02-21T01:00:00Z", now), "10:00")
  assert.equal(nearClock("2024-02-21T15:30:00Z", now), "明日 0:30")
  assert.equal(appointment("2024-02-21T01:00:00Z", now), "今日 2月21日（水）10:00")
  assert.equal(appointment("2025-02-21T01:00:00Z", now), "令和7年2月21日（金）10:00")
})

test("and in English", async () => {
  await speaking("en")
  assert.equal(day("2024-02-21T01:00:00Z"), "Wed 21 February 2024")
  assert.equal(nearTime("2024-02-20T08:40:00Z", now), "yesterday 17:40")
  assert.equal(appointment("2024-03-06T01:00:00Z", now), "Wed 6 Mar, 10:00")
  assert.equal(appointment("2025-03-06T01:00:00Z", now), "Thu 6 Mar 2025, 10:00")
  assert.equal(shortDay("2023-02-20T15:30:00Z", now), "21 Feb 2023")
})

test("what a picker shows goes back to the wire as the same moment", () => {
  assert.equal(localMinute("2024-02-20T15:30:00Z"), "2024-02-21T00:30")
  assert.equal(utc("2024-02-21T00:30"), "2024-02-20T15:30:00Z")
  assert.equal(daysFrom("2024-02-29", "2024-03-01"), -1)
})
