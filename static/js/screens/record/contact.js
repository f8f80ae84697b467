// One contact, read again: proof, debriefing, what was promised. Every version stays; where the record is, is said.

import { html } from "../../../vendor/preact.js"
import { day } from "../../words/dates.js"
import { useDoor } from "../../session/context.js"
import { Screen, TaskDock } from "../../components/frame.js"
import { useCase } from "../../components/hooks.js"
import { RecordPhotos } from "../../components/record_photos.js"
import { Part } from "../../components/list.js"
import { Heard, Road } from "../../components/record_road.js"
import { go, place } from "../../shell/router.js"
import { t } from "../../words/texts.js"
import { told } from "../../visit/fields.js"
import { History } from "./history.js"
import { Undo } from "./undo.js"

export function Contact() {
  const { case: caseId, visit } = place.value.carried
  const door = useDoor()
  const sheet = useCase(caseId)
  const contact = sheet?.contacts.find(({ id }) => id === visit)
  const record = door.records.value.find((one) => one.visit === visit)
  const doc = door.documents.value.get(`record/${visit}`)
  const body = contact ?? doc?.record
  const canCorrect = Boolean(record && doc && body)
  return html`
    <${Screen}
      title=${t("contact.title", { name: sheet?.title ?? "" })}
      parent="cases"
      dock=${html`
        <${TaskDock}>
          ${
            canCorrect &&
            html`
              <button class="button" type="button" onClick=${() => go("review", { visit })}>
                ${t("correct.begin")}
              </button>
            `
          }
        <//>
      `}
    >
      ${
        body &&
        html`
          <p class="context">
            <span><time class="strong" datetime=${body.occurredAt}>${day(body.occurredAt)}</time></span>
            <span>${contact?.by}</span>
          </p>
        `
      }
      ${
        record &&
        html`
          <${Part} title=${t("road.where")}>
            <div class="sheet record">
              <${Road} record=${record} />
              <${Heard} record=${record} />
              ${
                record.review?.status === "returned" &&
                html`
                  <button class="button button-main" type="button" onClick=${() => go("review", { visit })}>
                    ${t("returned.open")}
                  </button>
                `
              }
            </div>
          <//>
        `
      }
      ${
        body && sheet
          ? html`<${Part} title=${t("contact.record")}><dl class="told">${told(body, sheet.household).map(
              ({ path, name, text }) => html`
      <div key=${path}><dt>${name}</dt><dd>${text}</dd></div>`,
            )}</dl><//>`
          : html`<p class="note">${t("contact.not_here")}</p>`
      }
      <${RecordPhotos} visit=${visit} count=${body?.photos?.length ?? 0} record=${record} />
      ${
        doc?.comments?.length
          ? html`
            <${Part} title=${t("contact.talk")}>
              <dl class="told">
                ${doc.comments.map(
                  (/** @type {{ by: string, at: string, text: string }} */ { by, at, text }) =>
                    html`<div key=${at + by}><dt>${by}　${day(at)}</dt><dd>${text}</dd></div>`,
                )}
              </dl>
            <//>
          `
          : null
      }
      ${record && !record.undone && sheet && html`<${Undo} record=${record} body=${body} />`}
      <${History} versions=${doc?.versions ?? []} people=${sheet?.household ?? { members: [] }} />
    <//>
  `
}
