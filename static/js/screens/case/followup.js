// The next appointment of a case: when, with whom, what before; moved or called off in place.

import { html, useState } from "../../../vendor/preact.js"
import { appointment, localMinute } from "../../words/dates.js"
import { now } from "../../words/clock.js"
import { useDoor } from "../../session/context.js"
import { DraftBox, DraftDate } from "../../components/draft_field.js"
import { useField, useKept } from "../../components/hooks.js"
import { Part } from "../../components/list.js"
import { Trouble } from "../../components/news.js"
import { coded, line, t } from "../../words/texts.js"
import { cancelFollowUp, moveFollowUp } from "../../session/case_events.js"
import { lateness } from "../../visit/day.js"
import { ahead } from "../../visit/times.js"

/** @import { CaseSheet, FollowUp } from "../../shapes.d.ts" */

/** @param {{ sheet: CaseSheet }} props */
export function NextAppointment({ sheet }) {
  const next = sheet.next
  const [changing, setChanging] = useState(useBegunChange(next?.followup))
  if (!next) return html`<${Part} title=${t("case.next")}><p class="note">${t("case.next.none")}</p><//>`
  return html`<${Part} title=${t("case.next")}
      aside=${html`<button class="link" type="button" aria-expanded=${changing} onClick=${() => setChanging(!changing)}>${t(changing ? "close" : "change")}</button>`}>
    <dl class="facts">
      <dt>${t("next.when")}</dt><dd class="strong"><time datetime=${next.at}>${appointment(next.at, now.value)}</time>${lateness(next, now.value) && html`<span class="soft"> ${lateness(next, now.value)}</span>`}</dd>
      <dt>${t("next.how")}</dt><dd>${line(t(`followup.kind.${next.kind}`), coded("next.with", next.with))}</dd>
      ${next.note && html`<dt>${t("next.before")}</dt><dd>${next.note}</dd>`}
    </dl>
    ${changing && html`<${Change} caseId=${sheet.id} next=${next} onDone=${() => setChanging(false)} />`}<//>`
}

/** A change that was begun before the phone locked stands open again. @param {string | undefined} followup */
export const useBegunChange = (followup) => useDoor().drafts.list.peek().some(({ kind, about }) => kind === "appointment" && about === followup)

/** @param {{ caseId: string, next: FollowUp, onDone: () => void }} props */
export function Change({ caseId, next, onDone }) {
  const door = useDoor()
  const draft = useKept("appointment", { case: caseId, about: next.followup, value: { at: localMinute(next.at), reason: "" } })
  const at = useField(draft, "at") ?? "", reason = useField(draft, "reason") ?? ""
  const [trouble, setTrouble] = useState("")
  const then = (/** @type {Promise<unknown>} */ act) => act.then(() => draft.discard()).then(onDone).catch((error) => setTrouble(error?.code ?? "not_saved"))
  return html`<div class="tied">
    <${DraftDate} draft=${draft} name="at" label=${t("next.move")} type="datetime-local" value=${at} ...${ahead(now.value)} onPick=${(/** @type {string} */ picked) => draft.set("at", picked)} />
    <button class="button" type="button" disabled=${!at || at === localMinute(next.at)} onClick=${() => then(moveFollowUp(door, caseId, next.followup, at))}>${t("next.move.do")}</button>
    <div class="field"><label for="why">${t("next.cancel")}</label>
      <${DraftBox} draft=${draft} path="reason" id="why" oneLine placeholder=${t("next.cancel.why")} /></div>
    <button class="button" type="button" disabled=${!reason.trim()} onClick=${() => then(cancelFollowUp(door, caseId, next.followup, reason.trim()))}>${t("next.cancel.do")}</button>
    <${Trouble} code=${trouble} />
  </div>`
}
