// Over every note this phone holds: one folded text a note, made once, then a plain scan.

import { fold, placeOf, wordsOf } from "../../../sync/folding.js"

/** @import { CaseSheet, Contact } from "../shapes.d.ts" */
/** @typedef {{ contact: Contact | null, text: string, folded: string }} Note  `contact` null: of the case itself */
/** @typedef {{ sheet: CaseSheet, hits: Note[] }} Found */

const SLICE = 8 // ms of work before the thumb is heard again

/** @type {WeakMap<CaseSheet, { head: string, notes: Note[] }>} */
const known = new WeakMap()

/** @typedef {{ visit: string, case: string | null, record?: any }} OwnRecord  a document of a record this worker wrote */

/** @type {WeakMap<OwnRecord, Note[]>} */
const knownOwn = new WeakMap()

/**
 * What this worker wrote in the last weeks and no case sheet holds any more, by case.
 *
 * @param {Map<string, any>} documents @param {CaseSheet[]} sheets @returns {Map<string, OwnRecord[]>}
 */
export function ownRecords(documents, sheets) {
  const shown = new Set(sheets.flatMap(({ contacts }) => contacts.map(({ id }) => id)))
  /** @type {Map<string, OwnRecord[]>} */
  const own = new Map()
  for (const [path, doc] of documents)
    if (path.startsWith("record/") && doc.record && doc.case && !shown.has(doc.visit))
      own.set(doc.case, [...(own.get(doc.case) ?? []), doc])
  return own
}

/**
 * Cases in which every word is found, each with the notes that hold them.
 *
 * @param {string} question
 * @param {CaseSheet[]} sheets
 * @param {Map<string, OwnRecord[]>} [own]
 * @returns {Found[]}
 */
export function search(question, sheets, own = new Map()) {
  const words = wordsOf(question)
  if (words.length === 0) return sheets.map((sheet) => ({ sheet, hits: [] }))
  const found = []
  for (const sheet of sheets) {
    const { head, notes } = textsOf(sheet)
    const left = words.filter((word) => !head.includes(word))
    if (left.length === 0) {
      found.push({ sheet, hits: [] })
      continue
    }
    const all = [...notes, ...(own.get(sheet.id) ?? []).flatMap(ownNotes)]
    const hits = all.filter(({ folded }) => left.some((word) => folded.includes(word)))
    if (left.every((word) => hits.some(({ folded }) => folded.includes(word)))) found.push({ sheet, hits })
  }
  return found
}

/** Fold everything beforehand, a little at a time. @param {CaseSheet[]} sheets @returns {() => void} stop */
export function prepare(sheets) {
  let at = 0
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer
  const go = () => {
    const until = performance.now() + SLICE
    while (at < sheets.length && performance.now() < until) textsOf(sheets[at++])
    if (at < sheets.length) timer = setTimeout(go)
  }
  timer = setTimeout(go)
  return () => clearTimeout(timer)
}

/** With a little around it. @param {Note} note @param {string} question */
export function excerpt({ text, folded }, question) {
  const letters = [...text]
  const places = wordsOf(question)
    .map((word) => folded.indexOf(word))
    .filter((place) => place >= 0)
  const from = places.length ? Math.max(0, placeOf(letters, Math.min(...places)) - 12) : 0
  return (
    (from > 0 ? "…" : "") + letters.slice(from, from + 48).join("") + (from + 48 < letters.length ? "…" : "")
  )
}

/** What a case is called, was called, and who lives there. @param {CaseSheet} sheet */
const namesOf = (sheet) => [
  sheet.no,
  sheet.title,
  sheet.kana,
  ...(sheet.formerly ?? []),
  ...Object.values(sheet.begun ?? {}),
  ...sheet.household.members.flatMap(({ label, labels = [] }) => [label, ...labels]),
]

/** @param {(string | null | undefined)[]} texts @param {Contact | null} contact @returns {Note[]} */
const of = (texts, contact) =>
  texts.filter(Boolean).map((text) => ({ contact, text: String(text), folded: fold(String(text)) }))

/** @param {Contact} contact */
const notesOf = (contact) =>
  of(
    [
      ...Object.values(contact.notes ?? {}),
      contact.hook,
      contact.stageEvent,
      [...(contact.topics ?? []), ...(contact.interests ?? [])].join(" "),
    ],
    contact,
  )

/** @param {OwnRecord} doc @returns {Note[]} */
function ownNotes(doc) {
  const there = knownOwn.get(doc) ?? notesOf({ ...doc.record, id: doc.visit })
  knownOwn.set(doc, there)
  return there
}

/** @param {CaseSheet} sheet */
function textsOf(sheet) {
  const there = known.get(sheet)
  if (there) return there
  const made = {
    head: fold(
      namesOf(sheet)
        .filter((name) => typeof name === "string" && name !== "")
        .join("\n"),
    ),
    notes: [
      ...sheet.contacts.flatMap(notesOf),
      ...of(
        [
          sheet.hook?.text,
          sheet.household.summary,
          sheet.preferences,
          ...(sheet.worked ?? []),
          ...(sheet.avoid ?? []),
          ...(sheet.issues ?? []).map(({ text }) => text),
          ...sheet.promises.map(({ text }) => text),
          ...sheet.safety.map(({ text }) => text),
        ],
        null,
      ),
    ],
  }
  known.set(sheet, made)
  return made
}
