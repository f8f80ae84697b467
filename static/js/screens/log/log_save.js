// The one act that makes a record of a draft: at the end of a log, or at once when nobody was met.

import { html, useState } from "../../../vendor/preact.js"
import { now } from "../../words/clock.js"
import { useDoor } from "../../session/context.js"
import { troubleText } from "../../components/news.js"
import { swap } from "../../shell/router.js"
import { t } from "../../words/texts.js"
import { stillNeeded } from "../../visit/required.js"
import { draftIsKept } from "../../visit/assured.js"
import { whereIs } from "../../visit/where.js"
import { goStep } from "./log.js"

/** @import { Log } from "./log.js" */
/** @import { Where } from "../../visit/where.js" */

/** @param {Log & { beside?: any }} log `beside`: a quiet key at its left */
export function Save(log) {
  const { draft, sheet, beside } = log
  const door = useDoor()
  const [state, setState] = useState({ busy: false, trouble: "", detail: "" })
  const value = draft.value.value
  const needs = stillNeeded(value, { checklist: value.checklist ?? null, now: now.value })
  const save = async () => {
    setState({ busy: true, trouble: "", detail: "" })
    try {
      await draft.flush()
      const visit = await door.save(draft)
      swap("saved", { case: sheet.id, visit })
      void door.syncNow()
    } catch (/** @type {any} */ error) {
      setState({ busy: false, trouble: error?.code ?? "not_saved", detail: error?.detail ?? "" })
    }
  }
  return html`
    <div class="stack">
      ${
        state.trouble &&
        html`
          <${Refused} ...${state} onGo=${(/** @type {Where} */ { screen, at }) => goStep(log, screen, at)} />
        `
      }
      <div class=${beside ? "pair pair-main" : "stack"}>
        ${beside}
        <button
          class="button button-main"
          type="button"
          disabled=${needs.length > 0 || state.busy}
          onClick=${save}
          aria-describedby="why-not"
        >
          ${t("check.save")}
        </button>
      </div>
      ${
        needs.length > 0 &&
        html`
          <p class="help" id="why-not">
            ${t(needs.some(({ key }) => key === "riskCall") ? "check.waits_for_call" : "check.waits", {
              n: needs.length,
            })}
            ${
              draftIsKept({ savedAt: draft.savedAt.value, problem: draft.problem.value }) &&
              t("check.draft_kept")
            }
          </p>
        `
      }
    </div>
  `
}

/**
 * Why it could not be saved; what cannot be sent as it is names its field and leads there.
 * @param {{ trouble: string, detail: string, onGo?: (where: Where) => void }} props
 */
export function Refused({ trouble, detail, onGo }) {
  const where = trouble === "malformed" ? whereIs(detail) : null
  return html`
    <div class="reason" role="alert">
      <p>${where ? t("trouble.malformed.where", { field: where.name }) : troubleText(trouble)}</p>
      ${
        where &&
        onGo &&
        html`
          <button class="button" type="button" onClick=${() => onGo(where)}>${t("check.lead_there")}</button>
        `
      }
    </div>
  `
}
