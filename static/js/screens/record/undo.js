// What was written by mistake: taken back within ten minutes, or told to belong to another household. Neither is silent:
// the log keeps what was written, and every list, on every phone, lets go of it.

import { html, useState } from "../../../vendor/preact.js"
import { now } from "../../words/clock.js"
import { clockTime } from "../../words/dates.js"
import { useDoor } from "../../session/context.js"
import { Choices } from "../../components/choice.js"
import { DraftField } from "../../components/draft_field.js"
import { ActApart } from "../../components/apart.js"
import { SavedAt, Screen, TaskDock } from "../../components/frame.js"
import { useCase, useCases, useDraft, useField, useKept } from "../../components/hooks.js"
import { Row } from "../../components/list.js"
import { Trouble } from "../../components/news.js"
import { back, go, place, swap } from "../../shell/router.js"
import { newId } from "../../store/ids.js"
import { line, t } from "../../words/texts.js"
import { summary } from "../day/today.js"

/** @import { CaseSheet, Draft, RecordRow } from "../../shapes.d.ts" */

const TEN_MINUTES = 10 * 60_000

/** @param {{ record: RecordRow, body: any }} props */
export function Undo({ record, body }) {
  const until = record.written ? new Date(record.written).getTime() + TEN_MINUTES : 0
  if (!body) return null
  return html`
    <div class="stack">
      ${
        now.value.getTime() < until &&
        html`
          <button
            class="button"
            type="button"
            onClick=${() => go("take-back", { case: record.case, visit: record.visit })}
          >
            ${t("undo.take_back", { at: clockTime(until) })}
          </button>
        `
      }
      <button
        class="button button-plain"
        type="button"
        onClick=${() => go("misfiled", { case: record.case, visit: record.visit })}
      >
        ${t("undo.misfiled")}
      </button>
    </div>
  `
}

export function TakeBack() {
  const { case: caseId, visit } = place.value.carried
  const door = useDoor(),
    sheet = useCase(caseId)
  const draft = useKept("take-back", { case: caseId, about: visit, value: { reason: "" } })
  const [trouble, setTrouble] = useState("")
  const act = async () => {
    try {
      const body = await door.bodyOf(visit)
      // A follow-up the visit had closed is open again: nobody goes there otherwise.
      const again = door.events
        .peek()
        .filter(({ type, body: told }) => type === "followup.done" && told.visit === visit)
        .map(({ body: told }) =>
          door.documents
            .peek()
            .get("followups")
            ?.followups.find((/** @type {any} */ one) => one.followup === told.followup),
        )
        .filter(Boolean)
      await door.writeAll([
        ["visit.withdrawn", caseId, { visit, reason: (draft.value.peek().reason ?? "").trim() }],
        ...again.map(({ at, kind, with: withWhom, note, remind }) => [
          "followup.scheduled",
          caseId,
          { followup: newId(), at, kind, with: withWhom, note: note ?? "", remind: Boolean(remind) },
        ]),
      ])
      await draft.discard()
      swap("case", { case: caseId, back: Boolean(body) })
      void door.syncNow()
    } catch (/** @type {any} */ error) {
      setTrouble(error?.code ?? "not_saved")
    }
  }
  return html`
    <${Screen}
      title=${t("undo.take_back.title", { name: sheet?.title ?? "" })}
      parent="contact"
      carried=${{ case: caseId, visit }}
      dock=${html`
        <${ActApart} back=${t("undo.leave")} onBack=${() => back("contact", { case: caseId, visit })}>
          <button class="button" type="button" onClick=${act}>${t("undo.take_back.do")}</button>
        <//>
      `}
    >
      <p>${t("undo.take_back.what")}</p>
      <${DraftField} draft=${draft} path="reason" label=${t("undo.reason")} oneLine />
      <${Trouble} code=${trouble} />
    <//>
  `
}

export function Misfiled() {
  const { case: caseId, visit } = place.value.carried
  const door = useDoor(),
    sheet = useCase(caseId)
  const others = useCases().filter(({ id }) => id !== caseId)
  const [chosen, setChosen] = useState("")
  const [trouble, setTrouble] = useState("")
  const right = others.find(({ id }) => id === chosen)
  const move = async () => {
    try {
      const { photos, ...body } = await door.bodyOf(visit)
      const as = newId()
      // Members are of the wrong household: who was met is told anew there.
      await door.writeAll([
        ["visit.logged", chosen, { ...body, metWith: [], photos: photos ?? [] }, as],
        ["visit.misfiled", caseId, { visit, to: chosen, as, comment: "" }],
      ])
      swap("case", { case: chosen })
      void door.syncNow()
    } catch (/** @type {any} */ error) {
      setTrouble(error?.code ?? "not_saved")
    }
  }
  return html`
    <${Screen}
      title=${t("undo.misfiled.title")}
      parent="contact"
      carried=${{ case: caseId, visit }}
      dock=${html`
        <${ActApart} back=${t("undo.leave")} onBack=${() => back("contact", { case: caseId, visit })}>
          <button class="button button-main" type="button" disabled=${!right} onClick=${move}>
            ${right ? t("undo.misfiled.do", { name: right.title }) : t("undo.misfiled.pick")}
          </button>
        <//>
      `}
    >
      <p>${t("undo.misfiled.what", { name: sheet?.title ?? "" })}</p>
      <${Trouble} code=${trouble} />
      <${Choices}
        value=${chosen}
        onPick=${setChosen}
        options=${others.map((/** @type {CaseSheet} */ one) => ({
          value: one.id,
          label: one.title,
          small: summary(one),
        }))}
      />
      <ol class="sheet">
        <li>
          <${Row}
            name=${t("begin.title")}
            lines=${[t("begin.short")]}
            onOpen=${() => go("begin", { then: "misfiled", case: caseId, visit })}
          />
        </li>
      </ol>
    <//>
  `
}

const KNOWN = ["name", "age", "place", "through"]

/** Somebody who is not on this phone, or has no case yet: what little is known, and then the record. Kept as a draft. */
export function Begin() {
  const draft = useDraft(null, "begin", {
    value: { title: "", known: { name: "", age: "", place: "", through: "" } },
  })
  return draft ? html`<${Beginning} draft=${draft} />` : html`<main class="gate" aria-busy="true"></main>`
}

/** @param {{ draft: Draft }} props */
function Beginning({ draft }) {
  const { then, case: wrong, visit } = place.value.carried
  const door = useDoor()
  const title = useField(draft, "title")
  const [trouble, setTrouble] = useState("")
  const begin = async () => {
    try {
      const told = draft.value.peek()
      await door.writeAll([["case.begun", draft.id, { title: told.title.trim(), known: told.known }]])
      await draft.discard()
      swap(
        then === "misfiled" ? "misfiled" : "log",
        then === "misfiled" ? { case: wrong, visit } : { case: draft.id },
      )
    } catch (/** @type {any} */ error) {
      setTrouble(error?.code ?? "not_saved")
    }
  }
  return html`
    <${Screen}
      title=${t("begin.title")}
      parent="log"
      side=${html`<${SavedAt} at=${draft.savedAt} />`}
      dock=${html`
        <${TaskDock}>
          <button class="button button-main" type="button" disabled=${!title.trim()} onClick=${begin}>
            ${t("begin.do")}
          </button>
        <//>
      `}
    >
      <p class="note">${t("begin.what")}</p>
      <${DraftField}
        draft=${draft}
        path="title"
        label=${t("begin.called")}
        help=${t("begin.called.help")}
        must=${t("must")}
        oneLine
      />
      ${KNOWN.map(
        (key) =>
          html`
            <${DraftField}
              key=${key}
              draft=${draft}
              path=${`known.${key}`}
              label=${t(`begin.${key}`)}
              oneLine
            />
          `,
      )}
      <${Trouble} code=${trouble} />
    <//>
  `
}

/** What is known of somebody whose case was begun here. @param {{ begun: any }} props */
export const Known = ({ begun }) =>
  html`
    <dl class="facts">
      ${KNOWN.filter((key) => begun[key]).map(
        (key) => html`<dt>${t(`begin.${key}`)}</dt><dd>${begun[key]}</dd>`,
      )}
      <dt>${t("begin.state")}</dt>
      <dd>${line(t("begin.state.what"))}</dd>
    </dl>
  `
