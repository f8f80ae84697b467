// Log, the last look: what is still needed, what will be written, then save. A record with an urgent danger waits for
// the voice hand-over; the draft is never in danger.

import { html, useState } from "../../../vendor/preact.js"
import { appointment } from "../../words/dates.js"
import { now } from "../../words/clock.js"
import { icon } from "../../components/icon.js"
import { Part } from "../../components/list.js"
import { go, swap } from "../../shell/router.js"
import { coded, line, t } from "../../words/texts.js"
import { answersToSend } from "../../visit/checklist.js"
import { stillNeeded } from "../../visit/required.js"
import { withTyped } from "../../visit/typed.js"
import { told } from "../../visit/fields.js"
import { goStep, LogStep } from "./log.js"
import { Save } from "./log_save.js"

/** @import { Log } from "./log.js" */
/** @import { Need } from "../../visit/required.js" */

export const LogCheck = () => html`<${LogStep} step="check" body=${Check} act=${Save} />`

/** @param {Log} log */
function Check(log) {
  const { draft, sheet } = log
  const value = withTyped(draft.value.value)
  const needs = stillNeeded(value, { checklist: value.checklist ?? null, now: now.value })
  const { kept } = answersToSend(value.checklist, value.record?.checklist?.answers ?? {})
  return html`
    ${
      needs.length > 0 &&
      html`
        <${Part} title=${t("check.needed")}>
          <ul class="sheet">
            ${needs.map(
              (need) => html`
                <li key=${need.key + need.at}>
                  <button class="later" type="button" onClick=${() => toNeed(log, need)}>
                    <span class=${need.screen === "urgent" ? "waits" : "star"}>
                      ${icon(need.screen === "urgent" ? "call" : "write", true)}
                    </span>
                    <span>${t(`need.${need.key}`, { n: need.n ?? 0 })}</span>
                    <span class="go">${icon("go", true)}</span>
                  </button>
                </li>
              `,
            )}
          </ul>
        <//>
      `
    }
    <${Part} title=${t("check.record")}>
      <dl class="told">
        ${told(value.record, sheet.household).map(
          ({ path, name, text }) => html`<div key=${path}><dt>${name}</dt><dd>${text}</dd></div>`,
        )}
        ${
          value.followup &&
          html`
            <div>
              <dt>${t("check.followup")}</dt>
              <dd>
                ${line(
                  appointment(value.followup.at, now.value),
                  coded("followup.kind", value.followup.kind),
                  value.followup.note,
                )}
                ${value.followup.remind && html`<br /><span class="soft">${t("next.remind.when")}</span>`}
              </dd>
            </div>
          `
        }
      </dl>
      ${kept > 0 && html`<p class="note">${t("check.not_asked", { n: kept })}</p>`}
    <//>
    <${PutAway} ...${log} />
  `
}

/** @param {Log} log @param {Need} need */
const toNeed = (log, { screen, key, at = key }) =>
  screen === "urgent" ? go("urgent", { case: log.sheet.id, draft: log.draft.id }) : goStep(log, screen, at)

/** Putting a draft away is the worker's own act, asked twice. @param {Log} log */
function PutAway({ draft }) {
  const [asked, setAsked] = useState(false)
  if (!asked)
    return html`
      <button class="button button-plain" type="button" onClick=${() => setAsked(true)}>
        ${t("draft.put_away")}
      </button>
    `
  return html`<div class="tied"><p>${t("draft.put_away.sure")}</p><div class="pair">
    <button class="button" type="button" onClick=${() => setAsked(false)}>${t("draft.keep")}</button>
    <button class="button" type="button" onClick=${async () => {
      await draft.discard()
      swap("today")
    }}>${t("draft.put_away.do")}</button></div></div>`
}
