// Shapes of the events that travel up (EVENTS.md).
//
// Unknown members are kept and ignored; an unknown type or version is `unknown_event`, held until an update.
// The detail of `malformed` names the member, never what stood in it.

import {
  DAY,
  HOUR,
  MAX_LIST,
  MAX_PIXELS,
  MAX_REV,
  MAX_STORAGE_BYTES,
  MAX_VERSION,
  YEAR,
  isCount,
  isLifeDate,
  isLine,
  isNear,
  isPlausibleAmount,
  isPlausibleDate,
  isPlausibleSpan,
  isPlausibleTime,
  isText,
} from "./bounds.js"
import { isTime, unb64u } from "./encoding.js"
import { SyncError } from "./errors.js"
import { MAX_APP, MAX_BLOB_BYTES } from "./limits.js"
import { ADDED } from "./visit_fields.js"

/** @typedef {(value: any, where: string) => void} Check */

// prettier-ignore
export const CHANNELS = Object.freeze([
  "visit", "accompaniment", "outside", "phone", "sms", "letter", "fax", "left_note", "via_family", "office_visit",
  "online", "agency_call", "conference",
])
// prettier-ignore
export const OUTCOMES = Object.freeze([
  "met_person", "voice_through_door", "met_family_only", "not_met_left_note", "not_met_no_trace",
  "refused_at_door", "cancelled_by_household", "cancelled_by_worker", "stopped_for_safety",
  "note_taken", "reached", "not_reached",
])
export const PLANNED = Object.freeze(["as_planned", "unplanned", "postponed", "cancelled"])
// prettier-ignore
export const PLACES = Object.freeze([
  "room", "living_room", "entrance", "through_door", "car", "outdoors", "shop", "gathering_place", "other",
])
export const REACTIONS = Object.freeze([-1, 0, 1, 2, 3])
export const STAGES = Object.freeze([0, 1, 2, 3, 4, 5, 6, 7])
// prettier-ignore
export const LIVING_KEYS = Object.freeze([
  "meals", "sleep", "hygiene", "rooms", "mail", "utilities", "health", "family",
])
export const LIVING_VALUES = Object.freeze(["good", "attention", "danger", "unknown"])
// prettier-ignore
export const RISK_KEYS = Object.freeze([
  "self_harm", "harm_to_others", "abuse", "self_neglect", "sudden_illness", "fire_housing", "exploitation",
  "danger_to_worker",
])
export const RISK_VALUES = Object.freeze(["none", "concern", "urgent"])
export const NEXT_WITH = Object.freeze(["person", "family", "us", "none"])
export const MAY_COME = Object.freeze(["agreed", "not_refused", "refused", "unknown"])
export const TAKEN = Object.freeze(["taken", "left", "unknown", ""])
export const FOLLOWUP_KINDS = Object.freeze(["visit", "phone", "letter", "accompaniment", "other"])
export const ROLES = Object.freeze(["worker", "supervisor", "administrator"])
export const PERMISSIONS = Object.freeze(["granted", "denied", "default", "unsupported"])
export const YES_NO = Object.freeze(["yes", "no", "na"])
export const CONSENT_ANSWERS = Object.freeze(["yes", "no", "later"])
export const CONSENT_WAYS = Object.freeze(["on_screen", "spoken", "signed"])
export const NAMED = Object.freeze(["yes", "ask", "no"])
export const GROUNDS = Object.freeze(["consent", "unnamed", "law"])
export const LAWS = Object.freeze([
  "child_abuse",
  "disability_abuse",
  "elder_abuse",
  "domestic_violence",
  "emergency_protection",
  "mental_health",
  "life_in_danger",
])
/** What was seen on a day somebody took part, or said when one side was asked. */
export const MATCH_PERIODS = Object.freeze(["visit", "week", "month", "quarter"])
/** @type {Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>} */
export const MATCH_ANSWERS = Object.freeze({
  person: Object.freeze({
    did: ["inside", "door", "not_today"],
    felt: ["again", "thinking", "not_now", "not_asked"],
    next: ["same", "apart", "elsewhere"],
  }),
  host: Object.freeze({
    did: ["going_well", "unsure", "not_reached"],
    felt: ["go_on", "talk_first", "not_now", "not_asked"],
    next: ["same", "adjust", "rest"],
  }),
})
export const TOLD = Object.freeze(["household", "address", "needs", "health", "contacts", "plan"])

const ID = /^[A-Za-z0-9_-]{1,64}$/
const CLOCK = /^((?:[01][0-9]|2[0-3]):[0-5][0-9])?$/
const TYPE = /^[a-z_]{1,32}\.[a-z_]{1,32}$/

/**
 * The frame of an EVENT (SPEC 3.6). Its body is checkBody's, so that an unknown one can be held by id.
 * @param {any} event
 */
export function checkEvent(event) {
  FRAME(event, "event")
  if (event.v < 1) fail("event.v")
  if (!isObject(event.body)) fail("event.body")
}

/**
 * The body of an event of this type and version, as phones write it.
 * @param {string} type
 * @param {number} v
 * @param {any} body
 * @param {string} [at] when it says it was written
 */
export function checkBody(type, v, body, at) {
  const check = BODIES.get(`${type} ${v}`)
  if (check === undefined) throw new SyncError("unknown_event", TYPE.test(type) ? `${type} ${v}` : "")
  check(body, "body")
  const near = NEAR.get(type)
  if (at !== undefined && near !== undefined) checkNear(body, at, near)
}

/**
 * @param {any} body
 * @param {string} at
 * @param {readonly [string, number, number]} near
 */
function checkNear(body, at, [path, before, after]) {
  let value = body
  for (const step of path.split(".")) value = value[step]
  if (!isNear(value.includes("T") ? value : `${value}T00:00:00Z`, at, before, after)) fail(`body.${path}`)
}

/**
 * @param {string} where
 * @returns {never}
 */
function fail(where) {
  throw new SyncError("malformed", where)
}

/**
 * A check out of a predicate.
 * @param {(value: any) => boolean} good
 * @returns {Check}
 */
function must(good) {
  return (value, where) => {
    if (!good(value)) fail(where)
  }
}

/** An answer of either side. @param {string} part */
function ofAMatch(part) {
  return oneOf(Object.values(MATCH_ANSWERS).flatMap((side) => side[part]))
}

/** @param {unknown} value */
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

const text = must((value) => isText(value))
const line = must(isLine)
const id = must((value) => typeof value === "string" && ID.test(value))
const eventType = must((value) => typeof value === "string" && TYPE.test(value))
const amount = must(isPlausibleAmount)
const flag = must((value) => typeof value === "boolean")
const time = must((value) => isPlausibleTime(value))
const anyTime = must(isTime)
const date = must((value) => isPlausibleDate(value))
const lifeDate = must(isLifeDate)
/** A time of day, HH:MM, or "" for none. */
const clockOrNone = must((value) => typeof value === "string" && CLOCK.test(value))

/**
 * @param {number} length
 * @returns {Check}
 */
function bytes(length) {
  return (value, where) => {
    try {
      unb64u(value, length)
    } catch {
      fail(where)
    }
  }
}

/**
 * @param {number} least
 * @param {number} most
 */
function between(least, most) {
  return must((value) => isCount(value, most) && value >= least)
}

/** @param {readonly (string | number)[]} choices */
function oneOf(choices) {
  return must((value) => choices.includes(value))
}

/**
 * @param {Check} inner
 * @returns {Check}
 */
function orNull(inner) {
  return (value, where) => {
    if (value !== null) inner(value, where)
  }
}

/**
 * @param {Check} inner
 * @returns {Check}
 */
function list(inner) {
  return (value, where) => {
    if (!Array.isArray(value) || value.length > MAX_LIST) fail(where)
    for (const entry of value) inner(entry, `${where}[]`)
  }
}

/**
 * An object with these members; others are let be. An optional member is absent, not null.
 * @param {Record<string, Check>} required
 * @param {Record<string, Check>} [optional]
 * @returns {Check}
 */
function shape(required, optional = {}) {
  return (value, where) => {
    if (!isObject(value)) fail(where)
    for (const [name, inner] of Object.entries(required)) {
      if (!Object.hasOwn(value, name)) fail(`${where}.${name}`)
      inner(value[name], `${where}.${name}`)
    }
    for (const [name, inner] of Object.entries(optional)) {
      if (Object.hasOwn(value, name)) inner(value[name], `${where}.${name}`)
    }
  }
}

/**
 * Answers by key; a key without an answer is absent. Keys of a newer version are let be.
 * @param {readonly string[]} keys
 * @param {readonly string[]} values
 */
function grid(keys, values) {
  return shape({}, Object.fromEntries(keys.map((key) => [key, oneOf(values)])))
}

const answer = shape({}, { c: id, b: oneOf(YES_NO), t: text, n: amount, d: lifeDate })

/** @type {Check} */
function answers(value, where) {
  if (!isObject(value) || Object.keys(value).length > MAX_LIST) fail(where)
  for (const [item, given] of Object.entries(value)) {
    id(item, where)
    answer(given, `${where}[]`)
  }
}

/** @type {Check} */
const FRAME = shape({
  id: bytes(16),
  type: eventType,
  v: between(0, MAX_VERSION),
  at: time,
  case: orNull(id),
  saw: between(0, MAX_REV),
})

const PHOTO = shape({
  blob: bytes(32),
  key: bytes(32),
  size: between(1, MAX_BLOB_BYTES),
  type: oneOf(["image/jpeg"]),
  width: between(1, MAX_PIXELS),
  height: between(1, MAX_PIXELS),
  note: line,
})

const VISIT = shape(
  {
    occurredAt: time,
    channel: oneOf(CHANNELS),
    planned: oneOf(PLANNED),
    outcome: oneOf(OUTCOMES),
    metWith: list(id),
    alone: flag,
    staff: list(id),
    topics: list(line),
    interests: list(line),
    reaction: orNull(oneOf(REACTIONS)),
    stage: orNull(oneOf(STAGES)),
    stageEvent: text,
    notes: shape({ fact: text, quote: text, thirdParty: text, view: text }),
    living: grid(LIVING_KEYS, LIVING_VALUES),
    risk: grid(RISK_KEYS, RISK_VALUES),
    riskCall: orNull(shape({ to: line, at: time, result: text })),
    left: shape({ what: text, taken: oneOf(TAKEN) }),
    hook: text,
    reflection: text,
    promises: list(shape({ id, text: line, due: orNull(date), to: line })),
    checklist: orNull(shape({ id, version: between(0, MAX_VERSION), answers })),
    photos: list(PHOTO),
  },
  {
    endedAt: time,
    place: oneOf(PLACES),
    next: shape({ with: oneOf(NEXT_WITH), mayCome: oneOf(MAY_COME) }),
    byHand: flag,
    ...Object.fromEntries(
      ADDED.map((field) => [field.path, field.kind === "code" ? oneOf(field.codes) : text]),
    ),
  },
)

/**
 * An urgent sign closes only with a voice hand-over noted (domain.md 3.6). No contact ends before it begins.
 * @type {Check}
 */
function visit(value, where) {
  VISIT(value, where)
  if (Object.hasOwn(value, "endedAt") && !isPlausibleSpan(value.occurredAt, value.endedAt))
    fail(`${where}.endedAt`)
  if (Object.values(value.risk).includes("urgent") && value.riskCall === null) fail(`${where}.riskCall`)
}

const QUIET = shape({ from: clockOrNone, until: clockOrNone })

/**
 * Hours have both ends, or there are none.
 * @type {Check}
 */
function quiet(value, where) {
  QUIET(value, where)
  if ((value.from === "") !== (value.until === "")) fail(`${where}.until`)
}

const bytesStored = between(0, MAX_STORAGE_BYTES)

/**
 * Type → field, seconds before, seconds after: how far what an event names may lie from when it was written.
 * @type {Map<string, readonly [string, number, number]>}
 */
const NEAR = new Map([
  ["visit.logged", ["occurredAt", 100 * YEAR, 31 * DAY]],
  ["visit.corrected", ["record.occurredAt", 100 * YEAR, 31 * DAY]],
  ["followup.scheduled", ["at", YEAR, 10 * YEAR]],
  ["followup.moved", ["at", YEAR, 10 * YEAR]],
  ["case.viewed", ["at", DAY, HOUR]],
  ["worker.departed", ["until", HOUR, DAY + HOUR]],
  ["cover.asked", ["on", 31 * DAY, YEAR]],
  ["handover.sent", ["answerBy", 31 * DAY, YEAR]],
  ["match.followed", ["on", YEAR, DAY]],
])

/** @type {Map<string, Check>} */
const BODIES = new Map([
  ["visit.logged 1", visit],
  [
    "visit.corrected 1",
    shape({
      visit: id,
      replaces: id,
      changed: list(line),
      record: visit,
      answers: orNull(id),
      comment: text,
    }),
  ],
  [
    "followup.scheduled 1",
    shape({
      followup: id,
      at: time,
      kind: oneOf(FOLLOWUP_KINDS),
      with: oneOf(NEXT_WITH),
      note: text,
      remind: flag,
    }),
  ],
  ["followup.done 1", shape({ followup: id, visit: orNull(id) })],
  ["followup.cancelled 1", shape({ followup: id, reason: text })],
  ["followup.moved 1", shape({ followup: id, at: time })],
  ["promise.kept 1", shape({ promise: id })],
  ["case.viewed 1", shape({ at: time })],
  [
    "case.begun 1",
    shape({ title: line, known: shape({ name: line, age: line, place: line, through: line }) }),
  ],
  ["cover.asked 1", shape({ staff: id, to: orNull(id), on: date, note: text })],
  ["notice.given 1", shape({ notice: id, who: line, place: line, noticed: text, named: oneOf(NAMED) })],
  ["notice.withdrawn 1", shape({ notice: id })],
  [
    "consent.answered 1",
    shape({ answer: oneOf(CONSENT_ANSWERS), about: line, how: oneOf(CONSENT_WAYS), comment: text }),
  ],
  [
    "handover.sent 1",
    shape({
      handover: id,
      to: line,
      person: line,
      receiver: orNull(id),
      ground: oneOf(GROUNDS),
      law: orNull(oneOf(LAWS)),
      reason: text,
      told: list(oneOf(TOLD)),
      contact: line,
      text,
      answerBy: date,
    }),
  ],
  [
    "match.followed 1",
    shape({
      match: id,
      side: oneOf(Object.keys(MATCH_ANSWERS)),
      period: oneOf(MATCH_PERIODS),
      on: date,
      did: ofAMatch("did"),
      felt: ofAMatch("felt"),
      next: ofAMatch("next"),
      nextOn: orNull(date),
      personWords: text,
      hostWords: text,
    }),
  ],
  ["handover.withdrawn 1", shape({ handover: id, reason: text })],
  ["visit.withdrawn 1", shape({ visit: id, reason: text })],
  ["visit.misfiled 1", shape({ visit: id, to: orNull(id), as: orNull(id), comment: text })],
  ["worker.departed 1", shape({ until: time, watched: flag })],
  ["worker.back 1", shape({})],
  ["reminders.quieted 1", quiet],
  ["watchers.named 1", shape({ staff: list(id) })],
  [
    "device.noted 1",
    shape(
      {
        app: must((value) => isText(value, MAX_APP)),
        notifications: oneOf(PERMISSIONS),
        storage: shape({ used: bytesStored, quota: bytesStored }),
        persisted: flag,
      },
      { clock: shape({ phone: anyTime, relay: anyTime }) },
    ),
  ],
])
