// Words: search that forgives, codes that forgive, every key has its words in both languages, fields in words.

import assert from "node:assert/strict"
import { readdirSync, readFileSync } from "node:fs"
import { test } from "node:test"
import { newCode } from "../../../sync/enrolment.js"
import { groups, isWhole, readCharacters, wrongSymbol } from "../../../static/js/words/enrolment_code.js"
import { t } from "../../../static/js/words/texts.js"
import { fieldName, inWords, told } from "../../../static/js/visit/fields.js"
import { speaking } from "./speaking.js"

const root = new URL("../../../static/", import.meta.url)
const members = [
  { id: "m-d", label: "D", index: true },
  { id: "m-b", label: "B" },
]

test("a code typed in any manner is read, and one wrong character is told at once", () => {
  const code = newCode()
  const typed = code.toLowerCase().replaceAll("0", "o").replaceAll("1", "l")
  const characters = readCharacters(` ${groups(typed)} `.replace(/ /g, "-"))
  assert.equal(characters, code)
  assert.ok(isWhole(characters) && !wrongSymbol(characters))
  const other = code[3] === "7" ? "8" : "7"
  assert.ok(wrongSymbol(code.slice(0, 3) + other + code.slice(4)))
  assert.ok(wrongSymbol("U"), "no code has a U")
  assert.ok(!wrongSymbol(code.slice(0, 9)), "an unfinished code is not a wrong one")
  assert.equal(readCharacters("Ｋ７ＱＭ"), "K7QM")
})

test("every key a screen asks for by name has words in both languages", async () => {
  const catalogue = (lang) =>
    Object.assign(
      {},
      ...["common", "phone", "field"].map((name) =>
        JSON.parse(readFileSync(new URL(`texts/${lang}/${name}.json`, root), "utf8")),
      ),
    )
  const [ja, en] = [catalogue("ja"), catalogue("en")]
  const files = readdirSync(new URL("js/", root), { recursive: true }).filter(
    (name) => name.endsWith(".js") && !name.startsWith("desk"),
  )
  const asked = new Set(
    files.flatMap((name) =>
      [...readFileSync(new URL(`js/${name}`, root), "utf8").matchAll(/\bt\("([^"]+)"/g)].map(
        ([, key]) => key,
      ),
    ),
  )
  assert.ok(asked.size > 250, `${asked.size} keys found`)
  assert.deepEqual(
    [...asked].filter((key) => !ja[key] || !en[key]),
    [],
  )
  assert.deepEqual(
    Object.keys(ja).filter((key) => !(key in en)),
    [],
  )
})

test("a word with a count of one has its own form where the language needs it", async () => {
  await speaking("en")
  assert.equal(t("late.days", { n: 1 }), "Yesterday. Set a new day")
  assert.equal(t("late.days", { n: 2 }), "2 days ago. Set a new day")
  assert.equal(t("no.such.key"), "no.such.key")
})

test("a record is told in words, field by field, and the empty ones are left out", async () => {
  await speaking("ja")
  const record = {
    outcome: "met_person",
    place: "living_room",
    occurredAt: "2024-02-21T01:00:00Z",
    channel: "visit",
    planned: "as_planned",
    alone: true,
    metWith: ["m-d", "gone"],
    notes: { fact: "目が合う", quote: "" },
    risk: { self_harm: "none", abuse: "concern", self_neglect: "none" },
    reaction: 0,
    stage: null,
    left: { what: "", taken: "" },
    promises: [],
    photos: [],
  }
  const said = Object.fromEntries(told(record, { members }).map(({ path, text }) => [path, text]))
  assert.equal(said.outcome, "本人に会えた・居間")
  assert.equal(said.metWith, "本人 D・gone")
  assert.equal(said.risk, "虐待・DV 気になる・ほか2項目は なし")
  assert.equal(said.reaction, "反応なし")
  assert.ok(!("stage" in said) && !("notes.quote" in said) && !("promises" in said) && !("left" in said))
  assert.equal(inWords("risk.abuse", "urgent", { members }), "至急")
})

test("every field a question may be tied to has a name a person knows", async () => {
  for (const lang of /** @type {const} */ (["ja", "en"])) {
    await speaking(lang)
    for (const path of [
      "notes.fact",
      "notes.thirdParty",
      "stage",
      "stageEvent",
      "risk",
      "risk.self_harm",
      "living.meals",
      "next.with",
      "left.what",
      "hook",
      "riskCall",
      "promises",
      "occurredAt",
      "checklist",
    ]) {
      assert.doesNotMatch(fieldName(path), /[a-z]\.[a-z]|^$/, `${lang} ${path}`)
    }
  }
})
