// The office's documents with this worker's own, not yet answered work laid over them: a follow-up
// done an hour ago in a valley without signal is done, also on the screen. The documents on the disk
// stay as the office sent them; once the office has applied an event its own document says the same.

import { readPath } from "./change_paths.js"

/** @typedef {import("../transport/pack.js").Event} Event */

/** @param {Map<string, any>} documents @param {Iterable<Event>} events oldest first @returns {Map<string, any>} */
export function withOwnWork(documents, events) {
  const shown = new Map(documents)
  const joined = documents.get("me")?.joined ?? {}
  for (const event of events) {
    const home = event.case && joined[event.case]
    if (home && event.type === "case.begun") continue
    LAYERS[event.type]?.(shown, home ? { ...event, case: home } : event)
  }
  return shown
}

/** @type {Record<string, (shown: Map<string, any>, event: Event) => void>} */
const LAYERS = {
  "visit.logged": (shown, event) =>
    changeCase(shown, event.case, (sheet) => withContact(sheet, event, workerName(shown))),
  "visit.corrected": (shown, event) => {
    const { visit, record, changed } = event.body
    changeCase(shown, event.case, (sheet) => ({
      ...sheet,
      contacts: sheet.contacts.map((/** @type {any} */ one) =>
        one.id === visit ? { ...one, ...carried(one, record, changed), pending: true } : one,
      ),
    }))
    const doc = shown.get(`record/${visit}`)
    if (doc) shown.set(`record/${visit}`, withVersion(doc, event, workerName(shown)))
  },
  "watchers.named": (shown, { body }) => {
    const me = shown.get("me")
    if (me) shown.set("me", { ...me, watchers: body.staff })
  },
  "reminders.quieted": (shown, { body }) => {
    const me = shown.get("me")
    if (me?.quiet)
      shown.set("me", { ...me, quiet: [me.quiet[0], ...(body.from && body.until ? [body] : [])] })
  },
  "case.begun": (shown, { case: id, body, at }) => {
    if (id && !shown.has(`case/${id}`)) shown.set(`case/${id}`, begunSheet(id, body, at))
  },
  "cover.asked": (shown, { id, body }) => {
    const me = shown.get("me"),
      covers = me?.covers ?? []
    if (me && !covers.some((/** @type {any} */ one) => one.cover === id))
      shown.set("me", {
        ...me,
        covers: [
          { cover: id, staff: body.staff, to: body.to, on: body.on, state: "asked", pending: true },
          ...covers,
        ],
      })
  },
  "notice.given": (shown, { at, body }) =>
    changeNotices(shown, (list) =>
      list.some(({ notice }) => notice === body.notice)
        ? list
        : [{ at, ...body, answer: null, pending: true }, ...list],
    ),
  "notice.withdrawn": (shown, { body }) =>
    changeNotices(shown, (list) => list.filter(({ notice }) => notice !== body.notice)),
  "visit.withdrawn": (shown, { case: id, body }) =>
    changeCase(shown, id, (sheet) => withoutContact(sheet, body.visit)),
  "visit.misfiled": (shown, { case: id, body }) =>
    changeCase(shown, id, (sheet) => withoutContact(sheet, body.visit)),
  "consent.answered": (shown, { case: id, body }) =>
    changeCase(shown, id, (sheet) => ({ ...sheet, consent: consentAfter(sheet.consent, body.answer) })),
  "handover.sent": (shown, event) =>
    changeHandovers(shown, event.case, (sent) =>
      sent.some(({ handover }) => handover === event.body.handover)
        ? sent
        : [
            {
              ...event.body,
              at: event.at,
              by: workerName(shown),
              withdrawn: false,
              stopped: false,
              answer: null,
              pending: true,
            },
            ...sent,
          ],
    ),
  "match.followed": (shown, { case: id, body }) =>
    changeCase(shown, id, (sheet) =>
      sheet.participation ? { ...sheet, participation: afterHearing(sheet.participation, body) } : sheet,
    ),
  "handover.withdrawn": (shown, { case: id, body }) =>
    changeHandovers(shown, id, (sent) =>
      sent.map((one) => (one.handover === body.handover ? { ...one, withdrawn: true } : one)),
    ),
  "promise.kept": (shown, { case: id, body }) =>
    changeCase(shown, id, (sheet) => ({
      ...sheet,
      promises: sheet.promises.map((/** @type {any} */ one) =>
        one.id === body.promise ? { ...one, kept: true } : one,
      ),
    })),
  "followup.scheduled": (shown, { case: id, body }) =>
    changeFollowUps(shown, (list) =>
      list.some((one) => one.followup === body.followup)
        ? list
        : [...list, { ...body, case: id, state: "open", pending: true }],
    ),
  "followup.done": (shown, { body }) => setFollowUp(shown, body.followup, () => ({ state: "done" })),
  // Done beats cancelled, in any order of arrival (EVENTS.md).
  "followup.cancelled": (shown, { body }) =>
    setFollowUp(shown, body.followup, (one) => ({ state: one.state === "done" ? "done" : "cancelled" })),
  "followup.moved": (shown, { body }) => setFollowUp(shown, body.followup, () => ({ at: body.at })),
}

/** A question that was answered is gone; one that reached nobody waits for the day that was named.
 * @param {any} taking @param {any} body */
const afterHearing = (taking, { match, side, period, did, nextOn }) => ({
  ...taking,
  matches: taking.matches.map((/** @type {any} */ one) =>
    one.match === match
      ? {
          ...one,
          ask: one.ask
            .filter(
              (/** @type {any} */ ask) => did === "not_reached" || ask.side !== side || ask.period !== period,
            )
            .map((/** @type {any} */ ask) =>
              ask.side === side && ask.period === period && nextOn && nextOn > ask.on
                ? { ...ask, on: nextOn }
                : ask,
            ),
        }
      : one,
  ),
})

/** @param {Map<string, any>} shown @param {string | null} id @param {(sent: any[]) => any[]} change */
const changeHandovers = (shown, id, change) =>
  changeCase(shown, id, (sheet) =>
    sheet.handovers
      ? { ...sheet, handovers: { ...sheet.handovers, sent: change(sheet.handovers.sent) } }
      : sheet,
  )

/** @param {any} sheet @param {Event} event @param {string} by */
function withContact(sheet, event, by) {
  const { body } = event
  if (sheet.contacts.some((/** @type {any} */ one) => one.id === event.id)) return sheet
  const contacts = [{ ...body, id: event.id, by, review: null, pending: true }, ...sheet.contacts].sort(
    (a, b) => (a.occurredAt < b.occurredAt ? 1 : -1),
  )
  const point = {
    at: body.occurredAt,
    stage: body.stage,
    reaction: body.reaction,
    outcome: body.outcome,
    channel: body.channel,
    stageEvent: body.stageEvent,
  }
  const line = [...sheet.line, point].sort((a, b) => (a.at < b.at ? -1 : 1))
  const made = (body.promises ?? []).map((/** @type {any} */ one) => ({
    ...one,
    madeOn: body.occurredAt.slice(0, 10),
    kept: false,
  }))
  const hook = body.hook ? { text: body.hook, at: body.occurredAt } : sheet.hook
  return { ...sheet, contacts, line, hook, promises: [...sheet.promises, ...made] }
}

/** What a correction leaves empty and does not name as changed stands as it stood (EVENTS.md).
 * @param {any} before @param {any} now @param {string[]} changed @returns {any} */
export function carried(before, now, changed) {
  const kept = Object.entries(before ?? {}).filter(
    ([name, value]) =>
      isEmpty(now[name]) &&
      !isEmpty(value) &&
      !changed.some((path) => path === name || path.startsWith(`${name}.`)),
  )
  return { ...now, ...Object.fromEntries(kept) }
}

/** @param {any} value */
const isEmpty = (value) =>
  value === undefined ||
  value === null ||
  value === "" ||
  (typeof value === "object" && Object.keys(value).length === 0)

/** The next correction replaces this one, not what the office has seen so far. @param {any} doc @param {Event} event @param {string} by */
function withVersion(doc, { id, at, body }, by) {
  if (doc.versions.some((/** @type {any} */ one) => one.id === id)) return doc
  const { changed, comment, record, answers } = body
  const was = Object.fromEntries(
    changed.map((/** @type {string} */ path) => [path, readPath(doc.record, path)]),
  )
  return {
    ...doc,
    record: carried(doc.record, record, changed),
    versions: [...doc.versions, { id, at, by, changed, was, comment, pending: true }],
    review: afterCorrection(doc.review, answers),
  }
}

/**
 * What the office said of a record, as far as the worker's own correction leaves it true.
 * @param {any} review @param {string | null} answers
 */
export function afterCorrection(review, answers) {
  if (!review || review.status === "approved") return null
  return review.review === answers ? { ...review, status: "answered" } : review
}

/** @param {string} id @param {any} body @param {string} at */
function begunSheet(id, { title, known }, at) {
  const person = { id: `${id} person`, label: title, index: true, inHousehold: true }
  return {
    id,
    no: "",
    title,
    begun: known,
    person,
    household: { summary: "", members: [person] },
    consent: "unknown",
    safety: [],
    safetyCheckedOn: null,
    contacts: [],
    line: [],
    hook: null,
    promises: [],
    next: null,
    preferences: "",
    worked: [],
    avoid: [],
    issues: [],
    readyAt: at,
    pending: true,
  }
}

/** The sheet as if it had never been written. @param {any} sheet @param {string} visit */
function withoutContact(sheet, visit) {
  const gone = sheet.contacts.find((/** @type {any} */ one) => one.id === visit)
  if (!gone) return sheet
  const contacts = sheet.contacts.filter((/** @type {any} */ one) => one !== gone)
  const made = new Set((gone.promises ?? []).map((/** @type {any} */ one) => one.id))
  const hooked = contacts.find((/** @type {any} */ one) => one.hook)
  return {
    ...sheet,
    contacts,
    line: sheet.line.filter(
      (/** @type {any} */ point) => point.at !== gone.occurredAt || point.outcome !== gone.outcome,
    ),
    promises: sheet.promises.filter((/** @type {any} */ one) => !made.has(one.id)),
    hook:
      sheet.hook?.text === gone.hook && gone.hook
        ? hooked
          ? { text: hooked.hook, at: hooked.occurredAt }
          : null
        : sheet.hook,
  }
}

/** No after yes is a withdrawal. @param {string} before @param {string} answer */
const consentAfter = (before, answer) =>
  answer === "yes"
    ? "given"
    : answer === "later"
      ? "not_yet"
      : ["given", "withdrawn"].includes(before)
        ? "withdrawn"
        : "refused"

/** @param {Map<string, any>} shown @param {string | null} id @param {(sheet: any) => any} change */
function changeCase(shown, id, change) {
  const path = `case/${id}`
  const sheet = shown.get(path)
  if (sheet)
    shown.set(
      path,
      change({
        ...sheet,
        contacts: sheet.contacts ?? [],
        line: sheet.line ?? [],
        promises: sheet.promises ?? [],
      }),
    )
}

/** @param {Map<string, any>} shown @param {(list: any[]) => any[]} change */
function changeNotices(shown, change) {
  const body = shown.get("notices") ?? { notices: [] }
  shown.set("notices", { ...body, notices: change(body.notices) })
}

/** @param {Map<string, any>} shown @param {(list: any[]) => any[]} change */
function changeFollowUps(shown, change) {
  const body = shown.get("followups") ?? { followups: [] }
  shown.set("followups", { ...body, followups: change(body.followups) })
}

/** @param {Map<string, any>} shown @param {string} followup @param {(one: any) => object} change */
function setFollowUp(shown, followup, change) {
  changeFollowUps(shown, (list) =>
    list.map((one) => (one.followup === followup ? { ...one, ...change(one) } : one)),
  )
  const { followups } = shown.get("followups")
  const changed = followups.find((/** @type {any} */ one) => one.followup === followup)
  changeCase(shown, changed?.case ?? null, (sheet) => {
    if (sheet.next?.followup !== followup) return sheet
    const open = followups.filter((/** @type {any} */ one) => one.case === sheet.id && one.state === "open")
    return { ...sheet, next: changed.state === "open" ? changed : (open.sort(earlier)[0] ?? null) }
  })
}

/** @param {{ at: string }} a @param {{ at: string }} b */
const earlier = (a, b) => (a.at < b.at ? -1 : 1)

/** @param {Map<string, any>} shown */
const workerName = (shown) => shown.get("me")?.worker?.name ?? ""
