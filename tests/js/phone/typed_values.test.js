// Every number, day and time in every event this phone makes: what its field takes, an event may bear; what
// is refused, is
// refused at the field, in words. A field that is added and has no row here fails.

import assert from "node:assert/strict"
import { readdirSync, readFileSync } from "node:fs"
import { test } from "node:test"
import { LEAST, MOST, why, within } from "../../../static/js/components/date_field.js"
import { stillNeeded } from "../../../static/js/visit/required.js"
import { ahead, answered, ended, happened, LIFE, promised } from "../../../static/js/visit/times.js"
import { wholeNumber } from "../../../static/js/visit/numbers.js"
import { utc } from "../../../static/js/words/dates.js"
import { t } from "../../../static/js/words/texts.js"
import { checkBody } from "../../../sync/events.js"
import { speaking } from "./speaking.js"
import { wholeVisit } from "./whole_visit.js"

const now = new Date("2026-11-30T05:00:00Z"),
  WRITTEN = utc(now),
  BEGAN = "2026-11-02T05:00:00Z"
const VECTORS = new URL("../../../sync/vectors/", import.meta.url)

/** type -> a good body. @type {Map<string, any>} */
const BODIES = new Map(
  readdirSync(VECTORS)
    .filter((name) => name.startsWith("body-"))
    .map((name) => JSON.parse(readFileSync(new URL(name, VECTORS), "utf8")))
    .filter(({ expect, type }) => expect === "accept" && type)
    .map(({ type, body }) => [type, body]),
)
BODIES.set("visit.logged", wholeVisit())
BODIES.set("visit.corrected", { ...BODIES.get("visit.corrected"), record: wholeVisit() })
BODIES.set("reminders.quieted", { from: "22:00", until: "07:00" })
const NOW_AT = {
  "case.viewed": ["at"],
  "followup.scheduled": ["at"],
  "followup.moved": ["at"],
  "worker.departed": ["until"],
  "cover.asked": ["on"],
  "handover.sent": ["answerBy"],
  "match.followed": ["on"],
}
for (const [type, [name]] of Object.entries(NOW_AT))
  BODIES.set(type, {
    ...BODIES.get(type),
    [name]: ["on", "answerBy"].includes(name) ? WRITTEN.slice(0, 10) : WRITTEN,
  })

const field = (
  /** @type {"date" | "datetime-local" | "time"} */ type,
  /** @type {{ min?: string, max?: string }} */ { min, max },
) => ({ type, min, max })
const usual = (/** @type {"date" | "datetime-local" | "time"} */ type) =>
  field(type, { min: LEAST[type], max: MOST[type] })
const NUMBER = "number",
  MADE = "made by the program",
  CHOSEN = "one of a few on the screen"
/** Of a visit, logged or corrected. @type {Record<string, any>} */
const OF_VISIT = {
  occurredAt: field("datetime-local", happened(now)),
  endedAt: field("datetime-local", ended(BEGAN, now)),
  "riskCall.at": usual("datetime-local"),
  "promises[].due": field("date", promised(BEGAN, now)),
  "checklist.answers.{}.n": NUMBER,
  "checklist.answers.{}.d": field("date", LIFE),
  reaction: CHOSEN,
  stage: CHOSEN,
  "checklist.version": MADE,
  "photos[].size": MADE,
  "photos[].width": MADE,
  "photos[].height": MADE,
}
const under = (/** @type {string} */ at, /** @type {Record<string, any>} */ rows) =>
  Object.fromEntries(Object.entries(rows).map(([name, row]) => [`${at}${name}`, row]))
const FIELDS = {
  ...under("visit.logged ", OF_VISIT),
  ...under("visit.corrected record.", OF_VISIT),
  "followup.scheduled at": field("datetime-local", ahead(now)),
  "followup.moved at": field("datetime-local", ahead(now)),
  "handover.sent answerBy": field("date", answered(now)),
  "match.followed on": MADE,
  "match.followed nextOn": field("date", promised(now.toISOString(), now)),
  "reminders.quieted from": usual("time"),
  "reminders.quieted until": usual("time"),
  "cover.asked on": MADE,
  "case.viewed at": MADE,
  "worker.departed until": CHOSEN,
  "device.noted storage.used": MADE,
  "device.noted storage.quota": MADE,
  "device.noted clock.phone": MADE,
  "device.noted clock.relay": MADE,
}

/** Where numbers, days and times stand. @param {any} value @param {string} at @param {Set<string>} found */
function measured(value, at, found) {
  if (Array.isArray(value)) for (const one of value) measured(one, `${at}[]`, found)
  else if (value && typeof value === "object")
    for (const [name, one] of Object.entries(value))
      measured(one, at.endsWith("answers") ? `${at}.{}` : at ? `${at}.${name}` : name, found)
  else if (typeof value === "number" || /^\d{4}-\d\d-\d\d|^\d\d:\d\d$/.test(String(value))) found.add(at)
  return found
}

/** @param {any} value @param {string[]} path @param {any} to @returns {any} */
function put(value, [step, ...rest], to) {
  if (step === undefined) return to
  if (step === "[]") return value.map((/** @type {any} */ one) => put(one, rest, to))
  if (step === "{}")
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, put(one, rest, to)]))
  return { ...value, [step]: put(value[step], rest, to) }
}

const steps = (/** @type {string} */ at) => at.replaceAll("[]", ".[]").split(".").filter(Boolean)
const YEARS = [
  "0001",
  "0002",
  "0202",
  "1899",
  "1900",
  "1999",
  "2000",
  "2026",
  "2027",
  "2036",
  "2037",
  "2100",
  "2101",
  "9999",
]
const DAYS = YEARS.flatMap((year) => [`${year}-01-01`, `${year}-12-31`])
const TYPED = {
  date: DAYS,
  "datetime-local": DAYS.flatMap((one) => [`${one}T00:00`, `${one}T23:59`]),
  time: ["00:00", "23:59"],
}
const NUMBERS = [
  "100000000000000",
  "999999999",
  "1000000000",
  "-1",
  "−5",
  "36.5",
  "1e5",
  "",
  "０",
  "+1",
  "２３",
  "∞",
  "0x10",
  "-0",
]

const all = [...BODIES].flatMap(([type, body]) =>
  [...measured(body, "", new Set())].map((at) => `${type} ${at}`),
)

test("every number, day and time of every event has its field, and every field its event", () => {
  assert.ok(BODIES.size >= 20)
  assert.deepEqual(
    all.filter((one) => !(one in FIELDS)),
    [],
  )
  assert.deepEqual(
    Object.keys(FIELDS).filter((one) => !all.includes(one)),
    [],
  )
})

for (const [where, row] of Object.entries(FIELDS))
  if (row !== MADE && row !== CHOSEN)
    test(`${where}: what its field takes, the event bears; the rest is refused in words`, async () => {
      const [type, at] = where.split(" ")
      const tried = row === NUMBER ? NUMBERS : TYPED[/** @type {"date"} */ (row.type)]
      const refused = []
      for (const text of tried) {
        const value =
          row === NUMBER
            ? wholeNumber(text)
            : row.type !== "datetime-local"
              ? text
              : within(text, row.min, row.max)
                ? utc(text)
                : ""
        const takes = row === NUMBER ? value !== undefined : within(text, row.min, row.max)
        if (!takes) refused.push(text)
        else {
          const body = put(BODIES.get(type), steps(at), value)
          if (at.endsWith("occurredAt")) delete (body.record ?? body).endedAt // beside one the need is told: see below
          assert.doesNotThrow(() => checkBody(type, 1, body, WRITTEN), `${where} = ${text}`)
        }
      }
      assert.ok(refused.length > 0 || row.type === "time")
      for (const language of /** @type {const} */ (["ja", "en"])) {
        await speaking(language)
        for (const text of refused) {
          const said =
            row === NUMBER ? t("answer.number.refused", { text }) : why(text, row.type, row.min, row.max)
          assert.match(said, language === "ja" ? /[ぁ-ん]/ : /[a-z]/)
          assert.doesNotMatch(said, /[a-z]+\.[a-z]+|undefined|NaN/)
        }
      }
    })

test("a begin and an end that are right by themselves and not together are named before saving", () => {
  for (const [began, over] of [
    ["2026-11-02T05:00:00Z", "2026-11-02T04:59:59Z"],
    ["2026-11-02T05:00:00Z", "2026-11-09T05:00:01Z"],
    ["2000-01-01T00:00:00Z", "2026-11-02T05:00:00Z"],
  ]) {
    const record = { ...wholeVisit(), occurredAt: began, endedAt: over }
    assert.throws(() => checkBody("visit.logged", 1, record, WRITTEN), { code: "malformed" })
    assert.ok(stillNeeded({ record }, { checklist: null, now }).some(({ key }) => key.startsWith("times")))
  }
})
