// Telling another section or agency: only what the person agreed to, a question that names nobody, or what a law asks
// for. The very text that will arrive stands here; below, earlier ones with their answer.

import { GROUNDS, LAWS } from "../../../../sync/events.js"
import { MAX_LINE, MAX_TEXT } from "../../../../sync/bounds.js"
import { html, useState } from "../../../vendor/preact.js"
import { useDoor } from "../../session/context.js"
import { Choices } from "../../components/choice.js"
import { DraftDate, DraftField } from "../../components/draft_field.js"
import { SavedAt, Screen, TaskDock } from "../../components/frame.js"
import { useCase, useDraft, useField } from "../../components/hooks.js"
import { icon } from "../../components/icon.js"
import { Part } from "../../components/list.js"
import { Trouble } from "../../components/news.js"
import { go, place } from "../../shell/router.js"
import { names } from "../../visit/names.js"
import { answered, daysLater } from "../../visit/times.js"
import { now } from "../../words/clock.js"
import { localMinute, monthDay } from "../../words/dates.js"
import { line, t } from "../../words/texts.js"

/** @import { CaseSheet, Draft, PassedOn } from "../../shapes.d.ts" */

const WITHIN = 14 // days for an answer, unless another day is named

export function PassOn() {
  const { case: caseId } = place.value.carried
  const draft = useDraft(caseId, "handover", {
    value: {
      to: "",
      ground: "",
      law: "",
      reason: "",
      told: [],
      text: "",
      answerBy: localMinute(daysLater(WITHIN, now.peek().toISOString(), now.peek())).slice(0, 10),
    },
  })
  const sheet = useCase(caseId)
  if (!sheet)
    return html`
      <${Screen} title=${t("pass.title")} parent="cases"><p class="note">${t("case.gone.why")}</p><//>
    `
  return draft
    ? html`<${Writing} key=${draft.id} draft=${draft} sheet=${sheet} />`
    : html`<main class="gate" aria-busy="true"></main>`
}

/** @param {{ draft: Draft, sheet: CaseSheet }} props */
function Writing({ draft, sheet }) {
  const door = useDoor()
  const [to, ground, law, reason, told, text, answerBy] = [
    "to",
    "ground",
    "law",
    "reason",
    "told",
    "text",
    "answerBy",
  ].map((path) => useField(draft, path))
  const [trouble, setTrouble] = useState("")
  const { may, sent } = sheet.handovers ?? { may: [], sent: [] }
  const agreed = may.find((one) => one.to === to)?.told ?? []
  const kept = told.filter((/** @type {string} */ one) => ground !== "consent" || agreed.includes(one))
  const contact = kept.includes("address") ? contactOf(sheet) : ""
  const lacks = !to
    ? "to"
    : !ground
      ? "ground"
      : ground === "consent" && kept.length === 0
        ? "told"
        : ground === "law" && !(law && reason.trim())
          ? "law"
          : !text.trim()
            ? "text"
            : ground === "unnamed" && names(sheet.persons ?? [], text)
              ? "named"
              : ""
  const send = async () => {
    try {
      await door.write("handover.sent", sheet.id, {
        handover: draft.id,
        to,
        person: "",
        receiver: null,
        ground,
        law: ground === "law" ? law : null,
        reason: ground === "law" ? reason.trim() : "",
        told: ground === "unnamed" ? [] : kept,
        contact: ground === "unnamed" ? "" : contact,
        text: text.trim(),
        answerBy,
      })
      await draft.discard()
      go("case", { case: sheet.id })
      void door.syncNow()
    } catch (/** @type {any} */ error) {
      setTrouble(error?.code ?? "not_saved")
    }
  }
  const pick = (/** @type {string} */ path) => (/** @type {any} */ value) => draft.set(path, value)
  return html`
    <${Screen}
      title=${t("pass.title")}
      over=${sheet.title}
      parent="case"
      carried=${{ case: sheet.id }}
      side=${html`<${SavedAt} at=${draft.savedAt} />`}
      dock=${html`
        <${TaskDock}>
          <button class="button button-main" type="button" disabled=${lacks !== ""} onClick=${send}>
            ${icon("send")}
            ${t("pass.send")}
          </button>
        <//>
      `}
    >
      <fieldset class="field">
        <legend>${t("pass.to")}</legend>
        <${Choices}
          value=${to}
          onPick=${pick("to")}
          options=${may.map((one) => ({ value: one.to, label: one.to }))}
        />
      </fieldset>
      <fieldset class="field">
        <legend>${t("pass.ground")}</legend>
        <${Choices}
          value=${ground}
          onPick=${pick("ground")}
          options=${GROUNDS.map((value) => ({
            value,
            label: t(`pass.ground.${value}`),
            small: t(`pass.ground.${value}.why`),
          }))}
        />
      </fieldset>
      ${
        ground === "consent" &&
        to &&
        html`
          <fieldset class="field">
            <legend>${t("pass.told")}</legend>
            ${
              agreed.length > 0
                ? html`
                  <${Choices}
                    many
                    value=${kept}
                    onPick=${pick("told")}
                    options=${agreed.map((value) => ({
                      value,
                      label: t(`pass.told.${value}`),
                      small: value === "address" ? contactOf(sheet) : "",
                    }))}
                  />
                `
                : html`
                  <p class="note">${t("pass.none")}</p>
                  <button class="button" type="button" onClick=${() => go("hand-over", { case: sheet.id })}>
                    ${t("hand.title")}
                  </button>
                `
            }
          </fieldset>
        `
      }
      ${
        ground === "law" &&
        html`
          <fieldset class="field">
            <legend>${t("pass.law")}</legend>
            <${Choices}
              value=${law}
              onPick=${pick("law")}
              options=${LAWS.map((value) => ({ value, label: t(`pass.law.${value}`) }))}
            />
          </fieldset>
          <${DraftField}
            draft=${draft}
            path="reason"
            label=${t("pass.reason")}
            rows=${2}
            longest=${MAX_TEXT}
          />
        `
      }
      <${DraftField}
        draft=${draft}
        path="text"
        label=${t("pass.text")}
        help=${t("pass.text.help")}
        rows=${5}
        longest=${MAX_TEXT}
      />
      <${DraftDate}
        draft=${draft}
        name="answerBy"
        label=${t("pass.answerBy")}
        type="date"
        ...${answered(now.value)}
        value=${answerBy}
        onPick=${pick("answerBy")}
      />
      ${lacks && html`<p class="help">${t(`pass.lacks.${lacks}`)}</p>`}
      <p class="note">${t("pass.urgent")}</p>
      <${Trouble} code=${trouble} />
      ${
        sent.length > 0 &&
        html`
          <${Part} title=${t("pass.before")}>
            <ul class="sheet">
              ${sent.map(
                (one) => html`<li key=${one.handover}><${Earlier} one=${one} caseId=${sheet.id} /></li>`,
              )}
            </ul>
          <//>
        `
      }
    <//>
  `
}

/** One that was sent, where it is, and what was answered. @param {{ one: PassedOn, caseId: string }} props */
function Earlier({ one, caseId }) {
  const door = useDoor()
  const [asked, setAsked] = useState(false)
  const back = () => door.write("handover.withdrawn", caseId, { handover: one.handover, reason: "" })
  return html`
    <div class="made">
      <span>
        <b>${one.to}</b> ${monthDay(one.at)}
        <small>${one.text}</small>
        <small>${icon(one.answer ? "done" : one.pending ? "device" : "send", true)}${standing(one)}</small>
        ${one.answer && html`<small>${line(one.answer.why, one.answer.by, monthDay(one.answer.on))}</small>`}
      </span>
      ${
        !one.answer &&
        !one.withdrawn &&
        (asked
          ? html`
            <div>
              <p>${t("pass.back.sure")}</p>
              <div class="pair">
                <button class="button" type="button" onClick=${() => setAsked(false)}>
                  ${t("pass.back.not")}
                </button>
                <button class="button" type="button" onClick=${back}>${t("pass.back")}</button>
              </div>
            </div>
          `
          : html`
            <button class="button" type="button" onClick=${() => setAsked(true)}>${t("pass.back")}</button>
          `)
      }
    </div>
  `
}

/** @param {PassedOn} one */
function standing(one) {
  if (one.withdrawn) return t("pass.withdrawn")
  if (one.answer) return t(`pass.answer.${one.answer.answer}`)
  return one.pending
    ? t("pass.on_phone")
    : one.stopped
      ? t("pass.stopped")
      : t("pass.waits", { day: monthDay(one.answerBy) })
}

/** As the office writes it: name, reading, address and telephone of the person. @param {CaseSheet} sheet */
function contactOf({ persons = [], person }) {
  const one = persons.find(({ member }) => member === person?.id)
  if (!one) return ""
  const name = one.name && one.reading ? `${one.name}（${one.reading}）` : one.name || one.reading
  return [name, one.address, one.telephone].filter(Boolean).join("　").slice(0, MAX_LINE)
}
