// 至急: six steps, the same locked and unlocked, all of it readable and diallable without signal. Opening it never calls
// by itself. It never says "low risk", and it tells nobody by itself: a voice does.

import { html, useEffect, useRef } from "../../../vendor/preact.js"
import { Screen } from "../../components/frame.js"
import { icon } from "../../components/icon.js"
import { Part } from "../../components/list.js"
import { NumberList, useNumbers } from "../../components/numbers.js"
import { Undo } from "../../components/undo.js"
import { place } from "../../shell/router.js"
import { together } from "../../components/phrase_break.js"
import { t } from "../../words/texts.js"
import { crisis, hasWords, note, sealedBefore } from "../../session/crisis.js"
import { Ask, HandOver, KeepSafe, Connect, After } from "./urgent_steps.js"

const STEPS = ["now", "ask", "hand_over", "safe", "connect", "after"]

export function Urgent() {
  const { carried } = place.value
  const { step } = crisis.value
  useEffect(() => {
    if (carried.case && carried.case !== crisis.peek().case)
      note({ case: carried.case, draft: carried.draft ?? null })
  }, [carried.case])
  const to = (/** @type {number} */ next) => {
    note({ step: next })
    scrollTo(0, 0)
  }
  const page = useRef(/** @type {HTMLElement | null} */ (null))
  useEffect(() => backToField(page.current), [])
  const Step = [Now, Ask, HandOver, KeepSafe, Connect, After][step]
  return html`
    <${Screen}
      title=${t("urgent")}
      parent="today"
      side=${t("urgent.offline")}
      dock=${html`
        <${Undo} />
        <div class="pair">
          ${
            step > 0
              ? html`
                <button class="button" type="button" onClick=${() => to(step - 1)}>
                  ${t("urgent.before")}
                </button>
              `
              : ""
          }
          ${
            step < STEPS.length - 1
              ? html`
                <button class="button" type="button" onClick=${() => to(step + 1)}>
                  ${t(`urgent.next.${STEPS[step + 1]}`)}
                </button>
              `
              : html`<span class="note">${t("urgent.last")}</span>`
          }
        </div>
      `}
    >
      <ol class="crisis-steps" aria-label=${t("urgent.six")}>
        ${STEPS.map(
          (name, i) =>
            html`
              <li key=${name} aria-current=${i === step ? "step" : undefined}>
                <button type="button" onClick=${() => to(i)}>${t(`urgent.step.${name}`)}</button>
              </li>
            `,
        )}
      </ol>
      ${
        sealedBefore.value &&
        !hasWords(crisis.value) &&
        html`<p class="reason" role="status">${t("urgent.sealed")}</p>`
      }
      <div class="page-part" ref=${page} onFocusIn=${remember}><${Step} /></div>
    <//>
  `
}

/** After a call of ten minutes one goes on in the field one left. @param {HTMLElement | null} page */
function backToField(page) {
  const { field } = crisis.peek()
  if (field)
    /** @type {HTMLElement | null | undefined} */ (
      page?.querySelector(`[data-field="${field}"]`)?.querySelector("input, textarea")
    )?.focus()
}

/** @param {FocusEvent} event */
function remember({ target }) {
  const field = /** @type {HTMLElement} */ (target).closest("[data-field]")?.getAttribute("data-field")
  if (field && field !== crisis.peek().field) note({ field })
}

function Now() {
  return html`
    <section class="part" aria-labelledby="ask">
      <h2 class="ask" id="ask">${together(t("urgent.now.ask"))}</h2>
      <a class="urgent-call" href="tel:119">
        <b class="num">119</b>
        <span>${t("number.fire")}</span>
        ${icon("call")}
      </a>
      <a class="urgent-call" href="tel:110">
        <b class="num">110</b>
        <span>${t("number.police")}</span>
        ${icon("call")}
      </a>
    </section>
    <ul class="stay">
      <li>${icon("stay")}<span>${t("urgent.now.stay")}</span></li>
      <li>${icon("leave")}<span>${t("urgent.now.leave")}</span></li>
    </ul>
    <${Part} title=${t("urgent.voices")}>
      <${NumberList} numbers=${useNumbers()} />
      <p class="note">${t("urgent.closes_with_call")}</p>
    <//>
  `
}
