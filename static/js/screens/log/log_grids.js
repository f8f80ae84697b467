// The living grid and the risk grid. An answer about danger is never preselected; "none for the rest" is a tap of its
// own. An urgent answer opens the phone steps and comes back to this place.

import { LIVING_KEYS, LIVING_VALUES, RISK_KEYS, RISK_VALUES } from "../../../../sync/events.js"
import { html } from "../../../vendor/preact.js"
import { dayTime } from "../../words/dates.js"
import { Choices } from "../../components/choice.js"
import { useField } from "../../components/hooks.js"
import { go } from "../../shell/router.js"
import { line, t } from "../../words/texts.js"
import { handedOver, isUrgent } from "../../visit/required.js"

/** @import { Draft } from "../../shapes.d.ts" */
/** @import { Log } from "./log.js" */

/** @param {{ draft: Draft }} props */
export function Living({ draft }) {
  const living = useField(draft, "record.living")
  return html`
    <fieldset class="field" data-field="living">
      <legend>${t("field.living")}</legend>
      <div class="grid">
        ${LIVING_KEYS.map(
          (key) => html`
            <fieldset class="grid-row" key=${key} data-field=${`living.${key}`}>
              <legend>${t(`living.${key}`)}</legend>
              <${Choices}
                shape="four"
                centre
                value=${living[key]}
                onPick=${(/** @type {string} */ value) => draft.set(`record.living.${key}`, value)}
                options=${LIVING_VALUES.map((value) => ({ value, label: t(`living.value.${value}`) }))}
              />
            </fieldset>
          `,
        )}
      </div>
    </fieldset>
  `
}

/** @param {{ draft: Draft, must: boolean, log: Log }} props */
export function Risk({ draft, must, log }) {
  const risk = useField(draft, "record.risk")
  const call = useField(draft, "record.riskCall")
  const open = RISK_KEYS.filter((key) => !(key in risk))
  const urgent = isUrgent({ risk })
  const toUrgent = () => go("urgent", { case: log.sheet.id, draft: draft.id })
  const pick = (/** @type {string} */ key, /** @type {string} */ value) => {
    draft.set(`record.risk.${key}`, value)
    if (value === "urgent" && !handedOver({ riskCall: draft.value.peek().record.riskCall })) toUrgent()
  }
  return html`
    <fieldset class="field" data-field="risk">
      <legend>${t("field.risk")}${must && html`<span class="must">${t("must")}</span>`}</legend>
      <p class="help">${t("risk.help")}</p>
      <div class="grid">
        ${RISK_KEYS.map(
          (key) => html`
            <fieldset class="grid-row" key=${key} data-field=${`risk.${key}`}>
              <legend>${t(`risk.${key}`)}</legend>
              <${Choices}
                shape="three"
                centre
                value=${risk[key]}
                onPick=${(/** @type {string} */ value) => pick(key, value)}
                options=${RISK_VALUES.map((value) => ({
                  value,
                  label: t(`risk.value.${value}`),
                  urgent: value === "urgent",
                }))}
              />
            </fieldset>
          `,
        )}
      </div>
      ${
        open.length > 0 &&
        html`
          <button
            class="button"
            type="button"
            onClick=${() =>
              draft.set("record.risk", { ...risk, ...Object.fromEntries(open.map((key) => [key, "none"])) })}
          >
            ${t(open.length === RISK_KEYS.length ? "risk.all_none" : "risk.rest_none", { n: open.length })}
          </button>
        `
      }
      ${
        urgent &&
        html`
          <div class="reason">
            <strong>${t(handedOver({ riskCall: call }) ? "risk.called" : "risk.call_first")}</strong>
            ${
              handedOver({ riskCall: call })
                ? html`<p>${line(call.to, dayTime(call.at), call.result)}</p>`
                : html`<p>${t("risk.call_first.why")}</p>`
            }
            <button class="button" type="button" onClick=${toUrgent}>${t("urgent.open")}</button>
          </div>
        `
      }
    </fieldset>
  `
}
