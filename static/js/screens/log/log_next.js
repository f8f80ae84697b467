// The next contact: with whom it was agreed, whether one may come, when. And what was promised.

import { FOLLOWUP_KINDS, MAY_COME, NEXT_WITH } from "../../../../sync/events.js"
import { html, useState } from "../../../vendor/preact.js"
import { day, localMinute, utc } from "../../words/dates.js"
import { now } from "../../words/clock.js"
import { Choices } from "../../components/choice.js"
import { DraftBox, DraftDate, DraftField } from "../../components/draft_field.js"
import { useField } from "../../components/hooks.js"
import { icon } from "../../components/icon.js"
import { takeAway } from "../../components/undo.js"
import { t } from "../../words/texts.js"
import { newId } from "../../store/ids.js"
import { ahead, daysLater, promised } from "../../visit/times.js"
import { addTyped } from "../../visit/typed.js"

/** @import { CaseSheet, Draft } from "../../shapes.d.ts" */

const SOON = [
  ["week", 7],
  ["two_weeks", 14],
  ["month", 28],
]

/** @param {{ draft: Draft, must: boolean }} props */
export function NextContact({ draft, must }) {
  const withWhom = useField(draft, "record.next.with"),
    mayCome = useField(draft, "record.next.mayCome"),
    followup = useField(draft, "followup")
  const pickWith = (/** @type {string} */ value) => {
    draft.set("record.next", { with: value, mayCome: mayCome ?? "unknown" })
    if (value !== "none" && followup) draft.set("followup.with", value)
    else if (followup) takeAway(draft, t("next.removed", { day: day(followup.at) }), { followup: null })
  }
  const at = (/** @type {string} */ value) =>
    value &&
    draft.set("followup", {
      kind: "visit",
      note: "",
      remind: true,
      ...followup,
      with: withWhom ?? "us",
      at: utc(value),
    })
  return html`
    <fieldset class="field" data-field="next">
      <legend>${t("field.next")}${must && html`<span class="must">${t("must")}</span>`}</legend>
      <${Choices}
        shape="two"
        centre
        value=${withWhom}
        onPick=${pickWith}
        options=${NEXT_WITH.map((value) => ({ value, label: t(`next.with.${value}`) }))}
      />
      ${
        withWhom &&
        html`
          <fieldset class="field">
            <legend class="field-small">${t("next.mayCome")}</legend>
            <${Choices}
              shape="two"
              centre
              value=${mayCome}
              onPick=${(/** @type {string} */ value) => draft.set("record.next.mayCome", value)}
              options=${MAY_COME.map((value) => ({ value, label: t(`next.mayCome.${value}`) }))}
            />
          </fieldset>
        `
      }
      ${
        withWhom &&
        withWhom !== "none" &&
        html`
          <div class="triple">
            ${SOON.map(
              ([name, days]) =>
                html`
                  <button
                    key=${name}
                    class="button"
                    type="button"
                    onClick=${() =>
                      at(
                        localMinute(
                          daysLater(Number(days), draft.value.peek().record.occurredAt, now.peek()),
                        ),
                      )}
                  >
                    ${t(`next.in.${name}`)}
                  </button>
                `,
            )}
          </div>
          <${DraftDate}
            draft=${draft}
            name="next"
            label=${t("next.when")}
            type="datetime-local"
            ...${ahead(now.value)}
            value=${followup ? localMinute(followup.at) : ""}
            onPick=${at}
          />
          ${
            followup &&
            html`
              <p class="help">${day(followup.at)}</p>
              <${Choices}
                shape="two"
                centre
                value=${followup.kind}
                onPick=${(/** @type {string} */ value) => draft.set("followup.kind", value)}
                options=${FOLLOWUP_KINDS.map((value) => ({ value, label: t(`followup.kind.${value}`) }))}
              />
              <${DraftField}
                draft=${draft}
                path="followup.note"
                label=${t("next.before")}
                help=${t("next.before.help")}
                oneLine
              />
              <label class="promise plain">
                <input
                  type="checkbox"
                  autocomplete="off"
                  checked=${followup.remind}
                  onChange=${() => draft.set("followup.remind", !followup.remind)}
                />
                <span>${t("next.remind")}<small>${t("next.remind.when")}</small></span>
              </label>
            `
          }
        `
      }
    </fieldset>
  `
}

/** @param {{ draft: Draft, sheet: CaseSheet }} props */
export function PromisesMade({ draft, sheet }) {
  const promises = /** @type {any[]} */ (useField(draft, "record.promises"))
  const typed = useField(draft, "adding.promises")
  const [round, setRound] = useState(0)
  const type = (/** @type {object} */ change) =>
    draft.set("adding.promises", {
      id: newId(),
      text: "",
      due: null,
      to: sheet.title,
      ...draft.value.peek().adding?.promises,
      ...change,
    })
  const add = () => {
    addTyped(draft)
    setRound(round + 1)
  }
  const remove = (/** @type {any} */ gone) =>
    takeAway(draft, t("promise.removed", { text: gone.text }), {
      "record.promises": promises.filter(({ id }) => id !== gone.id),
    })
  return html`
    <fieldset class="field" data-field="promises">
      <legend>${t("field.promises")}</legend>
      <p class="help">${t("promises.help")}</p>
      ${
        promises.length > 0 &&
        html`
          <ul class="sheet">
            ${promises.map(
              (one) => html`
                <li key=${one.id} class="made">
                  <span>${one.text}${one.due && html`<small>${day(one.due)}</small>`}</span>
                  <button
                    class="back"
                    type="button"
                    aria-label=${t("promise.remove", { text: one.text })}
                    onClick=${() => remove(one)}
                  >
                    ${icon("close", true)}
                  </button>
                </li>
              `,
            )}
          </ul>
        `
      }
      <${DraftBox}
        key=${round}
        draft=${draft}
        path="adding.promises.text"
        oneLine
        label=${t("promises.new")}
        placeholder=${t("promises.new")}
        write=${(/** @type {string} */ text) => type({ text })}
      />
      ${
        typed?.text?.trim() &&
        html`
          <${DraftDate}
            draft=${draft}
            name="promises"
            label=${t("promises.due")}
            type="date"
            ...${promised(draft.value.peek().record.occurredAt, now.value)}
            value=${typed.due ?? ""}
            onPick=${(/** @type {string} */ due) => type({ due: due || null })}
          />
          <button class="button" type="button" onClick=${add}>
            ${icon("plus", true)}
            ${t("promises.add")}
          </button>
        `
      }
    </fieldset>
  `
}
