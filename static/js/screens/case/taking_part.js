// Taking part: before going in what a host may be told; afterwards three taps, and words if there are any. The
// household is not in sight: somebody writes this at the host's door.

import { MATCH_ANSWERS } from "../../../../sync/events.js"
import { MAX_TEXT } from "../../../../sync/bounds.js"
import { html, useState } from "../../../vendor/preact.js"
import { useDoor } from "../../session/context.js"
import { Choices } from "../../components/choice.js"
import { DraftDate, DraftField } from "../../components/draft_field.js"
import { SavedAt, Screen, TaskDock } from "../../components/frame.js"
import { useCase, useField, useKept } from "../../components/hooks.js"
import { hint, Part, Row } from "../../components/list.js"
import { Trouble } from "../../components/news.js"
import { go, place } from "../../shell/router.js"
import { promised } from "../../visit/times.js"
import { now } from "../../words/clock.js"
import { daysFrom, isoDay, monthDay } from "../../words/dates.js"
import { coded, line, t } from "../../words/texts.js"

/** @import { CaseSheet, Draft, TakesPart } from "../../shapes.d.ts" */

const STEPS = ["candidate", "asked", "seen", "tried", "joined", "settled"]
const PARTS = /** @type {const} */ (["did", "felt", "next"])
const VISIT = "visit"

export function TakingPart() {
  const { case: caseId, match, side = "person", period = VISIT } = place.value.carried
  const sheet = useCase(caseId)
  const taking = sheet?.participation
  if (!sheet || !taking)
    return html`
      <${Screen} title=${t("part.title")} parent="cases"><p class="note">${t("case.gone.why")}</p><//>
    `
  const one = taking.matches.find((each) => each.match === match)
  return one
    ? html`<${Writing} key=${`${match} ${side} ${period}`} ...${{ sheet, one, side, period }} />`
    : html`<${Places} sheet=${sheet} />`
}

/** Where somebody takes part, and whom to ask. @param {{ sheet: CaseSheet }} props */
function Places({ sheet }) {
  const { missing, told, kept, matches } = /** @type {NonNullable<CaseSheet["participation"]>} */ (
    sheet.participation
  )
  const carried = (/** @type {TakesPart} */ one) => ({ case: sheet.id, match: one.match })
  return html`
    <${Screen}
      title=${t("part.title")}
      over=${sheet.title}
      parent="case"
      carried=${{ case: sheet.id }}
      dock=${html`<${TaskDock} />`}
    >
      <${Part} title=${t("part.told")}>
        ${
          missing || told.length === 0
            ? html`<p class="note">${t("part.told.none")}</p>`
            : html`
              <dl class="facts">
                ${told.map(({ name, text }) => [
                  html`<dt key=${name}>${coded("part.line", name)}</dt>`,
                  html`<dd>${name === "company" ? coded("part.company", text) : text}</dd>`,
                ])}
              </dl>
            `
        }
        ${kept > 0 && hint("veil", t("part.kept", { n: kept }))}
      <//>
      ${matches.map(
        (one) => html`
          <${Part} key=${one.match} title=${one.place}>
            <p>${line(one.where, one.times)}</p>
            ${one.days && html`<p class="strong">${one.days}</p>`}
            <${Way} step=${one.step} />
            <ul class="sheet">
              ${one.ask.map(
                ({ side, period, on }) => html`
                  <li key=${side + period}>
                    <${Row}
                      name=${line(t(`part.side.${side}`), t(`part.period.${period}`))}
                      lines=${[asked(on)]}
                      onOpen=${() => go("taking-part", { ...carried(one), side, period })}
                    />
                  </li>
                `,
              )}
              <li>
                <${Row}
                  name=${t("part.period.visit")}
                  lines=${[t("part.visit.why")]}
                  onOpen=${() => go("taking-part", carried(one))}
                />
              </li>
            </ul>
          <//>
        `,
      )}
    <//>
  `
}

/** @param {string} on */
export const asked = (on) =>
  daysFrom(on, now.value) > 0
    ? t("part.ask.on", { day: monthDay(on) })
    : t("part.ask.now", { day: monthDay(on) })

/** Where it stands; going back is a step as well. @param {{ step: string }} props */
const Way = ({ step }) => html`
  <ol class="chips" aria-label=${t("part.way")}>
    ${STEPS.map(
      (one) =>
        html`
          <li key=${one} aria-current=${one === step ? "step" : null}>
            ${one === step ? html`<b>${t(`part.step.${one}`)}</b>` : t(`part.step.${one}`)}
          </li>
        `,
    )}
  </ol>
`

/** Three taps. @param {{ sheet: CaseSheet, one: TakesPart, side: string, period: string }} props */
function Writing({ sheet, one, side, period }) {
  const door = useDoor()
  const draft = useKept("taking-part", {
    case: sheet.id,
    about: [one.match, side, period].join(" "),
    value: { did: "", felt: "", next: "", nextOn: null, personWords: "", hostWords: "" },
  })
  const [trouble, setTrouble] = useState("")
  const [busy, setBusy] = useState(false)
  const given = Object.fromEntries(PARTS.map((part) => [part, useField(draft, part)]))
  const nextOn = useField(draft, "nextOn")
  const left = PARTS.filter((part) => !given[part])
  const back = { case: sheet.id }
  const keep = async () => {
    const { personWords, hostWords } = draft.value.peek().value
    setBusy(true) // what was heard has no id of its own: a second press would be a second answer
    try {
      await door.write("match.followed", sheet.id, {
        match: one.match,
        side,
        period,
        on: isoDay(now.peek()),
        ...given,
        nextOn,
        personWords: personWords.trim(),
        hostWords: hostWords.trim(),
      })
      await draft.discard()
      go("taking-part", back)
      void door.syncNow()
    } catch (/** @type {any} */ error) {
      setTrouble(error?.code ?? "not_saved")
      setBusy(false)
    }
  }
  return html`
    <${Screen}
      title=${line(t(`part.side.${side}`), t(`part.period.${period}`))}
      over=${one.place}
      parent="taking-part"
      carried=${back}
      tight
      step=${[PARTS.length - left.length, PARTS.length]}
      side=${html`<${SavedAt} at=${draft.savedAt} />`}
      dock=${html`
        <${TaskDock}>
          <button
            class="button button-main"
            type="button"
            disabled=${busy || left.length > 0}
            onClick=${keep}
          >
            ${
              left.length > 0
                ? t("part.left", { n: left.length, what: t(`part.${left[0]}.${side}`) })
                : t("part.keep")
            }
          </button>
        <//>
      `}
    >
      ${PARTS.map(
        (part, i) => html`
          <fieldset key=${part} class="part">
            <legend class="part-title">${i + 1}　${t(`part.${part}.${side}`)}</legend>
            <${Choices}
              shape="two"
              value=${given[part]}
              onPick=${(/** @type {string} */ code) => draft.set(part, code)}
              options=${MATCH_ANSWERS[side][part].map((value, at, all) => ({
                value,
                label: t(`part.${part}.${value}`),
                wide: at === 0 && all.length % 2 === 1,
              }))}
            />
          </fieldset>
        `,
      )}
      <${DraftDate}
        draft=${draft}
        name="nextOn"
        label=${t("part.nextOn")}
        type="date"
        ...${promised(now.value.toISOString(), now.value)}
        value=${nextOn ?? ""}
        onPick=${(/** @type {string} */ day) => draft.set("nextOn", day || null)}
      />
      <${Part} title=${t("part.words")}>
        ${["personWords", "hostWords"].map(
          (path) => html`
            <${DraftField}
              key=${path}
              draft=${draft}
              path=${path}
              label=${t(`part.${path}`)}
              rows=${2}
              longest=${MAX_TEXT}
            />
          `,
        )}
      <//>
      <${Trouble} code=${trouble} />
    <//>
  `
}
