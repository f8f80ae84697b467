// Readings stand above words of the app that have one, whole runs only, and never above what people wrote.

import assert from "node:assert/strict"
import { readFile } from "node:fs/promises"
import { test } from "node:test"

import "./speaking.js"

globalThis.fetch = async (url) => new Response(await readFile(new URL(url)))
const { setFurigana, spelled } = await import("../../../static/js/words/furigana.js")
const { h } = await import("../../../static/vendor/preact.js")
await setFurigana(true)
const names = (vnode) => [vnode.props.children].flat().map((one) => one?.type ?? one)

test("a word of the app gets its reading, and what stands around it stays", () => {
  assert.equal(spelled("記録は端末で無事です。"), "記録《きろく》は端末《たんまつ》で無事《ぶじ》です。")
  assert.equal(spelled("引き継ぎ"), "引《ひ》き継《つ》ぎ")
})

test("a run of kanji is read whole or not at all", () => {
  assert.equal(spelled("関係者"), "関係者")
  assert.equal(spelled("解除方法"), "解除《かいじょ》方法《ほうほう》")
})

test("what a person wrote gets none, even if it holds the same words", () => {
  assert.deepEqual(names(h("p", null, "記録は端末で無事です。山田さんの家")), [
    "記録は端末で無事です。山田さんの家",
  ])
})

test("words in attributes and in lists to choose from stay as they are", () => {
  assert.equal(h("button", { "aria-label": "保存" }, null).props["aria-label"], "保存")
  assert.deepEqual(names(h("option", null, "記録")), ["記録"])
})

test("every reading is kana above kanji", async () => {
  const all = JSON.parse(
    await readFile(new URL("../../../static/texts/readings.json", import.meta.url), "utf8"),
  )
  assert.ok(all.length > 400)
  for (const word of all) {
    assert.match(word, /^([々一-鿿]+《[ぁ-ん]+》[ぁ-んー・]*)+$/, word)
  }
})
