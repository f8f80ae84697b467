// What the four screens of a log share: which draft, which case, the head with "draft, saved at", Back without loss.

import { html, useEffect } from "../../../vendor/preact.js"
import { useDoor } from "../../session/context.js"
import { ActApart } from "../../components/apart.js"
import { SavedAt, Screen, TaskDock } from "../../components/frame.js"
import { useCase, useDraft, useMe } from "../../components/hooks.js"
import { Strip, troubleText } from "../../components/news.js"
import { go, place } from "../../shell/router.js"
import { coded, t } from "../../words/texts.js"
import { blankVisit } from "../../visit/blank.js"
import { addTyped } from "../../visit/typed.js"

/** @import { CaseSheet, Draft, FollowUp, Me } from "../../shapes.d.ts" */
/** @typedef {{ draft: Draft, sheet: CaseSheet, me: Me | undefined, carried: any }} Log */

const STEPS = ["outcome", "notes", "checklist", "check"]

/**
 * The frame of one step. `Body` and `Act` get the draft once it is open.
 *
 * @param {{ step: string, body: (log: Log) => any, act: (log: Log) => any, tight?: boolean }} props
 */
export function LogStep({ step, body: Body, act: Act, tight }) {
  const { carried } = place.value
  const door = useDoor()
  const sheet = useCase(carried.case)
  const me = useMe()
  const followup = followupOf(door.documents.value.get("followups")?.followups, carried)
  const draft = useDraft(carried.case ?? null, "visit", {
    id: carried.draft,
    value: begin(me, followup, sheet),
  })
  useSentTo(carried, Boolean(draft && sheet))
  if (!sheet)
    return html`
      <${Screen} title=${t("case.gone")} parent="today"><p class="note">${t("case.gone.why")}</p><//>
    `
  const log = draft && { draft, sheet, me, carried }
  return html`
    <${Screen}
      title=${html`<${Title} draft=${draft} sheet=${sheet} />`}
      parent=${step === "outcome" ? "today" : "log"}
      carried=${step === "outcome" ? {} : carried}
      tight=${tight}
      side=${draft && html`<${SavedAt} at=${draft.savedAt} />`}
      step=${[STEPS.indexOf(step) + 1, STEPS.length]}
      dock=${log && dock(step, log, html`<${Act} ...${log} />`)}
    >
      ${draft && html`<${Trouble} draft=${draft} />`}
      ${log && html`<${Body} ...${log} />`}
    <//>
  `
}

/** The last step keeps what was written. @param {string} step @param {Log} log @param {any} act */
const dock = (step, log, act) =>
  step === "check"
    ? html`<${ActApart} back=${t("check.back")} onBack=${() => goStep(log, "checklist")}>${act}<//>`
    : html`<${TaskDock}>${act}<//>`

/** Dさんの訪問 @param {{ draft: Draft | null, sheet: CaseSheet }} props */
function Title({ draft, sheet }) {
  return t("log.title", {
    name: sheet.title,
    channel: coded("channel", draft?.value.value.record?.channel ?? "visit"),
  })
}

/** Stands once at the field one was sent to; coming back, one stands where one was. @param {{ at?: string }} carried @param {boolean} ready */
function useSentTo(carried, ready) {
  useEffect(() => {
    if (!ready || !carried.at) return
    const field = document.querySelector(`[data-field="${carried.at}"]`)
    const control = /** @type {HTMLElement | null | undefined} */ (
      field?.querySelector("input, textarea, select, button")
    )
    delete carried.at
    field?.scrollIntoView({ block: "center" })
    control?.focus({ preventScroll: true })
  }, [ready])
}

/** A draft that could not be put on the disk is still in the hands of the worker: say so at once. @param {{ draft: any }} props */
const Trouble = ({ draft }) =>
  draft.problem?.value &&
  html`
    <${Strip} picture="missing" title=${t("draft.trouble")} text=${troubleText(draft.problem.value.code)} />
  `

/** @param {FollowUp[] | undefined} followups @param {{ case?: string, followup?: string }} carried */
const followupOf = (followups = [], carried) =>
  followups.find(({ followup }) => followup === carried.followup) ?? null

/** @param {Me | undefined} me @param {FollowUp | null} followup @param {CaseSheet | undefined} sheet */
function begin(me, followup, sheet) {
  return {
    record: blankVisit({ me, at: new Date(), followup, safety: sheet?.safety }),
    followup: null,
    closes: followup ? [followup.followup] : [],
    moves: null,
    stageMove: "",
    step: "outcome",
  }
}

/**
 * Go on to a step; where the worker stopped is kept with the draft.
 * @param {Log} log @param {string} step @param {string} [at] the field to stand at, as `data-field` says
 */
export function goStep({ draft, carried }, step, at = "") {
  addTyped(draft)
  draft.set("step", step)
  go(step === "outcome" ? "log" : `log-${step}`, { ...carried, draft: draft.id, at })
}
