// What was written stays: with a key that adds it or without, right or refused, in a first record and in a correction.

import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import { checkBody } from "../../../sync/events.js"
import { eventsOf, oneEvent } from "../../../static/js/transport/draft_events.js"
import { withOwnWork } from "../../../static/js/store/pending_overlay.js"
import { absent, changedPaths, readPath, setAt } from "../../../static/js/store/change_paths.js"
import { wholeNumber } from "../../../static/js/visit/numbers.js"
import { stillNeeded } from "../../../static/js/visit/required.js"
import { ADDING, withTyped } from "../../../static/js/visit/typed.js"
import { FIELDS, whereIs } from "../../../static/js/visit/where.js"
import { speaking } from "./speaking.js"
import { ADDED } from "../../../sync/visit_fields.js"
import { added, wholeVisit } from "./whole_visit.js"

await speaking("ja")
const draftOf = (/** @type {any} */ value, kind = "visit") => ({
  id: "AAAAAAAAAAAAAAAAAAAAAA",
  case: "c",
  kind,
  value: { peek: () => value },
})

test("an answer taken back is absent, and the record can be saved", () => {
  let value = { record: wholeVisit() }
  for (const path of ["record.checklist.answers.q2.n", "record.endedAt", "record.place", "record.next"])
    value = setAt(value, path, undefined)
  assert.ok(
    !("n" in value.record.checklist.answers.q2) && !("endedAt" in value.record) && !("next" in value.record),
  )
  checkBody("visit.logged", 1, eventsOf(draftOf(value), 0)[0].body)
})

test("a draft of before, with answers that say undefined, can be saved", () => {
  const record = wholeVisit()
  record.checklist.answers.q2 = { n: undefined }
  checkBody("visit.logged", 1, eventsOf(draftOf({ record }), 0)[0].body)
  assert.deepEqual(absent({ a: [{ b: undefined, c: null }] }), { a: [{ c: null }] })
})

test("whole numbers are taken as they are typed and as the app writes them; others are refused", () => {
  for (const [text, number] of /** @type {const} */ ([
    ["3", 3],
    ["３", 3],
    ["+1", 1],
    ["＋１", 1],
    ["-1", -1],
    ["−1", -1],
    ["－１", -1],
    ["ー1", -1],
    ["‐1", -1],
    ["–1", -1],
    [" 7 ", 7],
    ["−0", 0],
  ]))
    assert.equal(wholeNumber(text), number, text)
  assert.deepEqual(
    ["+1", "−1", "2", "99", "-2", "0"].map((text) => wholeNumber(text, { least: -1, most: 2 })),
    [1, -1, 2, undefined, undefined, 0],
  )
  for (const text of ["36.5", "", "-", "1e3", "二", "1 2", "9999999999", "+-1"])
    assert.equal(wholeNumber(text), undefined, text)
})

test("what was typed for a number and is none is asked about at its question, answered or not", () => {
  const checklist = {
    id: "c",
    version: 1,
    items: [
      { id: "a", must: false, parts: ["n"] },
      { id: "b", must: true, parts: ["n"] },
    ],
  }
  const record = {
    ...wholeVisit(),
    risk: { self_harm: "none" },
    outcome: "refused_at_door",
    checklist: { id: "c", version: 1, answers: { b: { n: 2 } } },
  }
  assert.deepEqual(
    stillNeeded({ record, refused: { a: "36.5" } }, { checklist: /** @type {any} */ (checklist) }),
    [{ key: "number", screen: "checklist", n: 1, at: "checklist.a" }],
  )
})

test("every list with a key for adding keeps what was typed and not added", () => {
  for (const list of ADDING) {
    const record = wholeVisit(),
      before = record[list].length
    const typed = { id: "p9", text: " 役所に電話する ", due: null, to: "母" }
    const [{ body }] = eventsOf(draftOf({ record, adding: { [list]: typed } }), 0)
    assert.equal(body[list].length, before + 1)
    assert.deepEqual(body[list].at(-1), { ...typed, text: "役所に電話する" })
    assert.equal(
      withTyped({ record, adding: { [list]: { ...typed, text: "  " } } }).record[list].length,
      before,
    )
  }
  // Every such key stands in a screen whose words are gathered here.
  const screens = [
    "log/log_notes",
    "log/log_next",
    "log/log_photos",
    "log/log_outcome",
    "log/log_stage",
    "log/log_grids",
    "log/log_checklist",
    "log/question",
    "record/correcting",
    "record/review",
    "notice",
  ]
  const keys = screens.flatMap((name) =>
    [
      ...readFileSync(new URL(`../../../static/js/screens/${name}.js`, import.meta.url), "utf8").matchAll(
        /\$\{icon\("plus", true\)\}\s*\$\{t\("(\w+)\.add"\)\}/g,
      ),
    ].map(([, list]) => list),
  )
  assert.deepEqual(keys.sort(), [...ADDING].sort())
})

test("what cannot be sent names its field and the place where it is written", () => {
  const sources = [
    "log/log_outcome",
    "log/log_notes",
    "log/log_next",
    "log/log_photos",
    "log/log_stage",
    "log/log_grids",
  ]
    .map((name) => readFileSync(new URL(`../../../static/js/screens/${name}.js`, import.meta.url), "utf8"))
    .join("\n")
  const bad = /** @type {Record<string, any>} */ ({
    occurredAt: "x",
    endedAt: "x",
    channel: "x",
    planned: "x",
    outcome: "x",
    alone: 1,
    metWith: [1],
    staff: [1],
    place: "x",
    topics: [1],
    interests: [1],
    reaction: 9,
    stage: 9,
    stageEvent: 1,
    notes: { fact: "x", quote: 1, thirdParty: "", view: "" },
    living: { meals: "x" },
    risk: { abuse: "x" },
    riskCall: { to: 1 },
    left: { what: 1, taken: "" },
    hook: 1,
    next: { with: "x" },
    reflection: 1,
    promises: [{ id: "p", text: 1 }],
    checklist: { id: "c", version: 1, answers: { q: { n: 0.5 } } },
    photos: [{ blob: "x" }],
    ...Object.fromEntries(ADDED.map(({ path }) => [path, 1])),
  })
  assert.deepEqual(Object.keys(bad).sort(), [...FIELDS].sort())
  assert.deepEqual([...FIELDS, "byHand"].sort(), Object.keys(wholeVisit()).sort())
  for (const [field, value] of Object.entries(bad)) {
    /** @type {any} */
    let refused = null
    try {
      checkBody("visit.logged", 1, { ...wholeVisit(), [field]: value })
    } catch (error) {
      refused = error
    }
    assert.equal(refused?.code, "malformed", field)
    const where = whereIs(refused.detail)
    assert.ok(where && where.name && !/[.{]|^[a-z]/.test(where.name), `${field}: ${where?.name}`)
    if (where.screen === "checklist") continue
    if (ADDED.some(({ path }) => path === field)) {
      // each in the form of its kind
      assert.match(sources, /ADDED\.map\(/)
      continue
    }
    assert.ok(
      sources.includes(`data-field="${where.at}"`) ||
        sources.includes(`path="record.${where.at}"`) ||
        /^(risk|living)\.\w+$/.test(where.at) ||
        ["fact", "quote", "thirdParty", "view"].includes(where.at),
      `${field}: ${where.at}`,
    )
  }
  assert.equal(whereIs("event.body"), null)
})

test("names stay as written: nothing on the phone rewrites what was typed", () => {
  const rewriting = (/** @type {string} */ name) =>
    /normalize\("NFC"\)/.test(readFileSync(new URL(`../../../static/js/${name}`, import.meta.url), "utf8"))
  for (const name of [
    "components/field.js",
    "components/draft_field.js",
    "store/profiles.js",
    "store/draft.js",
    "transport/draft_events.js",
    "screens/record/undo.js",
  ])
    assert.ok(!rewriting(name), name)
})

test("a name in letters of a register goes out as it was typed", () => {
  const name = "\u{fa19}\u{5d0e} \u{fa1b}\u{5b50}" // NFC would write two of them anew
  assert.notEqual(name.normalize("NFC"), name)
  const told = oneEvent(
    "case.begun",
    "AAAAAAAAAAAAAAAAAAAAAA",
    { title: name, known: { name, age: "", place: name, through: "" } },
    0,
  )
  assert.equal(told.body.title, name)
  assert.equal(told.body.known.name, name)
  const record = { ...wholeVisit(), notes: { fact: name, quote: name, thirdParty: name, view: name } }
  const [{ body }] = eventsOf(draftOf({ record }), 0)
  assert.deepEqual(Object.values(body.notes), [name, name, name, name])
})

/** Another value for a field, of the kind the events know. @type {Record<string, any>} */
const CORRECTED = {
  occurredAt: "2026-11-02T04:00:00Z",
  endedAt: "2026-11-02T05:50:00Z",
  channel: "accompaniment",
  planned: "unplanned",
  outcome: "met_family_only",
  place: "entrance",
  metWith: ["m1"],
  alone: true,
  staff: ["s1"],
  topics: ["将棋", "体調"],
  interests: [],
  reaction: 1,
  stage: 4,
  stageEvent: "玄関で話した",
  notes: { fact: "事実、直した", quote: "", thirdParty: "近所の人", view: "見立て" },
  living: { meals: "danger", mail: "attention" },
  risk: { self_harm: "urgent", abuse: "concern" },
  riskCall: { to: "佐藤", at: "2026-11-02T06:10:00Z", result: "現地へ" },
  left: { what: "", taken: "left" },
  hook: "",
  next: { with: "us", mayCome: "unknown" },
  reflection: "",
  promises: [],
  checklist: null,
  photos: [],
  byHand: false,
  ...added(1),
}

test("a correction of any one field carries every other, and says what it changes; photos of a phone without their keys stay", () => {
  assert.deepEqual(Object.keys(CORRECTED).sort(), Object.keys(wholeVisit()).sort())
  for (const [field, value] of Object.entries(CORRECTED)) {
    const written = wholeVisit()
    const before = { ...written, photos: [] } // as a record document says it: no keys of photos (EVENTS.md)
    const record = setAt({ record: before }, "record", { ...before, [field]: value }).record
    const changed = changedPaths(before, record)
    assert.ok(
      field === "photos"
        ? changed.length === 0
        : changed.length > 0 && changed.every((path) => path.split(".")[0] === field),
      `${field}: ${changed}`,
    )
    const [{ body }] = eventsOf(
      draftOf(
        { visit: "v1", replaces: "v1", answers: "r1", changed, record, comment: "直しました" },
        "correction",
      ),
      0,
    )
    assert.deepEqual(body.changed, changed)
    for (const other of Object.keys(before))
      if (other !== field)
        assert.deepEqual(body.record[other], readPath(before, other), `${field} → ${other}`)
    assert.deepEqual(body.record[field], value, field)
    // And on the screen, before the office has answered.
    const documents = new Map(
      /** @type {[string, any][]} */ ([
        ["case/c", { id: "c", contacts: [{ id: "v1", ...written }], line: [], promises: [] }],
        ["record/v1", { record: before, versions: [], review: null }],
      ]),
    )
    const shown = withOwnWork(documents, [
      { id: "e1", type: "visit.corrected", v: 1, at: "2026-11-03T00:00:00Z", case: "c", saw: 0, body },
    ])
    assert.equal(shown.get("case/c").contacts[0].photos.length, 1, field)
    assert.deepEqual(
      shown.get("case/c").contacts[0][field],
      field === "photos" ? written.photos : value,
      field,
    )
  }
})
