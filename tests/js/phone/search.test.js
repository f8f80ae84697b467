// Search over everything this phone holds: it forgives how a word is written, and names the note it stands in.

import assert from "node:assert/strict"
import { test } from "node:test"
import { ALIKE } from "../../../sync/alike.js"
import { fold } from "../../../sync/folding.js"
import { excerpt, search } from "../../../static/js/visit/search.js"

const contact = (id, fact, over = {}) => ({
  id,
  occurredAt: "2024-02-07T01:00:00Z",
  notes: { fact, quote: "", thirdParty: "", view: "" },
  hook: "",
  ...over,
})
const sheet = (id, title, contacts, over = {}) => ({
  id,
  no: id,
  title,
  household: { members: [{ id: `${id}-m`, label: "D", labels: ["長年"] }] },
  contacts,
  promises: [],
  safety: [],
  hook: null,
  ...over,
})
const SHEETS = [
  sheet(
    "c1",
    "斎藤さん",
    [
      contact("v1", "将棋の話を自分からした。"),
      contact("v2", "ショウギ盤を出した。", { interests: ["釣り"] }),
    ],
    { kana: "さいとう" },
  ),
  sheet("c2", "渡邊さん", [contact("v3", "駅前のカフェまで歩いた。")], { safety: [{ text: "玄関に犬" }] }),
]
const found = (question) =>
  search(question, SHEETS).map(({ sheet: { id }, hits }) => [
    id,
    ...hits.map(({ contact: one }) => one?.id ?? "case"),
  ])

test("full and half width, hiragana and katakana, capitals, and the variants of a kanji are found alike", () => {
  assert.equal(fold("ｼｮｳｷﾞ　ＡＢＣ"), fold("しょうぎ abc"))
  for (const name of ["斎藤", "齋藤", "斉藤", "さいとう", "ｻｲﾄｳ"])
    assert.deepEqual(found(name), [["c1"]], name)
  for (const name of ["渡辺", "渡邉", "渡邊"]) assert.deepEqual(found(name), [["c2"]], name)
  assert.equal(fold("髙﨑"), fold("高崎"))
  assert.equal(fold("茅ヶ崎"), fold("茅ケ崎"))
})

test("every word is found somewhere in the case, and the note it stands in is named", () => {
  assert.deepEqual(found("将棋"), [["c1", "v1"]])
  assert.deepEqual(found("しょうぎ"), [["c1", "v2"]])
  assert.deepEqual(found("齋藤 釣り"), [["c1", "v2"]])
  assert.deepEqual(found("ｶﾌｪ 犬"), [["c2", "v3", "case"]])
  assert.deepEqual(found("将棋 図書館"), [])
  assert.equal(found("").length, 2)
})

test("what is shown of a long note begins a little before the word", () => {
  const [note] = search("ﾗｰﾒﾝ", [
    sheet("c3", "Fさん", [contact("v9", `${"あ".repeat(80)}駅前のラーメン屋${"い".repeat(80)}`)]),
  ])[0].hits
  assert.match(excerpt(note, "ﾗｰﾒﾝ"), /^…あ+駅前のラーメン屋い+…$/)
})

test("a household is found however its name is typed, each letter of the table by each other of its group", () => {
  for (const group of [ALIKE.kanji, ALIKE.kana, ALIKE.latin].flatMap((lines) => lines.join(" ").split(" "))) {
    const households = [...group].map((letter, n) => sheet(`h${n}`, `山${letter}田　太郎`, []))
    for (const letter of group) {
      for (const question of [`山${letter}田`, `山${letter}田太郎`, `太郎 山${letter}`])
        assert.equal(search(question, households).length, households.length, question)
    }
  }
})

test("spaces, variation selectors, half-width kana and a name's two registered forms find the same household", () => {
  const home = [sheet("c1", "葛\u{e0100}城　\u{20bb7}男", [], { kana: "かつらぎ　よしお" })]
  for (const question of [
    "葛城",
    "吉男",
    "葛城\u{20bb7}男",
    "葛\u{e0100}城\u{20bb7}男",
    "葛\u{e0100}城　\u{20bb7}男",
    "葛城　吉男",
    "葛城吉男",
    "かつらぎよしお",
    "かつらぎ　よしお",
    "ｶﾂﾗｷﾞ ﾖｼｵ",
    "カツラキ\u3099",
    "葛\u200b城",
  ]) {
    assert.equal(search(question, home).length, 1, question)
  }
  assert.equal(search("葛西", home).length, 0)
})

test("a former name, and what was known when a case was begun on a phone, find it too", () => {
  const home = [
    sheet("c1", "高橋さん", [], {
      formerly: ["駅のうらの人"],
      begun: { name: "タカハシ", place: "駅前公園" },
    }),
  ]
  for (const question of ["駅のうら", "たかはし", "駅前公園", "髙槗"])
    assert.equal(search(question, home).length, 1, question)
})
