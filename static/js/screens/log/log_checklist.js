// Log, step 3: the checklist that fits the visit. Answered questions fold, one is open, the rest wait. The draft keeps
// the version it began with; an urgent answer opens the phone steps. Never read aloud to the person.

import { html, useEffect, useState } from "../../../vendor/preact.js"
import { useDoor } from "../../session/context.js"
import { useField } from "../../components/hooks.js"
import { icon } from "../../components/icon.js"
import { Row } from "../../components/list.js"
import { takeAway } from "../../components/undo.js"
import { go, place } from "../../shell/router.js"
import { said, t } from "../../words/texts.js"
import {
  askedItems,
  isAnswered,
  isUrgentAnswer,
  mustNow,
  nextItem,
  phaseCount,
  PHASES,
  starsLeft,
} from "../../visit/checklist.js"
import { fittingChecklist } from "../../visit/outcomes.js"
import { Question, answerText } from "./question.js"
import { goStep, LogStep } from "./log.js"

/** @import { Checklist, ChecklistItem, Answer } from "../../shapes.d.ts" */
/** @import { Log } from "./log.js" */

export const LogChecklist = () => html`<${LogStep} step="checklist" body=${Body} act=${Next} />`

/** @param {Log} log */
function Body(log) {
  const pinned = useField(log.draft, "checklist")
  return pinned ? html`<${Run} ...${log} checklist=${pinned} />` : html`<${Pick} ...${log} />`
}

/** @param {Log} log */
function Next(log) {
  const pinned = useField(log.draft, "checklist")
  const answers = useField(log.draft, "record.checklist.answers") ?? {}
  const through = pinned && starsLeft(pinned, answers) === 0
  return html`
    <button
      class=${through ? "button button-main" : "button"}
      type="button"
      onClick=${() => goStep(log, "check")}
    >
      ${t(pinned ? "log.to_check" : "checklist.without")}
    </button>
  `
}

/** @param {Log} log */
function Pick({ draft, sheet }) {
  const documents = useDoor().documents.value
  const fitting = fittingChecklist(useField(draft, "record.outcome") ?? "", sheet.contacts.length)
  const lists = /** @type {Checklist[]} */ (
    [...documents].filter(([path]) => path.startsWith("checklist/")).map(([, body]) => body)
  ).sort((a, b) => Number(b.id === fitting) - Number(a.id === fitting))
  const begin = (/** @type {Checklist} */ checklist) => {
    draft.set("checklist", checklist)
    draft.set("record.checklist", { id: checklist.id, version: checklist.version, answers: {} })
  }
  return html`
    <h2 class="part-title">${t("checklist.which")}</h2>
    ${
      lists.length > 0
        ? html`
          <ol class="sheet">
            ${lists.map(
              (checklist) => html`
                <li key=${checklist.id}>
                  <${Row}
                    name=${said(checklist.title)}
                    lines=${[
                      t("checklist.size", {
                        n: checklist.items.length,
                        stars: checklist.items.filter(({ must }) => must).length,
                      }),
                    ]}
                    hints=${checklist.id === fitting ? [["check", t("checklist.fits")]] : []}
                    onOpen=${() => begin(checklist)}
                  />
                </li>
              `,
            )}
          </ol>
        `
        : html`<p class="note">${t("checklist.none_here")}</p>`
    }
  `
}

/** @param {Log & { checklist: Checklist }} props */
function Run({ draft, sheet, checklist }) {
  const answers = useField(draft, "record.checklist.answers") ?? {}
  const refused = useField(draft, "refused") ?? {}
  const [open, setOpen] = useState(() => asked(checklist) ?? nextItem(checklist, answers, "")?.id ?? "")
  const [phase, setPhase] = useState(() => checklist.items.find(({ id }) => id === open)?.phase ?? PHASES[0])
  const [unfolded, setUnfolded] = useState(false)
  const shown = askedItems(checklist, answers)
  const must = mustNow(checklist, answers)
  const items = shown.filter((item) => item.phase === phase)
  const at = items.findIndex(({ id }) => id === open)
  const before = at < 0 ? items : items.slice(0, at)
  const left = starsLeft(checklist, answers)

  const answer = (/** @type {ChecklistItem} */ item, /** @type {Answer} */ given) => {
    draft.set(`record.checklist.answers.${item.id}`, Object.keys(given).length > 0 ? given : undefined)
    if (isUrgentAnswer(item, given) && given.c !== answers[item.id]?.c)
      go("urgent", { case: sheet.id, draft: draft.id })
  }
  const turn = (/** @type {string} */ to) => {
    setPhase(/** @type {any} */ (to))
    setUnfolded(false)
    setOpen(shown.find((item) => item.phase === to && !isAnswered(item, answers[item.id]))?.id ?? "")
  }
  const proceed = (/** @type {string} */ from) => {
    const next = nextItem(checklist, answers, from)
    if (next) {
      setPhase(next.phase)
      setOpen(next.id)
    } else setOpen("")
  }
  useEffect(() => {
    const item = checklist.items.find(({ id }) => id === open)
    if (!item?.start || answers[open] || draft.value.peek().started?.[open]) return
    draft.set(`started.${open}`, true) // once: an answer taken back stays away
    draft.set(`record.checklist.answers.${open}`, item.start)
  }, [open])
  return html`
    <div class="context">
      <b class="strong">${said(checklist.title)}</b>
      <span>
        ${
          left > 0
            ? html`<span class="star" aria-hidden="true">★</span> ${t("checklist.stars_left", { n: left })}`
            : html`<span class="at-office">${t("checklist.complete")}</span>`
        }
      </span>
    </div>
    <nav class="phases" aria-label=${t("phases")}>
      ${PHASES.map((name) => {
        const { answered, all } = phaseCount(checklist, answers, name)
        return html`
          <button
            key=${name}
            type="button"
            aria-current=${name === phase ? "step" : undefined}
            onClick=${() => turn(name)}
          >
            ${t(`phase.${name}`)} ${
              answered === all
                ? html`
              ${icon("check", true)}
              <span class="unseen">${t("done")}</span>
            `
                : `${answered}/${all}`
            }
          </button>
        `
      })}
    </nav>
    <p class="note">${said(checklist.intro) || t("checklist.intro")}</p>
    ${
      before.length > 0 &&
      html`
        <ol class="sheet">
          ${folded(before, answers, unfolded, must).map((item) =>
            item === null
              ? html`
                <li key="fold">
                  <button class="answered" type="button" onClick=${() => setUnfolded(true)}>
                    ${icon("check", true)}
                    <span>${t("checklist.earlier", { n: before.length - 3 })}</span>
                  </button>
                </li>
              `
              : html`
                <li key=${item.id}>
                  <button
                    class=${isAnswered(item, answers[item.id]) ? "answered" : "answered skipped"}
                    type="button"
                    onClick=${() => setOpen(item.id)}
                  >
                    ${
                      isAnswered(item, answers[item.id])
                        ? icon("check", true)
                        : html`<span class=${must(item) ? "star" : "blank"}>${must(item) ? "★" : ""}</span>`
                    }
                    <span>
                      <span>${said(item.text)}</span>
                      ${
                        item.parts.length > 0 &&
                        html`
                          <b>
                            ${
                              refused[item.id] !== undefined
                                ? t("answer.number.not_in", { text: refused[item.id] })
                                : answerText(item, answers[item.id]) || t("checklist.skipped")
                            }
                          </b>
                        `
                      }
                    </span>
                  </button>
                </li>
              `,
          )}
        </ol>
      `
    }
    ${
      at >= 0 &&
      html`
        <${Question}
          key=${open}
          item=${items[at]}
          must=${must(items[at])}
          answer=${answers[open] ?? {}}
          draft=${draft}
          refused=${refused[open]}
          onAnswer=${(/** @type {Answer} */ given) => answer(items[at], given)}
          onNext=${() => proceed(open)}
        />
      `
    }
    ${
      at >= 0 &&
      at < items.length - 1 &&
      html`
        <ol class="sheet">
          ${items.slice(at + 1).map(
            (item) => html`
              <li key=${item.id}>
                <button class="later" type="button" onClick=${() => setOpen(item.id)}>
                  <span class=${must(item) ? "star" : "blank"}>
                    ${
                      must(item)
                        ? html`<span aria-hidden="true">★</span><span class="unseen">${t("must")}</span>`
                        : ""
                    }
                  </span>
                  <span>${said(item.text)}</span>
                </button>
              </li>
            `,
          )}
        </ol>
      `
    }
    ${at < 0 && left === 0 && html`<p class="note">${t("checklist.all_done")}</p>`}
    <button
      class="button button-plain"
      type="button"
      onClick=${() =>
        takeAway(draft, t("checklist.put_away.done", { n: Object.keys(answers).length }), {
          checklist: null,
          "record.checklist": null,
          refused: undefined,
        })}
    >
      ${t("checklist.put_away")}
    </button>
  `
}

/** The question one was sent to. @param {Checklist} checklist @returns {string | undefined} */
const asked = ({ items }) => items.find(({ id }) => `checklist.${id}` === place.peek().carried.at)?.id

/** Of many answered ones the last three show; null stands for the fold. @param {ChecklistItem[]} items @param {Record<string, Answer>} answers @param {boolean} unfolded @param {(item: ChecklistItem) => boolean} must */
function folded(items, answers, unfolded, must) {
  if (
    unfolded ||
    items.length <= 4 ||
    items.slice(0, -3).some((item) => must(item) && !isAnswered(item, answers[item.id]))
  )
    return items
  return [null, ...items.slice(-3)]
}
