// Today's doors in the order the worker goes: keys up and down, or drawn by the handle. Between two doors stand the
// kilometres the worker once entered; there is no map and no position.

import { html, useLayoutEffect, useRef } from "../../../vendor/preact.js"
import { clockTime, isoDay } from "../../words/dates.js"
import { now } from "../../words/clock.js"
import { useDoor } from "../../session/context.js"
import { Screen, TaskDock } from "../../components/frame.js"
import { useCases, useField, useKept } from "../../components/hooks.js"
import { icon } from "../../components/icon.js"
import { offerUndo } from "../../components/undo.js"
import { back } from "../../shell/router.js"
import { gap, t } from "../../words/texts.js"
import { kilometres, legOf, moved, roundOf, sortDay } from "../../visit/day.js"

/** @import { FollowUp } from "../../shapes.d.ts" */

export const OFFICE = "-" // where a round begins and ends; no id of a case

/** Today's order and kilometres, if the plan is today's. */
export function usePlan() {
  const plan = useDoor().dayPlan.value
  return plan.day === isoDay(now.value) ? plan : { ...plan, order: [], trips: [] }
}

/** The doors of today that still lie ahead, in order. @returns {FollowUp[]} */
export function useRound() {
  const { next, after } = sortDay(
    useDoor().documents.value.get("followups")?.followups ?? [],
    now.value,
    usePlan().order,
  )
  return next ? [next, ...after] : []
}

export function Plan() {
  const door = useDoor(),
    { legs } = usePlan(),
    round = useRound()
  const names = new Map(useCases().map(({ id, title }) => [id, title]))
  const order = round.map(({ followup }) => followup)
  const put = (/** @type {string[]} */ wanted) => door.planDay(() => ({ order: wanted }), now.peek())
  const byTime = () => {
    void put([])
    offerUndo(t("plan.reset"), () => put(order))
  }
  const list = useRef(/** @type {any} */ (null))
  const draw = useDrawing(list, (at, to) => put(moved(order, at, to)))
  const stops = [OFFICE, ...round.map((one) => one.case), OFFICE]
  const { km, unknown } = roundOf(stops, legs)
  const draft = useKept("plan", { value: { refused: {} } }) // what is no number, with its reason
  const refused = useField(draft, "refused") ?? {}
  const enter =
    (/** @type {string} */ leg) =>
    (/** @type {any} */ { currentTarget: { value } }) => {
      const entered = kilometres(value)
      draft.set(`refused.${leg}`, entered === null && value.trim() ? value : undefined)
      return door.planDay((plan) => {
        const { [leg]: _, ...others } = plan.legs
        return { legs: entered === null ? others : { ...others, [leg]: entered } }
      }, now.peek())
    }
  const between = (/** @type {number} */ i) =>
    stops[i] !== stops[i + 1] &&
    html`
      <${Leg}
        key=${legOf(stops[i], stops[i + 1])}
        from=${names.get(stops[i]) ?? t("plan.office")}
        to=${names.get(stops[i + 1]) ?? t("plan.office")}
        km=${legs[legOf(stops[i], stops[i + 1])]}
        refused=${refused[legOf(stops[i], stops[i + 1])]}
        whose=${i === 0 ? t("plan.from_office") : i === round.length ? t("plan.to_office") : ""}
        onEnter=${enter(legOf(stops[i], stops[i + 1]))}
      />
    `
  return html`
    <${Screen}
      title=${t("plan.title")}
      parent="today"
      dock=${html`
        <${TaskDock}>
          <button class="button" type="button" onClick=${() => back("today")}>${t("close")}</button>
        <//>
      `}
    >
      ${
        round.length === 0
          ? html`<p class="note">${t("plan.none")}</p>`
          : html`
            <p class="note">${t("plan.what")}</p>
            <ol class="round" ref=${list}>
              ${round.map(
                (one, i) => html`
                  <li key=${one.followup}>
                    ${between(i)}
                    <div class="stop">
                      <span class="handle" onPointerDown=${draw(i)} aria-hidden="true">${icon("more")}</span>
                      <span class="row-body">
                        <b class="row-name">${names.get(one.case) ?? t("case.gone")}</b>
                        <span class="soft">${clockTime(one.at)} ${t(`followup.kind.${one.kind}`)}</span>
                      </span>
                      <${Step}
                        up
                        n=${i}
                        of=${order.length}
                        name=${names.get(one.case) ?? ""}
                        onStep=${() => put(moved(order, i, i - 1))}
                      />
                      <${Step}
                        n=${i}
                        of=${order.length}
                        name=${names.get(one.case) ?? ""}
                        onStep=${() => put(moved(order, i, i + 1))}
                      />
                    </div>
                  </li>
                `,
              )}
            </ol>
            ${between(round.length)}
            <p role="status" class="strong">
              ${t("plan.sum", { km })}
              ${unknown > 0 && html` <span class="soft">${t("plan.unknown", { n: unknown })}</span>`}
            </p>
            <button class="button" type="button" onClick=${byTime}>${t("plan.by_time")}</button>
          `
      }
    <//>
  `
}

/** @param {{ from: string, to: string, km: number | undefined, refused: string | undefined, whose: string, onEnter: (event: any) => void }} props */
function Leg({ from, to, km, refused, whose, onEnter }) {
  const box = useRef(/** @type {any} */ (null))
  useLayoutEffect(() => {
    // the same way may stand twice; whoever is typing is left alone
    if (document.activeElement !== box.current) box.current.value = refused ?? km ?? ""
  })
  return html`
    <label class="leg">
      <span class="unseen">${t("plan.leg", { from, to })}</span>
      <input
        class="box"
        inputmode="decimal"
        autocomplete="off"
        maxlength="12"
        ref=${box}
        aria-invalid=${refused !== undefined || undefined}
        onInput=${onEnter}
      />
      <span aria-hidden="true">km${whose && html`${gap()}${whose}`}</span>
    </label>
    ${
      refused !== undefined &&
      html`<p class="help over" role="alert">${t("plan.leg.refused", { text: refused })}</p>`
    }
  `
}

/** @param {{ up?: boolean, n: number, of: number, name: string, onStep: () => void }} props */
const Step = ({ up, n, of, name, onStep }) =>
  html`
    <button
      class=${up ? "step step-up" : "step"}
      type="button"
      disabled=${up ? n === 0 : n === of - 1}
      aria-label=${t(up ? "plan.up" : "plan.down", { name })}
      onClick=${onStep}
    >
      ${icon("back")}
    </button>
  `

/**
 * A stop drawn by its handle takes the place it is let go over.
 * @param {{ current: any }} list @param {(at: number, to: number) => void} onDrawn
 */
function useDrawing(list, onDrawn) {
  return (/** @type {number} */ at) => (/** @type {any} */ event) => {
    const handle = event.currentTarget,
      stop = handle.parentElement
    const places = [...list.current.querySelectorAll(".stop")].map((one) => one.getBoundingClientRect())
    const over = (/** @type {number} */ y) => {
      const i = places.findIndex(({ bottom }) => y < bottom)
      return i < 0 ? places.length - 1 : i
    }
    handle.setPointerCapture(event.pointerId)
    stop.classList.add("drawn")
    const move = (/** @type {any} */ { clientY }) => {
      stop.style.translate = `0 ${clientY - event.clientY}px`
    }
    const end = (/** @type {any} */ { type, clientY }) => {
      stop.classList.remove("drawn")
      stop.style.translate = ""
      handle.removeEventListener("pointermove", move)
      for (const one of ["pointerup", "pointercancel"]) handle.removeEventListener(one, end)
      if (type === "pointerup" && over(clientY) !== at) onDrawn(at, over(clientY))
    }
    handle.addEventListener("pointermove", move)
    for (const one of ["pointerup", "pointercancel"]) handle.addEventListener(one, end)
  }
}
