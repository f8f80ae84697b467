// The cases of this worker, and a search over everything readable on this phone. Also "which visit?" for a record.

import { html, useMemo, useState } from "../../vendor/preact.js"
import { appointment } from "../dates.js"
import { now } from "../clock.js"
import { useDoor } from "../door.js"
import { useCases } from "../parts/hooks.js"
import { Row } from "../parts/list.js"
import { Screen, TabDock } from "../parts/frame.js"
import { icon } from "../parts/icon.js"
import { go } from "../router.js"
import { language, line, t } from "../texts.js"
import { find, fold, sheetText } from "../visit/fold.js"
import { sortDay } from "../visit/day.js"
import { summary } from "./today.js"

/** @import { CaseSheet } from "../shapes.d.ts" */

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
  return html`<${Screen} title=${t("pick.title")} dock=${html`<${TabDock} here="log" />`}>
    <p class="note">${t("pick.note")}</p>
    <${CaseList} first=${planned.map((one) => one.case)} onOpen=${(/** @type {CaseSheet} */ sheet) => go("log", { case: sheet.id, followup: planOf(sheet)?.followup })} /><//>`
}

/** @param {{ onOpen: (sheet: CaseSheet) => void, first?: string[] }} props */
function CaseList({ onOpen, first = [] }) {
  const cases = useCases()
  const [question, setQuestion] = useState("")
  const places = useMemo(() => cases.map((sheet) => ({ sheet, text: sheetText(sheet) })).sort((a, b) => byOrder(a.sheet, b.sheet, first)), [cases, first.join()])
  const found = find(question, places, ({ text }) => text)
  return html`
    <search class="search"><label class="unseen" for="q">${t("cases.search")}</label>${icon("search", true)}
      <input class="box" id="q" type="search" autocomplete="off" enterkeyhint="search" placeholder=${t("cases.search")}
        onInput=${(/** @type {any} */ event) => setQuestion(event.currentTarget.value)} /></search>
    <p class="unseen" role="status">${question && t("cases.found", { n: found.length })}</p>
    ${found.length > 0 ? html`<ol class="sheet">${found.map(({ sheet }) => html`<li key=${sheet.id}><${Row} name=${sheet.title} lines=${[summary(sheet), nextLine(sheet)]}
        hints=${hitsOf(sheet, question)} onOpen=${() => onOpen(sheet)} /></li>`)}</ol>`
      : html`<p class="note">${t(cases.length === 0 ? "cases.none" : "cases.nothing_found")}</p>`}`
}

/** @param {CaseSheet} sheet */
const nextLine = ({ next }) => next && line(appointment(next.at, now.value), t(`followup.kind.${next.kind}`))

/** Where in the notes the words were found, with a little around them. @param {CaseSheet} sheet @param {string} question @returns {[string, string][]} */
function hitsOf(sheet, question) {
  const [word] = fold(question).split(" ")
  if (!word || fold(sheet.title).includes(word)) return []
  const notes = sheet.contacts.flatMap(({ notes: boxes, hook }) => [...Object.values(boxes ?? {}), hook])
  const hit = [sheet.hook?.text, ...sheet.safety.map(({ text }) => text), ...notes, sheet.household.summary].find((text) => text && fold(text).includes(word))
  return hit ? [["quote", excerpt(hit, word)]] : []
}

/** @param {string} text @param {string} word folded */
function excerpt(text, word) {
  const from = Math.max(0, fold(text).indexOf(word) - 12)
  return (from > 0 ? "…" : "") + text.slice(from, from + 48) + (from + 48 < text.length ? "…" : "")
}

/** @param {CaseSheet} a @param {CaseSheet} b @param {string[]} first */
function byOrder(a, b, first) {
  const rank = (/** @type {CaseSheet} */ sheet) => (first.includes(sheet.id) ? first.indexOf(sheet.id) : first.length)
  return rank(a) - rank(b) || (a.kana ?? a.title).localeCompare(b.kana ?? b.title, language.peek())
}
