// Two windows on one draft: whatever was typed in either stands in what comes out.

import assert from "node:assert/strict"
import { test } from "node:test"
import { checkBody } from "../../../sync/events.js"
import { isText, merge, mergeText } from "../../../static/js/store/merge.js"
import { PATHS } from "../../../sync/visit_fields.js"
import { readPath, setAt } from "../../../static/js/store/change_paths.js"
import { wholeVisit } from "./whole_visit.js"

test("an addition of each window stands, in whichever order they come", () => {
  assert.equal(mergeText("朝", "朝夕", "朝昼"), "朝昼夕")
  assert.equal(mergeText("朝", "前。朝", "朝昼"), "前。朝昼")
  assert.equal(mergeText("", "A", "B"), "BA")
  assert.equal(
    mergeText("一行目", "あちらの続き", "こちらの続き").split("\n").sort().join(),
    "あちらの続き,こちらの続き",
  )
  assert.equal(mergeText("朝昼夕", "朝夕", "朝昼夕夜"), "朝夕夜")
})

test("a letter of two units is never cut", () => {
  assert.equal(mergeText("𠮷", "𠮶", "𠮷田"), "𠮶田")
  for (const text of [mergeText("家𠮷", "家𠮶", "家𡈽"), mergeText("𠮷a", "𠮶a", "𠮷b")])
    assert.ok(text.isWellFormed())
})

test("random edits of two windows: every letter typed is there, and both sides agree when nothing crosses", () => {
  let seed = 7
  const next = (/** @type {number} */ n) => (seed = (seed * 48271) % 2147483647) % n
  for (let round = 0; round < 2000; round++) {
    const base = "あいうえお".slice(0, next(6))
    const typed = (/** @type {string} */ letter) => {
      const at = next(base.length + 1)
      return base.slice(0, at) + letter.repeat(1 + next(3)) + base.slice(at + next(base.length - at + 1))
    }
    const ours = typed("x"),
      theirs = typed("y")
    const both = mergeText(base, ours, theirs)
    assert.equal(
      [...both].filter((one) => one === "x").length,
      [...ours].filter((one) => one === "x").length,
      `${base} ${ours} ${theirs} ${both}`,
    )
    assert.equal(
      [...both].filter((one) => one === "y").length,
      [...theirs].filter((one) => one === "y").length,
      `${base} ${ours} ${theirs} ${both}`,
    )
  }
})

/** @param {any} value @param {string} [at] @returns {[string, any][]} leaves; list entries by their id */
function leaves(value, at = "") {
  if (Array.isArray(value))
    return value.flatMap((one, i) => leaves(one, `${at}.${one?.id ?? one?.blob ?? i}`))
  if (value !== null && typeof value === "object")
    return Object.entries(value).flatMap(([key, one]) => leaves(one, at ? `${at}.${key}` : key))
  return [[at, value]]
}

test("every text of a visit is put together, and no code, time or id ever is", () => {
  const record = wholeVisit()
  checkBody("visit.logged", 1, record)
  for (const [path, value] of leaves({ record })) {
    if (typeof value !== "string") continue
    assert.equal(isText(path), /[ぁ-ん一-龠]/.test(value), path)
  }
})

test("the sample visit holds every field that the events know", () => {
  const known = [...new Set(PATHS.map((path) => path.split(".")[0]))]
  assert.deepEqual(Object.keys(wholeVisit()).sort(), known.sort())
})

test("whatever field either window changed is there", () => {
  const base = { record: wholeVisit() }
  const changed = (/** @type {any} */ value) => {
    if (typeof value === "string") return `${value}x`
    if (typeof value === "number") return value + 1
    if (typeof value === "boolean") return !value
    return Array.isArray(value) ? [...value, "added"] : { ...value, added: "x" }
  }
  const fields = Object.keys(base.record)
  for (const here of fields)
    for (const there of fields) {
      if (here === there) continue
      const ours = setAt(base, `record.${here}`, changed(readPath(base, `record.${here}`)))
      const theirs = setAt(base, `record.${there}`, changed(readPath(base, `record.${there}`)))
      const { value, gaveWay } = merge(base, ours, theirs)
      assert.deepEqual(gaveWay, [])
      assert.deepEqual(value.record[here], ours.record[here], here)
      assert.deepEqual(value.record[there], theirs.record[there], there)
    }
})

test("of two different taps on one choice the last one here holds, and it is told", () => {
  const { value, gaveWay } = merge(
    { record: { outcome: "" } },
    { record: { outcome: "met_person" } },
    { record: { outcome: "refused_at_door" } },
  )
  assert.equal(value.record.outcome, "met_person")
  assert.deepEqual(gaveWay, ["record.outcome"])
})

test("lists: what either added is there, what one took out and the other left alone is gone, what the other wrote on stays", () => {
  const one = { id: "a", text: "一" },
    two = { id: "b", text: "二" },
    three = { id: "c", text: "三" }
  assert.deepEqual(merge([one], [one, two], [one, three]).value, [one, two, three])
  assert.deepEqual(merge([one, two], [two], [one, two]).value, [two])
  assert.deepEqual(merge([one], [], [{ ...one, text: "一、二" }]).value, [{ ...one, text: "一、二" }])
  assert.deepEqual(merge(["A"], ["A", "B"], ["A", "C"]).value, ["A", "B", "C"])
})

test("what is taken away in one window and written on in the other stays", () => {
  assert.deepEqual(merge({ checklist: { a: 1 } }, { checklist: null }, { checklist: { a: 1, b: 2 } }).value, {
    checklist: { a: 1, b: 2 },
  })
})
