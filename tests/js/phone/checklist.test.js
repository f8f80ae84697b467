// Running a checklist in any order, with what is left always true.

import assert from "node:assert/strict"
import { test } from "node:test"
import {
  answersToSend,
  askedItems,
  isAnswered,
  isUrgentAnswer,
  nextItem,
  phaseCount,
  starsLeft,
} from "../../../static/js/visit/checklist.js"

const item = (id, phase, must, parts, choices) => ({
  id,
  phase,
  must,
  parts,
  text: { ja: id, en: id },
  choices,
})
const checklist = {
  id: "c",
  version: 3,
  title: { ja: "", en: "" },
  intro: { ja: "", en: "" },
  items: [
    item("A1", "before", true, ["c", "t"], [{ id: "person" }]),
    item("A2", "before", false, ["t"]),
    item("A3", "during", true, ["c"], [{ id: "none" }, { id: "urgent", urgent: true }]),
    item("A4", "after", true, ["n"]),
    item("A5", "after", false, ["d"]),
  ],
}

test("a number zero is an answer, an empty text is none, a text beside a missing choice is none", () => {
  const [a1, a2, , a4] = checklist.items
  assert.equal(isAnswered(a4, { n: 0 }), true)
  assert.equal(isAnswered(a2, { t: "  " }), false)
  assert.equal(isAnswered(a1, { t: "家族が望む" }), false)
  assert.equal(isAnswered(a1, { c: "person" }), true)
})

test("what is left goes down by one with each ★", () => {
  assert.equal(starsLeft(checklist, {}), 3)
  assert.equal(starsLeft(checklist, { A1: { c: "person" }, A2: { t: "x" } }), 2)
  assert.deepEqual(phaseCount(checklist, { A2: { t: "x" } }, "before"), { answered: 1, all: 2 })
})

test("the next question skips what is answered, comes back to what was left, and ends", () => {
  const answers = { A1: { c: "person" }, A3: { c: "none" } }
  assert.equal(nextItem(checklist, answers, "A2")?.id, "A4")
  assert.equal(nextItem(checklist, { ...answers, A4: { n: 1 }, A5: { d: "2026-02-21" } }, "A5")?.id, "A2")
  assert.equal(
    nextItem(
      checklist,
      { A1: { c: "person" }, A2: { t: "x" }, A3: { c: "none" }, A4: { n: 1 }, A5: { d: "2026-02-21" } },
      "A5",
    ),
    null,
  )
})

test("only a choice that is marked urgent opens the phone steps", () => {
  assert.equal(isUrgentAnswer(checklist.items[2], { c: "urgent" }), true)
  assert.equal(isUrgentAnswer(checklist.items[2], { c: "none" }), false)
  assert.equal(isUrgentAnswer(checklist.items[3], { n: 3 }), false)
})

test("a question is asked when its condition is so; what is not asked is not needed, not counted and not sent, and stays", () => {
  const list = {
    id: "c",
    version: 1,
    title: { ja: "", en: "" },
    intro: { ja: "", en: "" },
    items: [
      item("hurt", "during", true, ["b"]),
      { ...item("wound", "during", false, []), when: "${hurt} = 'yes'" },
      { ...item("where", "during", false, ["t"]), when: "${hurt} = 'yes'", mustWhen: "true()" },
      item("end", "during", false, ["t"]),
    ],
  }
  const yes = { hurt: { b: "yes" } },
    changed = { hurt: { b: "no" }, where: { t: "左の手" } }
  assert.equal(starsLeft(list, {}), 1)
  assert.equal(starsLeft(list, yes), 1)
  assert.equal(starsLeft(list, changed), 0)
  assert.deepEqual(phaseCount(list, yes, "during"), { answered: 1, all: 3 })
  assert.deepEqual(phaseCount(list, changed, "during"), { answered: 1, all: 2 })
  assert.equal(nextItem(list, yes, "hurt").id, "wound")
  assert.equal(nextItem(list, yes, "wound").id, "where")
  assert.equal(nextItem(list, changed, "hurt").id, "end")
  assert.deepEqual(answersToSend(list, changed), { sent: { hurt: { b: "no" } }, kept: 1 })
  assert.deepEqual(answersToSend(list, { ...changed, hurt: { b: "yes" } }).kept, 0)
  assert.deepEqual(Object.keys(changed), ["hurt", "where"])
})

test("a condition of a newer language hides no question and demands no answer", () => {
  const list = {
    id: "c",
    version: 1,
    title: { ja: "", en: "" },
    intro: { ja: "", en: "" },
    items: [
      { ...item("a", "during", false, ["t"]), when: "of a newer language", mustWhen: "of a newer language" },
    ],
  }
  assert.deepEqual(
    askedItems(list, {}).map(({ id }) => id),
    ["a"],
  )
  assert.equal(starsLeft(list, {}), 0)
})
