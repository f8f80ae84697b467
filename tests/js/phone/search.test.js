// Search over everything this phone holds: it forgives how a word is written, and names the note it stands in.

import assert from "node:assert/strict"
import { test } from "node:test"
import { ALIKE } from "../../../sync/alike.js"
import { fold } from "../../../sync/folding.js"
import { excerpt, ownRecords, search } from "../../../static/js/visit/search.js"

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

test("what this worker wrote and the sheet holds no more is found too, and led to", () => {
  const home = [sheet("c1", "Aさん", [contact("v1", "玄関で話した")]), sheet("c2", "Bさん", [])]
  const doc = (/** @type {string} */ visit, /** @type {string} */ fact, more = {}) => [
    `record/${visit}`,
    { visit, case: "c1", state: "at_office", record: { ...contact(visit, fact), id: undefined }, ...more },
  ]
  const documents = new Map(
    /** @type {any} */ ([
      doc("v1", "玄関で話した"),
      doc("v7", "模型の話をした"),
      doc("v8", "手放した家庭の話", { case: "gone" }),
      ["record/v9", { visit: "v9", case: "c1", state: "held" }], // not readable here
      ["case/c1", home[0]],
    ]),
  )
  const own = ownRecords(documents, home)
  assert.deepEqual(
    [...own].map(([id, docs]) => [id, docs.map(({ visit }) => visit)]),
    [
      ["c1", ["v7"]],
      ["gone", ["v8"]],
    ],
  )
  const [found] = search("もけい 模型", home, own).concat(search("模型", home, own))
  assert.equal(found.sheet.id, "c1")
  assert.equal(found.hits[0].contact?.id, "v7")
  assert.equal(search("模型", home).length, 0)
  assert.equal(search("玄関", home, own)[0].hits.length, 1)
  assert.equal(search("手放した", home, own).length, 0)
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
