// The next appointment of a case: when, with whom, what before; moved or called off in place.

import { FOLLOWUP_KINDS, NEXT_WITH } from "../../../../sync/events.js"
import { html, useState } from "../../../vendor/preact.js"
import { appointment, localMinute } from "../../words/dates.js"
import { now } from "../../words/clock.js"
import { useDoor } from "../../session/context.js"
import { Choices } from "../../components/choice.js"
import { DraftBox, DraftDate, DraftField } from "../../components/draft_field.js"
import { useField, useKept } from "../../components/hooks.js"
import { Part } from "../../components/list.js"
import { Trouble } from "../../components/news.js"
import { offerUndo } from "../../components/undo.js"
import { coded, line, t } from "../../words/texts.js"
import { cancelFollowUp, moveFollowUp, planFollowUp } from "../../session/case_events.js"
import { lateness } from "../../visit/day.js"
import { ahead } from "../../visit/times.js"

/** @import { CaseSheet, FollowUp } from "../../shapes.d.ts" */

const NEW = "new" // the follow-up a draft is about that stands nowhere yet

/** @param {{ sheet: CaseSheet }} props */
export function NextAppointment({ sheet }) {
  const next = sheet.next
  const [changing, setChanging] = useState(useBegunChange(next?.followup))
  if (!next)
    return html`
      <${Part} title=${t("case.next")}>
        <p class="note">${t("case.next.none")}</p>
        <${Another} caseId=${sheet.id} />
      <//>
    `
  return html`
    <${Part}
      title=${t("case.next")}
      aside=${html`
        <button class="link" type="button" aria-expanded=${changing} onClick=${() => setChanging(!changing)}>
          ${t(changing ? "close" : "change")}
        </button>
      `}
    >
      <dl class="facts">
        <dt>${t("next.when")}</dt>
        <dd class="strong">
          <time datetime=${next.at}>${appointment(next.at, now.value)}</time>
          ${lateness(next, now.value) && html`<span class="soft"> ${lateness(next, now.value)}</span>`}
        </dd>
        <dt>${t("next.how")}</dt>
        <dd>${line(t(`followup.kind.${next.kind}`), coded("next.with", next.with))}</dd>
        ${next.note && html`<dt>${t("next.before")}</dt><dd>${next.note}</dd>`}
      </dl>
      ${changing && html`<${Change} caseId=${sheet.id} next=${next} onDone=${() => setChanging(false)} />`}
      <${Another} caseId=${sheet.id} />
    <//>
  `
}

/** One more follow-up, without a contact: a call to make, a day to go. @param {{ caseId: string }} props */
function Another({ caseId }) {
  const begun = useDoor()
    .drafts.list.peek()
    .some((one) => one.kind === "appointment" && one.about === NEW && one.case === caseId)
  const [making, setMaking] = useState(begun)
  return html`
    <button class="link" type="button" aria-expanded=${making} onClick=${() => setMaking(!making)}>
      ${t(making ? "close" : "next.make")}
    </button>
    ${making && html`<${Make} caseId=${caseId} onDone=${() => setMaking(false)} />`}
  `
}

/** @param {{ caseId: string, onDone: () => void }} props */
function Make({ caseId, onDone }) {
  const door = useDoor()
  const draft = useKept("appointment", {
    case: caseId,
    about: NEW,
    value: { at: "", kind: "visit", with: "", note: "", remind: true },
  })
  const at = useField(draft, "at") ?? "",
    kind = useField(draft, "kind"),
    withWhom = useField(draft, "with") ?? "",
    remind = useField(draft, "remind")
  const [trouble, setTrouble] = useState("")
  const plan = () =>
    planFollowUp(door, caseId, /** @type {any} */ (draft.value.peek()))
      .then(() => draft.discard())
      .then(onDone)
      .catch((error) => setTrouble(error?.code ?? "not_saved"))
  return html`
    <div class="tied">
      <${DraftDate}
        draft=${draft}
        name="at"
        label=${t("next.when")}
        type="datetime-local"
        value=${at}
        ...${ahead(now.value)}
        onPick=${(/** @type {string} */ picked) => draft.set("at", picked)}
      />
      <fieldset class="field">
        <legend>${t("next.what")}</legend>
        <${Choices}
          shape="two"
          centre
          value=${kind}
          onPick=${(/** @type {string} */ value) => draft.set("kind", value)}
          options=${FOLLOWUP_KINDS.map((value) => ({ value, label: t(`followup.kind.${value}`) }))}
        />
      </fieldset>
      <fieldset class="field">
        <legend>${t("next.how")}</legend>
        <${Choices}
          shape="two"
          centre
          value=${withWhom}
          onPick=${(/** @type {string} */ value) => draft.set("with", value)}
          options=${NEXT_WITH.map((value) => ({ value, label: t(`next.with.${value}`) }))}
        />
      </fieldset>
      <${DraftField}
        draft=${draft}
        path="note"
        label=${t("next.before")}
        help=${t("next.before.help")}
        oneLine
      />
      <label class="promise plain">
        <input
          type="checkbox"
          autocomplete="off"
          checked=${remind}
          onChange=${() => draft.set("remind", !remind)}
        />
        <span>${t("next.remind")}</span>
      </label>
      <button class="button" type="button" disabled=${!at || !withWhom} onClick=${plan}>
        ${t("next.make.do")}
      </button>
      <${Trouble} code=${trouble} />
    </div>
  `
}

/** A change that was begun before the phone locked stands open again. @param {string | undefined} followup */
export const useBegunChange = (followup) =>
  useDoor()
    .drafts.list.peek()
    .some(({ kind, about }) => kind === "appointment" && about === followup)

/** @param {{ caseId: string, next: FollowUp, onDone: () => void }} props */
export function Change({ caseId, next, onDone }) {
  const door = useDoor()
  const draft = useKept("appointment", {
    case: caseId,
    about: next.followup,
    value: { at: localMinute(next.at), reason: "" },
  })
  const at = useField(draft, "at") ?? "",
    reason = useField(draft, "reason") ?? ""
  const [trouble, setTrouble] = useState("")
  const then = (/** @type {Promise<unknown>} */ act) =>
    act
      .then(() => draft.discard())
      .then(onDone)
      .catch((error) => setTrouble(error?.code ?? "not_saved"))
  const back = (/** @type {() => Promise<unknown>} */ act) => () => void act().then(() => door.syncNow())
  const move = () =>
    then(
      moveFollowUp(door, caseId, next.followup, at).then(() =>
        offerUndo(
          t("next.moved", { at: appointment(at, now.peek()) }),
          back(() => moveFollowUp(door, caseId, next.followup, localMinute(next.at))),
        ),
      ),
    )
  const cancel = () =>
    then(
      cancelFollowUp(door, caseId, next.followup, reason.trim()).then(() =>
        offerUndo(
          t("next.cancelled", { at: appointment(next.at, now.peek()) }),
          back(() =>
            planFollowUp(door, caseId, { ...next, note: next.note ?? "", remind: Boolean(next.remind) }),
          ),
        ),
      ),
    )
  return html`
    <div class="tied">
      <${DraftDate}
        draft=${draft}
        name="at"
        label=${t("next.move")}
        type="datetime-local"
        value=${at}
        ...${ahead(now.value)}
        onPick=${(/** @type {string} */ picked) => draft.set("at", picked)}
      />
      <button class="button" type="button" disabled=${!at || at === localMinute(next.at)} onClick=${move}>
        ${t("next.move.do")}
      </button>
      <div class="field">
        <label for="why">${t("next.cancel")}</label>
        <${DraftBox} draft=${draft} path="reason" id="why" oneLine placeholder=${t("next.cancel.why")} />
      </div>
      <button class="button" type="button" disabled=${!reason.trim()} onClick=${cancel}>
        ${t("next.cancel.do")}
      </button>
      <${Trouble} code=${trouble} />
    </div>
  `
}
