// The one act that makes a record of a draft: at the end of a log, or at once when nobody was met.

import { html, useState } from "../../../vendor/preact.js"
import { useDoor } from "../../session/context.js"
import { troubleText } from "../../components/news.js"
import { swap } from "../../shell/router.js"
import { t } from "../../words/texts.js"
import { stillNeeded } from "../../visit/required.js"

/** @import { Log } from "./log.js" */

/** @param {Log & { beside?: any }} log `beside`: a quiet key at its left */
export function Save({ draft, sheet, beside }) {
  const door = useDoor()
  const [state, setState] = useState({ busy: false, trouble: "" })
  const value = draft.value.value
  const needs = stillNeeded(value, { checklist: value.checklist ?? null })
  const save = async () => {
    setState({ busy: true, trouble: "" })
    try {
      await draft.flush()
      const visit = await door.save(draft)
      swap("saved", { case: sheet.id, visit })
      void door.syncNow()
    } catch (/** @type {any} */ error) {
      setState({ busy: false, trouble: error?.code ?? "not_saved" })
    }
  }
  return html`<div class="stack">
    ${state.trouble && html`<p class="reason" role="alert">${troubleText(state.trouble)}</p>`}
    <div class=${beside ? "pair pair-main" : "stack"}>${beside}
      <button class="button button-main" type="button" disabled=${needs.length > 0 || state.busy} onClick=${save} aria-describedby="why-not">${t("check.save")}</button></div>
    ${needs.length > 0 && html`<p class="help" id="why-not">${t(needs.some(({ key }) => key === "riskCall") ? "check.waits_for_call" : "check.waits", { n: needs.length })}</p>`}
  </div>`
}
