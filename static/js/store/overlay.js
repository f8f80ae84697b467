// The office's documents with this worker's own, not yet answered work laid over them: a follow-up
// done an hour ago in a valley without signal is done, also on the screen. The documents on the disk
// stay as the office sent them; once the office has applied an event its own document says the same.

import { readPath } from "./paths.js"

/** @typedef {import("../road/pack.js").Event} Event */

/** @param {Map<string, any>} documents @param {Iterable<Event>} events oldest first @returns {Map<string, any>} */
export function withOwnWork(documents, events) {
  const shown = new Map(documents)
  for (const event of events) LAYERS[event.type]?.(shown, event)
  return shown
}

/** @type {Record<string, (shown: Map<string, any>, event: Event) => void>} */
const LAYERS = {
  "visit.logged": (shown, event) => changeCase(shown, event.case, (sheet) => withContact(sheet, event, workerName(shown))),
  "visit.corrected": (shown, event) => {
    const { visit, record } = event.body
    changeCase(shown, event.case, (sheet) => ({
      ...sheet,
      contacts: sheet.contacts.map((/** @type {any} */ one) => (one.id === visit ? { ...one, ...record, pending: true } : one)),
    }))
    const doc = shown.get(`record/${visit}`)
    if (doc) shown.set(`record/${visit}`, withVersion(doc, event, workerName(shown)))
  },
  "promise.kept": (shown, { case: id, body }) => changeCase(shown, id, (sheet) => ({
    ...sheet,
    promises: sheet.promises.map((/** @type {any} */ one) => (one.id === body.promise ? { ...one, kept: true } : one)),
  })),
  "followup.scheduled": (shown, { case: id, body }) => changeFollowUps(shown, (list) =>
    list.some((one) => one.followup === body.followup) ? list : [...list, { ...body, case: id, state: "open", pending: true }]),
  "followup.done": (shown, { body }) => setFollowUp(shown, body.followup, () => ({ state: "done" })),
  // Done beats cancelled, in any order of arrival (EVENTS.md).
  "followup.cancelled": (shown, { body }) =>
    setFollowUp(shown, body.followup, (one) => ({ state: one.state === "done" ? "done" : "cancelled" })),
  "followup.moved": (shown, { body }) => setFollowUp(shown, body.followup, () => ({ at: body.at })),
}

/** @param {any} sheet @param {Event} event @param {string} by */
function withContact(sheet, event, by) {
  const { body } = event
  if (sheet.contacts.some((/** @type {any} */ one) => one.id === event.id)) return sheet
  const contacts = [{ ...body, id: event.id, by, review: null, pending: true }, ...sheet.contacts]
    .sort((a, b) => (a.occurredAt < b.occurredAt ? 1 : -1))
  const point = { at: body.occurredAt, stage: body.stage, reaction: body.reaction, outcome: body.outcome,
    channel: body.channel, stageEvent: body.stageEvent }
  const line = [...sheet.line, point].sort((a, b) => (a.at < b.at ? -1 : 1))
  const made = (body.promises ?? []).map((/** @type {any} */ one) => ({ ...one, madeOn: body.occurredAt.slice(0, 10), kept: false }))
  const hook = body.hook ? { text: body.hook, at: body.occurredAt } : sheet.hook
  return { ...sheet, contacts, line, hook, promises: [...sheet.promises, ...made] }
}

/** The next correction replaces this one, not what the office has seen so far. @param {any} doc @param {Event} event @param {string} by */
function withVersion(doc, { id, at, body }, by) {
  if (doc.versions.some((/** @type {any} */ one) => one.id === id)) return doc
  const { changed, comment, record, answers } = body
  const was = Object.fromEntries(changed.map((/** @type {string} */ path) => [path, readPath(doc.record, path)]))
  return { ...doc, record, versions: [...doc.versions, { id, at, by, changed, was, comment, pending: true }],
    review: afterCorrection(doc.review, answers) }
}

/**
 * What the office said of a record, as far as the worker's own correction leaves it true.
 * @param {any} review @param {string | null} answers
 */
export function afterCorrection(review, answers) {
  if (!review || review.status === "approved") return null
  return review.review === answers ? { ...review, status: "answered" } : review
}

/** @param {Map<string, any>} shown @param {string | null} id @param {(sheet: any) => any} change */
function changeCase(shown, id, change) {
  const path = `case/${id}`
  const sheet = shown.get(path)
  if (sheet) shown.set(path, change({ ...sheet, contacts: sheet.contacts ?? [], line: sheet.line ?? [], promises: sheet.promises ?? [] }))
}

/** @param {Map<string, any>} shown @param {(list: any[]) => any[]} change */
function changeFollowUps(shown, change) {
  const body = shown.get("followups") ?? { followups: [] }
  shown.set("followups", { ...body, followups: change(body.followups) })
}

/** @param {Map<string, any>} shown @param {string} followup @param {(one: any) => object} change */
function setFollowUp(shown, followup, change) {
  changeFollowUps(shown, (list) => list.map((one) => (one.followup === followup ? { ...one, ...change(one) } : one)))
  const { followups } = shown.get("followups")
  const changed = followups.find((/** @type {any} */ one) => one.followup === followup)
  changeCase(shown, changed?.case ?? null, (sheet) => {
    if (sheet.next?.followup !== followup) return sheet
    const open = followups.filter((/** @type {any} */ one) => one.case === sheet.id && one.state === "open")
    return { ...sheet, next: changed.state === "open" ? changed : open.sort(earlier)[0] ?? null }
  })
}

/** @param {{ at: string }} a @param {{ at: string }} b */
const earlier = (a, b) => (a.at < b.at ? -1 : 1)

/** @param {Map<string, any>} shown */
const workerName = (shown) => shown.get("me")?.worker?.name ?? ""
