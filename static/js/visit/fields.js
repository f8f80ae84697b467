// The fields of a record as people know them: their order on a page, their name, what they say in words.
// Reviews and corrections name them by path: `notes.fact`, `risk.self_harm`, `next.with`.

import { ADDED, PATHS } from "../../../sync/visit_fields.js"
import { clockSpan, clockTime, day, dayTime, shortDay } from "../words/dates.js"
import { coded, known, line, t } from "../words/texts.js"

/** @import { VisitBody, Member } from "../shapes.d.ts" */

export const NOTES = /** @type {const} */ (["fact", "quote", "thirdParty", "view"])

/** Told with another field on one line (`TOGETHER`), or not on a phone at all. */
const TOLD_ELSEWHERE = new Set(["endedAt", "place", "planned", "alone", "staff", "byHand"])

export const ORDER = PATHS.filter((path) => !TOLD_ELSEWHERE.has(path))

/** @param {any} body @param {string} path @returns {any} */
export const at = (body, path) => path.split(".").reduce((value, name) => value?.[name], body)

/** 事実, 次の声かけの切り口 … @param {string} path */
export function fieldName(path) {
  const keys = [`field.${path}`, path.replace(/^notes\./, "note."), path, `field.${path.split(".")[0]}`]
  return t(keys.find(known) ?? "field.other")
}

/**
 * What a record says, field by field, empty fields left out.
 *
 * @param {Partial<VisitBody>} record
 * @param {{ members: Member[] }} people
 * @returns {{ path: string, name: string, text: string }[]}
 */
export const told = (record, people) =>
  ORDER.map((path) => ({
    path,
    name: fieldName(path),
    text: TOGETHER[path]?.(record, people) ?? inWords(path, at(record, path), people),
  })).filter(({ text }) => text !== "")

/** Short fields that are read as one line. @type {Record<string, (record: any, people: { members: Member[] }) => string>} */
const TOGETHER = {
  occurredAt: ({ occurredAt, endedAt }) => `${day(occurredAt)} ${clockSpan(occurredAt, endedAt)}`,
  outcome: ({ outcome, place }) => line(coded("outcome", outcome), coded("place", place)),
  channel: ({ channel, planned, alone }) =>
    line(
      coded("channel", channel),
      coded("planned", planned),
      alone !== undefined && t(alone ? "alone.yes" : "alone.no"),
    ),
}

/** @param {string} path @param {any} value @param {{ members: Member[] }} people @returns {string} */
export function inWords(path, value, { members }) {
  if (value === undefined || value === null || value === "") return ""
  if (ADDED.some((field) => field.path === path && field.kind === "code")) return t(`${path}.${value}`)
  switch (path) {
    case "occurredAt":
      return `${day(value)} ${clockTime(value)}`
    case "endedAt":
      return dayTime(value)
    case "channel":
    case "planned":
    case "outcome":
    case "place":
      return t(`${path}.${value}`)
    case "alone":
      return t(value ? "alone.yes" : "alone.no")
    case "reaction":
      return t(`reaction.${value}`)
    case "stage":
      return `${value} ${t(`stage.${value}`)}`
    case "metWith":
      return line(
        ...value.map((/** @type {string} */ id) =>
          memberName(
            members.find((one) => one.id === id),
            id,
          ),
        ),
      )
    case "topics":
    case "interests":
      return line(...value)
    case "living":
      return grid(value, "living")
    case "risk":
      return risks(value)
    case "riskCall":
      return line(value.to, value.at && dayTime(value.at), value.result)
    case "left":
      return line(value.what, value.taken && t(`left.${value.taken}`))
    case "next":
      return line(
        value.with && t(`next.with.${value.with}`),
        value.mayCome && t(`next.mayCome.${value.mayCome}`),
      )
    case "promises":
      return line(
        ...value.map((/** @type {any} */ one) => one.text + (one.due ? `（${shortDay(one.due)}）` : "")),
      )
    case "checklist":
      return t("checklist.answered", { n: Object.keys(value.answers ?? {}).length })
    case "photos":
      return value.length ? t("photos.count", { n: value.length }) : ""
    default:
      return oneGrid(path, value)
  }
}

/** @param {Member | undefined} member @param {string} [id] */
export const memberName = (member, id = "") =>
  member
    ? [member.index && member.label !== t("member.index") && t("member.index"), member.label]
        .filter(Boolean)
        .join(" ")
    : id

/** @param {Record<string, string>} value @param {"living" | "risk"} which */
const grid = (value, which) =>
  line(
    ...Object.entries(value).map(([key, grade]) => `${t(`${which}.${key}`)} ${t(`${which}.value.${grade}`)}`),
  )

/** What is of concern by name; the rest in two words. @param {Record<string, string>} value */
function risks(value) {
  const named = Object.entries(value).filter(([, grade]) => grade !== "none")
  const none = Object.keys(value).length - named.length
  if (named.length === 0) return none > 0 ? t("risk.said_none", { n: none }) : ""
  return line(grid(Object.fromEntries(named), "risk"), none > 0 && t("risk.said_rest_none", { n: none }))
}

/** @param {string} path @param {any} value */
function oneGrid(path, value) {
  const [group] = path.split(".")
  return group === "living" || group === "risk" ? t(`${group}.value.${value}`) : String(value)
}
