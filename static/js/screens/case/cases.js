// The cases of this worker, and a search over everything readable on this phone. Also "which visit?" for a record.

import { html, useEffect, useMemo } from "../../../vendor/preact.js"
import { appointment, isoDay, shortDay } from "../../words/dates.js"
import { now } from "../../words/clock.js"
import { useDoor } from "../../session/context.js"
import { Below } from "../../components/deferred.js"
import { DraftBox } from "../../components/draft_field.js"
import { useCases, useField, useKept } from "../../components/hooks.js"
import { Row } from "../../components/list.js"
import { Screen, TabDock } from "../../components/frame.js"
import { icon } from "../../components/icon.js"
import { go } from "../../shell/router.js"
import { language, line, t } from "../../words/texts.js"
import { excerpt, ownRecords, prepare, search } from "../../visit/search.js"
import { sortDay } from "../../visit/day.js"
import { summary } from "../day/today.js"

/** @import { CaseSheet } from "../../shapes.d.ts" */

const MOST = 30 // rows of an answer; more is a better question
const MOST_NOTES = 3
const FIRST_LOOK = 8 // rows that fill a screen

export function Cases() {
  return html`<${Screen} title=${t("cases")} dock=${html`<${TabDock} here="cases" />`}>
    <${CaseList} onOpen=${(/** @type {CaseSheet} */ sheet) => go("case", { case: sheet.id })} /><//>`
}

/** 記録 without an open case asks which visit it was: today's first. */
export function PickVisit() {
  const followups = useDoor().documents.value.get("followups")?.followups ?? []
  const { next, after, late } = sortDay(followups, now.value)
  const planned = [next, ...after, ...late].filter((one) => one !== null)
  const planOf = (/** @type {CaseSheet} */ sheet) => planned.find((one) => one.case === sheet.id)
  return html`
    <${Screen} title=${t("pick.title")} dock=${html`<${TabDock} here="log" />`}>
      <p class="note">${t("pick.note")}</p>
      <${CaseList}
        first=${planned.map((one) => one.case)}
        onOpen=${(/** @type {CaseSheet} */ sheet) =>
          go("log", { case: sheet.id, followup: planOf(sheet)?.followup })}
      />
      <button class="button" type="button" onClick=${() => go("begin")}>${t("begin.title")}</button>
    <//>
  `
}

/** @param {{ onOpen: (sheet: CaseSheet) => void, first?: string[] }} props */
function CaseList({ onOpen, first = [] }) {
  const cases = useCases()
  const documents = useDoor().documents.value
  const draft = useKept("search", { value: { question: "", on: "" } })
  const today = useField(draft, "on") === isoDay(now.value) // of another day it is no question any more
  const question = useField(draft, "question")
  const asked = today ? (question ?? "") : ""
  const sheets = useMemo(() => inOrder(cases, first), [cases, first.join()])
  useEffect(() => prepare(sheets), [sheets])
  const own = useMemo(() => ownRecords(documents, sheets), [documents, sheets])
  const found = useMemo(() => search(asked, sheets, own), [asked, sheets, own])
  const row = (/** @type {typeof found[number]} */ { sheet, hits }) => html`
    <li key=${sheet.id}>
      <${Row} name=${sheet.title} lines=${[summary(sheet), nextLine(sheet)]} onOpen=${() => onOpen(sheet)} />
      ${hits
        .slice(0, MOST_NOTES)
        .map((note, i) => html`<${Hit} key=${i} sheet=${sheet} note=${note} question=${asked} />`)}
    </li>
  `
  return html`
    <search class="search">
      <label class="unseen" for="q">${t("cases.search")}</label>
      ${icon("search", true)}
      <${DraftBox}
        draft=${draft}
        path="question"
        id="q"
        oneLine
        type="search"
        placeholder=${t("cases.search")}
        extra=${{ enterkeyhint: "search" }}
        read=${() => asked}
        write=${(/** @type {string} */ text) => {
          draft.set("question", text)
          draft.set("on", isoDay(now.peek()))
        }}
      />
    </search>
    <p class="unseen" role="status">${asked && t("cases.found", { n: found.length })}</p>
    ${
      found.length > 0
        ? html`
          <ol class="sheet">
            ${found.slice(0, FIRST_LOOK).map(row)}
            <${Below}>${() => found.slice(FIRST_LOOK, asked ? MOST : undefined).map(row)}<//>
          </ol>
        `
        : html`<p class="note">${t(cases.length === 0 ? "cases.none" : "cases.nothing_found")}</p>`
    }
    ${
      asked && found.length > MOST && html`<p class="note">${t("cases.more", { n: found.length - MOST })}</p>`
    }
  `
}

/** A note in which the words were found; one of a contact opens it. @param {{ sheet: CaseSheet, note: import("../../visit/search.js").Note, question: string }} props */
const Hit = ({ sheet, note, question }) =>
  note.contact
    ? html`
      <button
        class="row found"
        type="button"
        onClick=${() => go("contact", { case: sheet.id, visit: note.contact?.id })}
      >
        <time class="soft" datetime=${note.contact.occurredAt}>${shortDay(note.contact.occurredAt)}</time>
        <span>${excerpt(note, question)}</span>
      </button>
    `
    : html`<p class="row found"><span></span><span>${excerpt(note, question)}</span></p>`

/** @param {CaseSheet} sheet */
const nextLine = ({ next }) => next && line(appointment(next.at, now.value), t(`followup.kind.${next.kind}`))

/** @param {CaseSheet[]} cases @param {string[]} first */
function inOrder(cases, first) {
  const { compare } = new Intl.Collator(language.peek())
  const rank = (/** @type {CaseSheet} */ sheet) =>
    first.includes(sheet.id) ? first.indexOf(sheet.id) : first.length
  return [...cases].sort((a, b) => rank(a) - rank(b) || compare(a.kana ?? a.title, b.kana ?? b.title))
}
