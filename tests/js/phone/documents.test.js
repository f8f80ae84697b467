// What the office sent in many letters adds up to the same after the phone was closed and opened, in whatever order rows are read.

import assert from "node:assert/strict"
import { test } from "node:test"
import { add, fromRows } from "../../../static/js/store/documents_fold.js"

const entry = (run, n, docs, more = {}) => ({
  run,
  n,
  first: n === 1,
  name: `${run}/${n}`,
  docs: docs.map(([path, rev, body = { rev }]) => ({ path, rev, body })),
  ...more,
})
const bodies = ({ current }) =>
  Object.fromEntries([...current].map(([path, { body }]) => [path, body]).sort())
const empty = () => ({ current: new Map(), staged: new Map(), parts: [] })

test("yesterday's case sheets stand until the last part of a snapshot is here, and then they are gone", () => {
  const sum = empty()
  add(
    sum,
    entry(
      1,
      1,
      [
        ["case/1", 1],
        ["case/2", 1],
      ],
      { snapshot: { part: 1, of: 1 } },
    ),
  )
  assert.equal(add(sum, entry(2, 1, [["case/2", 5]], { snapshot: { part: 1, of: 2 } })), null)
  assert.deepEqual(bodies(sum), { "case/1": { rev: 1 }, "case/2": { rev: 1 } })

  const rows = add(sum, entry(2, 2, [["case/3", 5]], { snapshot: { part: 2, of: 2 } }))

  assert.deepEqual(rows, ["2/1", "2/2"])
  assert.deepEqual(bodies(sum), { "case/2": { rev: 5 }, "case/3": { rev: 5 } })
})

test("a phone closed between two parts of a snapshot goes on where it stood", () => {
  const parts = [
    entry(1, 1, [["me", 1]], { snapshot: { part: 1, of: 1 } }),
    entry(2, 1, [["me", 2]], { snapshot: { part: 1, of: 2 } }),
  ]
  const opened = fromRows(parts)
  assert.deepEqual(
    [bodies(opened), [...opened.staged.keys()], opened.parts],
    [{ me: { rev: 1 } }, ["me"], ["2/1"]],
  )

  assert.deepEqual(add(opened, entry(2, 2, [["followups", 2]], { snapshot: { part: 2, of: 2 } })), [
    "2/1",
    "2/2",
  ])
  assert.deepEqual(bodies(opened), { followups: { rev: 2 }, me: { rev: 2 } })
})

test("a snapshot begun anew forgets the parts of the one that never became whole", () => {
  const sum = fromRows([
    entry(1, 1, [["case/old", 1]], { snapshot: { part: 1, of: 3 } }),
    entry(2, 1, [["case/new", 2]], { snapshot: { part: 1, of: 1 } }),
  ])
  assert.deepEqual(bodies(sum), { "case/new": { rev: 2 } })
})

test("of one document the highest revision counts, and what the office took back is gone", () => {
  const sum = fromRows([
    entry(
      1,
      1,
      [
        ["case/1", 9],
        ["case/2", 1],
      ],
      { snapshot: { part: 1, of: 1 } },
    ),
    entry(1, 2, [["case/1", 3]]),
    entry(1, 3, [["case/2", 2, null]]),
  ])
  assert.deepEqual(bodies(sum), { "case/1": { rev: 9 } })
})

test("rows of an older app, one a document, are read beside newer ones", () => {
  const old = (path, staged) => ({ name: path, staged, doc: { path, rev: 1, body: { rev: 1 } } })
  const sum = fromRows([entry(1, 7, [["case/1", 4]]), old("case/1", false), old("case/2", false)])
  assert.deepEqual(bodies(sum), { "case/1": { rev: 4 }, "case/2": { rev: 1 } })
  assert.deepEqual([...fromRows([old("case/3", true)]).staged.keys()], ["case/3"])
})

test("two hundred lives of letters: read back in any order they are what they were", () => {
  let seed = 20261126
  const dice = (most) => (seed = (seed * 1103515245 + 12345) % 2147483648) % most
  for (let life = 0; life < 200; life++) {
    const sum = empty()
    let rows = []
    let [run, n, part, of] = [1, 0, 1, 1 + dice(3)]
    for (let letter = 0; letter < 25; letter++) {
      if ((part > of && dice(6) === 0) || dice(12) === 0) [run, n, part, of] = [run + 1, 0, 1, 1 + dice(3)]
      n += 1
      const docs = Array.from({ length: dice(4) }, () => [
        `case/${dice(5)}`,
        letter + 1,
        dice(5) ? { letter } : null,
      ])
      const one = entry(run, n, docs, part <= of ? { snapshot: { part: part++, of } } : {})
      const whole = add(sum, one)
      rows.push(one)
      if (whole) rows = rows.filter(({ name }) => whole.includes(name))
      const shuffled = rows
        .map((row) => [dice(1000), row])
        .sort(([a], [b]) => a - b)
        .map(([, row]) => row)
      const again = fromRows(shuffled)
      assert.deepEqual(
        [bodies(again), [...again.staged].sort(), again.parts],
        [bodies(sum), [...sum.staged].sort(), sum.parts],
      )
    }
  }
})
