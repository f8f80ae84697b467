// One open question of a checklist, with the parts it has: choice, yes/no, text, number, day.

import { YES_NO } from "../../../../sync/events.js"
import { html, useId } from "../../../vendor/preact.js"
import { shortDay } from "../../words/dates.js"
import { Choices } from "../../components/choice.js"
import { DraftBox, DraftDate } from "../../components/draft_field.js"
import { language, said, t } from "../../words/texts.js"
import { isAnswered } from "../../visit/checklist.js"
import { wholeNumber } from "../../visit/numbers.js"
import { LIFE } from "../../visit/times.js"

/** @import { Answer, ChecklistItem, Draft } from "../../shapes.d.ts" */

/**
 * @param {{ item: ChecklistItem, must: boolean, answer: Answer, draft: Draft, refused: string | undefined, onAnswer: (given: Answer) => void,
 *           onNext: () => void }} props `refused`: what was typed for a number and is none
 */
export function Question({ item, must, answer, draft, refused, onAnswer, onNext }) {
  const id = useId()
  const at = `record.checklist.answers.${item.id}`
  // Of what stands now, not of what was drawn last: two parts may be written in one breath. Nothing is absent.
  const give = (/** @type {keyof Answer} */ part, /** @type {any} */ value) => {
    const { [part]: _, ...others } = draft.value.peek().record.checklist?.answers[item.id] ?? {}
    onAnswer(value === undefined || value === "" ? others : { ...others, [part]: value })
  }
  const count = (/** @type {string} */ text) => {
    const number = wholeNumber(text, item)
    draft.set(`refused.${item.id}`, text.trim() && number === undefined ? text : undefined)
    give("n", number)
  }
  const has = (/** @type {string} */ part) => item.parts.includes(part)
  const alone = item.parts.length === 1
  return html`
    <section class="open" aria-labelledby=${id} data-field=${`checklist.${item.id}`}>
      <h2 id=${id}>
        ${said(item.text)} ${
          must &&
          html`
          <span class="star" aria-hidden="true">★</span>
          <span class="unseen">${t("must")}</span>
        `
        }
      </h2>
      ${item.hint && html`<p class="help pre">${said(item.hint)}</p>`}
      ${
        has("c") &&
        html`
          <${Choices}
            value=${answer.c}
            onPick=${(/** @type {string} */ value) => give("c", value)}
            name=${id}
            options=${(item.choices ?? []).map((choice) => ({
              value: choice.id,
              label: choice[language.value] || choice.ja,
              urgent: choice.urgent,
              small: choice.urgent ? t("checklist.urgent_opens") : "",
            }))}
          />
        `
      }
      ${
        has("b") &&
        html`
          <${Choices}
            shape="three"
            centre
            value=${answer.b}
            name=${`${id}b`}
            onPick=${(/** @type {string} */ value) => give("b", value)}
            options=${YES_NO.map((value) => ({ value, label: t(`answer.${value}`) }))}
          />
        `
      }
      ${
        has("n") &&
        html`
          <${DraftBox}
            draft=${draft}
            path=${`${at}.n`}
            oneLine
            type="text"
            label=${alone ? said(item.text) : t("answer.number")}
            placeholder=${t("answer.number")}
            extra=${{ inputmode: "numeric" }}
            invalid=${refused !== undefined}
            describedby=${refused === undefined ? undefined : `${id}n`}
            read=${(/** @type {number | undefined} */ n) =>
              draft.value.peek().refused?.[item.id] ?? (n === undefined ? "" : String(n))}
            write=${count}
          />
        `
      }
      ${
        refused !== undefined &&
        html`
          <p class="help over" id=${`${id}n`} role="alert">
            ${t(
              item.least !== undefined && item.most !== undefined
                ? "answer.number.range"
                : "answer.number.refused",
              { text: refused, least: item.least ?? 0, most: item.most ?? 0 },
            )}
          </p>
        `
      }
      ${
        has("d") &&
        html`
          <${DraftDate}
            draft=${draft}
            name=${`checklist:${item.id}`}
            label=${t("answer.day")}
            type="date"
            ...${LIFE}
            value=${answer.d ?? ""}
            onPick=${(/** @type {string} */ value) => give("d", value || undefined)}
          />
        `
      }
      ${
        has("t") &&
        html`
          <${DraftBox}
            draft=${draft}
            path=${`${at}.t`}
            rows=${2}
            label=${alone ? said(item.text) : t("answer.words")}
            placeholder=${t("answer.words")}
            write=${(/** @type {string} */ text) => give("t", text)}
          />
        `
      }
      <button
        class="button button-main"
        type="button"
        disabled=${must && !isAnswered(item, answer)}
        onClick=${onNext}
      >
        ${t(isAnswered(item, answer) ? "checklist.next" : "checklist.skip")}
      </button>
      ${must && !isAnswered(item, answer) && html`<p class="help">${t("checklist.must")}</p>`}
    </section>
  `
}

/** @param {ChecklistItem} item @param {Answer | undefined} answer */
export function answerText(item, answer) {
  if (!answer) return ""
  const choice = item.choices?.find(({ id }) => id === answer.c)
  return [
    choice?.[language.value] || choice?.ja,
    answer.b && t(`answer.${answer.b}`),
    answer.n,
    answer.d && shortDay(answer.d),
    answer.t && `「${answer.t}」`,
  ]
    .filter((part) => part !== undefined && part !== "" && part !== null)
    .join("　")
}
