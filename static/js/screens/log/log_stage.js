// 今の距離: near, same or far from where it was, with the event that shows it. A step back looks like a step forward.

import { html, useState } from "../../../vendor/preact.js"
import { monthDay } from "../../words/dates.js"
import { Choices } from "../../components/choice.js"
import { DraftField } from "../../components/draft_field.js"
import { useField } from "../../components/hooks.js"
import { gap, t } from "../../words/texts.js"

/** @import { CaseSheet, Draft } from "../../shapes.d.ts" */

const STAGES = [7, 6, 5, 4, 3, 2, 1, 0]

/** @param {{ draft: Draft, sheet: CaseSheet }} props */
export function Distance({ draft, sheet }) {
  const move = useField(draft, "stageMove"),
    stage = useField(draft, "record.stage")
  const [all, setAll] = useState(move === "other")
  const last = sheet.line.findLast((point) => point.stage !== null)
  const before = last?.stage ?? null
  const moves = [
    ["near", 1],
    ["same", 0],
    ["far", -1],
  ].filter(([, by]) => before !== null && before + Number(by) >= 0 && before + Number(by) <= 7)
  const pick = (/** @type {string} */ name, /** @type {number | null} */ to) => {
    draft.set("stageMove", name)
    draft.set("record.stage", to)
  }
  return html`
    <fieldset class="field" data-field="stage">
      <legend>${t("distance")}<span class="must">${t("must")}</span></legend>
      <p class="now-here">
        ${
          last
            ? html`
              <span class="soft">${t("distance.last", { day: monthDay(last.at) })}</span>
              <b>${before}${gap()}${t(`stage.${before}`)}</b>
            `
            : html`<span>${t("distance.first")}</span>`
        }
      </p>
      ${
        moves.length > 0 &&
        html`
          <${Choices}
            shape="three"
            centre
            value=${move}
            onPick=${(/** @type {string} */ name) =>
              pick(name, Number(before) + Number(moves.find(([one]) => one === name)?.[1]))}
            options=${moves.map(([name]) => ({ value: name, label: t(`distance.${name}`) }))}
          />
        `
      }
      <div class="pair">
        <button class="button" type="button" aria-expanded=${all} onClick=${() => setAll(!all)}>
          ${t("distance.choose")}
        </button>
        <button
          class="button"
          type="button"
          aria-pressed=${move === "none"}
          onClick=${() => pick("none", null)}
        >
          ${t("distance.none")}
        </button>
      </div>
      ${
        (all || before === null) &&
        html`
          <${Choices}
            value=${stage}
            onPick=${(/** @type {number} */ to) => pick("other", to)}
            options=${STAGES.map((value) => ({
              value,
              num: String(value),
              label: t(`stage.${value}`),
              small: t(`stage.${value}.anchor`),
            }))}
          />
        `
      }
      ${
        stage !== null &&
        stage !== undefined &&
        html`
          <p class="help" role="status">
            ${t("distance.becomes", { stage: `${stage} ${t(`stage.${stage}`)}` })}
          </p>
        `
      }
      ${
        move !== "none" &&
        html`
          <${DraftField}
            draft=${draft}
            path="record.stageEvent"
            label=${t("distance.event")}
            help=${t("distance.event.help")}
            rows=${2}
          />
        `
      }
    </fieldset>
  `
}
