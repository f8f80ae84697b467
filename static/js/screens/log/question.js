// One open question of a checklist, with the parts it has: choice, yes/no, text, number, day.

import { html, useId } from "../../../vendor/preact.js"
import { shortDay } from "../../words/dates.js"
import { Choices } from "../../components/choice.js"
import { Box, DateField } from "../../components/field.js"
import { language, said, t } from "../../words/texts.js"
import { isAnswered } from "../../visit/checklist.js"

/** @import { Answer, ChecklistItem } from "../../shapes.d.ts" */

/** @param {{ item: ChecklistItem, answer: Answer, onAnswer: (given: Answer) => void, onNext: () => void }} props */
export function Question({ item, answer, onAnswer, onNext }) {
  const id = useId()
  const give = (/** @type {keyof Answer} */ part, /** @type {any} */ value) => onAnswer({ ...answer, [part]: value })
  const has = (/** @type {string} */ part) => item.parts.includes(part)
  const alone = item.parts.length === 1
  return html`<section class="open" aria-labelledby=${id}>
    <h2 id=${id}>${said(item.text)} ${item.must && html`<span class="star" aria-hidden="true">★</span><span class="unseen">${t("must")}</span>`}</h2>
    ${has("c") && html`<${Choices} value=${answer.c} onPick=${(/** @type {string} */ value) => give("c", value)} name=${id}
      options=${(item.choices ?? []).map((choice) => ({ value: choice.id, label: choice[language.value] || choice.ja, urgent: choice.urgent, small: choice.urgent ? t("checklist.urgent_opens") : "" }))} />`}
    ${has("b") && html`<${Choices} shape="three" centre value=${answer.b} name=${`${id}b`} onPick=${(/** @type {string} */ value) => give("b", value)}
      options=${["yes", "no", "na"].map((value) => ({ value, label: t(`answer.${value}`) }))} />`}
    ${has("n") && html`<${Box} oneLine type="text" label=${alone ? said(item.text) : t("answer.number")} placeholder=${t("answer.number")} start=${answer.n === undefined ? "" : String(answer.n)} extra=${{ inputmode: "numeric" }}
      onText=${(/** @type {string} */ text) => give("n", number(text))} />`}
    ${has("d") && html`<${DateField} label=${t("answer.day")} type="date" value=${answer.d ?? ""} onPick=${(/** @type {string} */ value) => give("d", value || undefined)} />`}
    ${has("t") && html`<${Box} rows=${2} label=${alone ? said(item.text) : t("answer.words")} placeholder=${t("answer.words")} start=${answer.t ?? ""} onText=${(/** @type {string} */ text) => give("t", text)} />`}
    <button class="button button-main" type="button" disabled=${item.must && !isAnswered(item, answer)} onClick=${onNext}>${t(isAnswered(item, answer) ? "checklist.next" : "checklist.skip")}</button>
    ${item.must && !isAnswered(item, answer) && html`<p class="help">${t("checklist.must")}</p>`}
  </section>`
}

/** Full-width digits and a minus are numbers too. @param {string} text */
function number(text) {
  const plain = text.normalize("NFKC").replace("−", "-").trim()
  return /^-?[0-9]{1,9}$/.test(plain) ? Number(plain) : undefined
}

/** @param {ChecklistItem} item @param {Answer | undefined} answer */
export function answerText(item, answer) {
  if (!answer) return ""
  const choice = item.choices?.find(({ id }) => id === answer.c)
  return [choice?.[language.value] || choice?.ja, answer.b && t(`answer.${answer.b}`), answer.n, answer.d && shortDay(answer.d), answer.t && `「${answer.t}」`]
    .filter((part) => part !== undefined && part !== "" && part !== null).join("　")
}
