// Reminders are asked for where they are wanted: a next appointment was just made, and nobody has asked this phone yet.

import { html, useRef, useState } from "../../vendor/preact.js"
import { now } from "../words/clock.js"
import { useDoor } from "../session/context.js"
import { t } from "../words/texts.js"
import { isWoken } from "../visit/assured.js"
import { useAsked } from "./hooks.js"
import { icon } from "./icon.js"

/** @import { FollowUp } from "../shapes.d.ts" */

/** @param {{ caseId: string }} props */
export function AskReminders({ caseId }) {
  const door = useDoor()
  const [asked, setAsked] = useState(0)
  const standing = useAsked(() => door.notifications.state(), [asked])
  const made = useRef(false) // stays so once the office has it, while one still looks
  made.current ||= (door.documents.value.get("followups")?.followups ?? []).some(
    (/** @type {FollowUp & { pending?: boolean }} */ one) =>
      one.pending &&
      one.case === caseId &&
      one.state === "open" &&
      one.remind &&
      new Date(one.at) > now.value,
  )
  const ask = () =>
    door.notifications
      .ask()
      .catch(() => {})
      .then(() => setAsked(asked + 1))
  if (!standing || (asked === 0 && (!made.current || standing.permission !== "default"))) return null
  if (standing.permission === "default")
    return html`
      <div class="tied">
        <p>${t("notifications.why")}</p>
        <button class="button" type="button" onClick=${ask}>${t("notifications.ask")}</button>
      </div>
    `
  const works = isWoken(standing)
  const key = works ? "notifications.work" : `notifications.${standing.permission}`
  return html`
    <div class=${works ? "ready" : "reason"} role="status">
      ${works && icon("done")}
      <strong>${t(key)}</strong>
      <span>${t(`${key}.what`)}</span>
    </div>
  `
}
