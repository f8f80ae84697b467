// When a phone has something new to tell of itself.

import assert from "node:assert/strict"
import test from "node:test"
import { differs } from "../../../static/js/transport/device_report.js"

const MB = 1_048_576
const NOTE = {
  app: "a",
  notifications: "granted",
  storage: { used: 100 * MB, quota: 4000 * MB },
  persisted: true,
  clock: { phone: "2026-12-01T01:00:00.000Z", relay: "2026-12-01T01:00:01.000Z" },
}

test("the same again, or a little more stored, is nothing to tell", () => {
  assert.equal(differs(NOTE, { ...NOTE, storage: { used: 120 * MB, quota: 3900 * MB } }), false)
  assert.equal(
    differs(NOTE, {
      ...NOTE,
      clock: { phone: "2026-12-02T05:00:00.000Z", relay: "2026-12-02T05:00:30.000Z" },
    }),
    false,
  )
})

test("another app, reminders refused, a store that may be cleared, much less room, a clock gone wrong are", () => {
  for (const news of [
    { app: "b" },
    { notifications: "denied" },
    { persisted: false },
    { storage: { used: 200 * MB, quota: 4000 * MB } },
    { storage: { used: 100 * MB, quota: 1000 * MB } },
    { clock: { phone: "2026-12-01T01:09:00.000Z", relay: "2026-12-01T01:00:00.000Z" } },
  ])
    assert.equal(differs(NOTE, { ...NOTE, ...news }), true, JSON.stringify(news))
})
