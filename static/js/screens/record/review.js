// A review that came back, or the worker's own correction. What was written stays; the new text stands beside it.

import { html, useState } from "../../../vendor/preact.js"
import { day, nearTime } from "../../words/dates.js"
import { now } from "../../words/clock.js"
import { useDoor } from "../../session/context.js"
import { DraftField } from "../../components/draft_field.js"
import { ActApart } from "../../components/apart.js"
import { follow, SavedAt, Screen } from "../../components/frame.js"
import { useCase, useDraft, useField } from "../../components/hooks.js"
import { Part } from "../../components/list.js"
import { back, place, swap } from "../../shell/router.js"
import { changedPaths } from "../../store/change_paths.js"
import { coded, gap, t } from "../../words/texts.js"
import { at, fieldName, inWords, told } from "../../visit/fields.js"
import { Correcting } from "./correcting.js"
import { History } from "./history.js"
import { Refused } from "../log/log_save.js"

/** @import { Draft } from "../../shapes.d.ts" */

export function Review() {
  const { visit, draft: draftId } = place.value.carried
  const door = useDoor()
  const row = door.records.value.find((one) => one.visit === visit)
  const doc = door.documents.value.get(`record/${visit}`)
  const sheet = useCase(row?.case ?? doc?.case)
  const body = doc?.record ?? sheet?.contacts.find(({ id }) => id === visit)
  if (!doc || !sheet || !body)
    return html`
      <${Screen} title=${t("review.title")} parent="today"><p class="note">${t("contact.not_here")}</p><//>
    `
  return html`
    <${Tied} key=${visit} visit=${visit} draftId=${draftId} doc=${doc} sheet=${sheet} body=${body} />
  `
}

/** @param {{ visit: string, draftId?: string, doc: any, sheet: any, body: any }} props */
function Tied({ visit, draftId, doc, sheet, body }) {
  const review = doc.review?.status === "returned" ? doc.review : null
  const { id, by, review: status, version, pending, ...record } = body
  const draft = useDraft(sheet.id, "correction", {
    about: visit,
    ...(draftId ? { id: draftId } : {}),
    value: {
      visit,
      replaces: doc.versions.at(-1)?.id ?? visit,
      answers: review?.review ?? null,
      changed: [],
      record,
      comment: "",
    },
  })
  return html`
    <${Screen}
      title=${t(review ? "review.title" : "correct.title")}
      parent="today"
      side=${draft && html`<${SavedAt} at=${draft.savedAt} />`}
      dock=${
        draft &&
        html`
          <${ActApart} back=${t("act.later")} onBack=${() => back("contact", { case: sheet.id, visit })}>
            <${Send}
              draft=${draft}
              before=${record}
              visit=${visit}
              caseId=${sheet.id}
              answering=${Boolean(review)}
            />
          <//>
        `
      }
    >
      <p class="context">
        <span>
          <b class="strong">
            ${t("log.title", { name: sheet.title, channel: coded("channel", body.channel) })}
          </b>
          ${gap()}
          <span class="together">${day(body.occurredAt)}</span>
        </span>
        <a href="#/contact" onClick=${follow("contact", { case: sheet.id, visit })}>${t("review.whole")}</a>
      </p>
      ${
        draft &&
        (review
          ? html`<${OneField} draft=${draft} review=${review} before=${record} sheet=${sheet} />`
          : html`<${Correcting} draft=${draft} before=${record} sheet=${sheet} />`)
      }
      ${
        review &&
        draft &&
        html`<${Rest} draft=${draft} before=${record} sheet=${sheet} field=${review.field} />`
      }
      <${History} versions=${doc.versions} people=${sheet.household} />
    <//>
  `
}

/** The question and the field it is tied to. @param {{ draft: Draft, review: any, before: any, sheet: any }} props */
function OneField({ draft, review, before, sheet }) {
  const path = review.field ?? "notes.fact"
  return html`
    <section class="tied" aria-labelledby="tied">
      <h2 class="field-title" id="tied">
        ${fieldName(path)}
        <span class="must">${t("review.one_place")}</span>
      </h2>
      <blockquote class="quoted">
        ${inWords(path, at(before, path), sheet.household) || t("history.empty")}
      </blockquote>
      <div class="question">
        <h3>${t("review.from", { name: review.by, at: nearTime(review.at, now.value) })}</h3>
        ${review.passage && html`<blockquote class="soft">${review.passage}</blockquote>`}
        <p>${review.question}</p>
      </div>
      <${Correcting} draft=${draft} before=${before} sheet=${sheet} only=${path} />
      <p class="help">${t("review.stays")}</p>
      <${DraftField}
        draft=${draft}
        path="comment"
        label=${t("review.reply")}
        must=${t("optional")}
        rows=${2}
        placeholder=${t("review.reply.who", { name: review.by })}
      />
    </section>
  `
}

/** Everything else of the record, to read beside the question or to correct too. @param {{ draft: Draft, before: any, sheet: any, field: string }} props */
function Rest({ draft, before, sheet, field }) {
  const [open, setOpen] = useState(false)
  const others = told(before, sheet.household).filter(({ path }) => path !== field)
  return html`
    <${Part}
      title=${t("review.rest")}
      aside=${html`
        <button class="link" type="button" aria-expanded=${open} onClick=${() => setOpen(!open)}>
          ${t(open ? "close" : "review.correct_too")}
        </button>
      `}
    >
      ${
        open
          ? html`<${Correcting} draft=${draft} before=${before} sheet=${sheet} without=${field} />`
          : html`
            <dl class="told">
              ${others.map(
                ({ path, name, text }) => html`<div key=${path}><dt>${name}</dt><dd>${text}</dd></div>`,
              )}
            </dl>
          `
      }
    <//>
  `
}

/** @param {{ draft: Draft, before: any, visit: string, caseId: string, answering: boolean }} props */
function Send({ draft, before, visit, caseId, answering }) {
  const door = useDoor()
  const record = useField(draft, "record"),
    comment = useField(draft, "comment")
  const [state, setState] = useState({ busy: false, trouble: "", detail: "" })
  const changed = changedPaths(before, record ?? before)
  const refused = Object.keys(useField(draft, "refusedDates") ?? {}).length > 0
  const nothing = changed.length === 0 && !(answering && comment?.trim())
  const send = async () => {
    setState({ busy: true, trouble: "", detail: "" })
    try {
      draft.set("changed", changed)
      await draft.flush()
      await door.save(draft)
      swap("saved", { case: caseId, visit })
      void door.syncNow()
    } catch (/** @type {any} */ error) {
      setState({ busy: false, trouble: error?.code ?? "not_saved", detail: error?.detail ?? "" })
    }
  }
  return html`
    <div class="stack">
      ${state.trouble && html`<${Refused} ...${state} />`}
      <button
        class="button button-main"
        type="button"
        disabled=${nothing || refused || state.busy}
        onClick=${send}
        aria-describedby="why-not"
      >
        ${t(answering ? "review.send" : "correct.send")}
      </button>
      ${refused && html`<p class="help">${t("need.date")}</p>`}
      ${
        nothing &&
        html`<p class="help" id="why-not">${t(answering ? "review.nothing_yet" : "correct.nothing_yet")}</p>`
      }
    </div>
  `
}
