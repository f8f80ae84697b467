// Log, step 1: the outcome. One tap, no typing. A day when nobody was met is a visit too, and may be saved from here.

import { CHANNELS, PLANNED } from "../../../../sync/events.js"
import { html, useState } from "../../../vendor/preact.js"
import { clockSpan, localMinute, nearDay, utc } from "../../words/dates.js"
import { now } from "../../words/clock.js"
import { Choices } from "../../components/choice.js"
import { DraftDate } from "../../components/draft_field.js"
import { useField } from "../../components/hooks.js"
import { place } from "../../shell/router.js"
import { gap, line, t } from "../../words/texts.js"
import { GROUPS, impliedReaction, isCalledOff, isRemote, metSomebody, REMOTE } from "../../visit/outcomes.js"
import { ended, happened, impliedEnd } from "../../visit/times.js"
import { goStep, LogStep } from "./log.js"
import { Save } from "./log_save.js"

/** @import { Draft } from "../../shapes.d.ts" */
/** @import { Log } from "./log.js" */

const WIDE = new Set(["met_person", "refused_at_door", "cancelled_by_household"])

export const LogOutcome = () => html`<${LogStep} step="outcome" tight body=${Outcome} act=${Next} />`

/** @param {Log} log */
function Outcome({ draft }) {
  const outcome = useField(draft, "record.outcome")
  const remote = isRemote(useField(draft, "record.channel"))
  const groups = remote ? [["remote", REMOTE]] : GROUPS
  return html`
    <${When} draft=${draft} />
    ${groups.map(
      ([group, outcomes]) => html`
        <fieldset class="part" key=${group} data-field="outcome">
          <legend class="part-title">${t(`outcomes.${group}`)}</legend>
          <${Choices}
            shape="two"
            big
            name="outcome"
            value=${outcome}
            onPick=${(/** @type {string} */ value) => pick(draft, value)}
            options=${[...outcomes].map((value) => ({
              value,
              label: t(`outcome.${value}.short`),
              small: smallOf(value),
              wide: remote || WIDE.has(value),
            }))}
          />
        </fieldset>
      `,
    )}
    <p class="note" role="status">
      ${
        outcome && !metSomebody(outcome) && impliedReaction(outcome) !== null
          ? t("outcome.implied", { reaction: t(`reaction.${impliedReaction(outcome)}.long`) })
          : t("outcomes.note")
      }
    </p>
  `
}

/** @param {string} outcome */
function smallOf(outcome) {
  const small = t(`outcome.${outcome}.small`)
  return small === `outcome.${outcome}.small` ? "" : small
}

/** @param {Draft} draft @param {string} outcome */
function pick(draft, outcome) {
  const { record } = draft.value.peek()
  draft.set("record.outcome", outcome)
  const { begunByHand, plannedByHand } = draft.value.peek()
  const end = record.endedAt ? null : impliedEnd(record.occurredAt, new Date(), Boolean(begunByHand))
  if (end) draft.set("record.endedAt", end)
  // What was called off did not go as planned; who says otherwise has said so by hand.
  if (!plannedByHand && isCalledOff(outcome) !== isCalledOff(record.outcome))
    draft.set("record.planned", isCalledOff(outcome) ? "cancelled" : plannedFirst(draft))
  if (!metSomebody(outcome)) draft.set("record.reaction", impliedReaction(outcome))
  else if (record.outcome && !metSomebody(record.outcome)) draft.set("record.reaction", null)
}

/** When it began was set by hand: an end that was only implied is not known any more. @param {Draft} draft @param {string} began */
function setBegin(draft, began) {
  draft.set("record.occurredAt", began)
  draft.set("begunByHand", true)
  if (!draft.value.peek().endedByHand) draft.set("record.endedAt", undefined)
}

/** @param {Draft} draft @param {string} value */
function setEnd(draft, value) {
  draft.set("record.endedAt", value ? utc(value) : undefined)
  draft.set("endedByHand", value !== "")
}

/** As it was before it was called off. @param {Draft} draft */
const plannedFirst = (draft) => ((draft.value.peek().closes ?? []).length > 0 ? "as_planned" : "unplanned")

/** 今日 10:00–10:32　予定どおり・単独　[変える] @param {{ draft: Draft }} props */
function When({ draft }) {
  const [changing, setChanging] = useState(place.peek().carried.at === "times")
  const [start, end] = [useField(draft, "record.occurredAt"), useField(draft, "record.endedAt")]
  const [channel, planned, alone] = [
    useField(draft, "record.channel"),
    useField(draft, "record.planned"),
    useField(draft, "record.alone"),
  ]
  return html`
    <div class="context" data-field="times">
      <span>
        <time class="strong" datetime=${start}>${nearDay(start, now.value)} ${clockSpan(start, end)}</time>
        ${gap()}
        <span class="together">
          ${line(
            channel !== "visit" && t(`channel.${channel}`),
            t(`planned.${planned}`),
            t(alone === undefined ? "alone.ask" : alone ? "alone.yes" : "alone.no"),
          )}
        </span>
      </span>
      <button class="link" type="button" aria-expanded=${changing} onClick=${() => setChanging(!changing)}>
        ${t(changing ? "close" : "change")}
      </button>
    </div>
    ${end && end < start && html`<p class="reason" role="alert">${t("need.times")}</p>`}
    ${
      changing &&
      html`
        <div class="tied">
          <${DraftDate}
            draft=${draft}
            name="occurredAt"
            label=${t("field.occurredAt")}
            type="datetime-local"
            ...${happened(now.value)}
            value=${localMinute(start)}
            onPick=${(/** @type {string} */ value) => value && setBegin(draft, utc(value))}
          />
          <${DraftDate}
            draft=${draft}
            name="endedAt"
            label=${t("field.endedAt")}
            type="datetime-local"
            ...${ended(start, now.value)}
            value=${end ? localMinute(end) : ""}
            onPick=${(/** @type {string} */ value) => setEnd(draft, value)}
          />
          <div class="field">
            <label for="channel">${t("field.channel")}</label>
            <select
              class="box"
              id="channel"
              autocomplete="off"
              value=${channel}
              onChange=${(/** @type {any} */ event) => changeChannel(draft, event.currentTarget.value)}
            >
              ${CHANNELS.map(
                (value) => html`<option key=${value} value=${value}>${t(`channel.${value}`)}</option>`,
              )}
            </select>
          </div>
          <fieldset class="field">
            <legend>${t("field.planned")}</legend>
            <${Choices}
              shape="two"
              centre
              value=${planned}
              onPick=${(/** @type {string} */ value) => {
                draft.set("record.planned", value)
                draft.set("plannedByHand", true)
              }}
              options=${PLANNED.map((value) => ({ value, label: t(`planned.${value}`) }))}
            />
          </fieldset>
          <fieldset class="field">
            <legend>${t("field.alone")}</legend>
            <${Choices}
              shape="two"
              centre
              value=${alone}
              onPick=${(/** @type {boolean} */ value) => draft.set("record.alone", value)}
              options=${[
                { value: true, label: t("alone.yes") },
                { value: false, label: t("alone.no") },
              ]}
            />
          </fieldset>
        </div>
      `
    }
  `
}

/** A letter has other outcomes than a visit: an outcome that no longer fits is asked again. @param {Draft} draft @param {string} channel */
function changeChannel(draft, channel) {
  const { record } = draft.value.peek()
  if (isRemote(channel) !== isRemote(record.channel)) draft.set("record.outcome", "")
  draft.set("record.channel", channel)
}

/** @param {Log} log */
function Next(log) {
  const outcome = useField(log.draft, "record.outcome")
  if (!outcome)
    return html`<button class="button button-main" type="button" disabled>${t("log.pick_outcome")}</button>`
  if (metSomebody(outcome))
    return html`
      <button class="button button-main" type="button" onClick=${() => goStep(log, "notes")}>
        ${t("next")}
      </button>
    `
  // Three taps at a door where nobody was: begin, outcome, save. What follows from the outcome stands above the key.
  return html`
    <${Save}
      ...${log}
      beside=${html`
        <button class="button" type="button" onClick=${() => goStep(log, "notes")}>
          ${t("log.write_more")}
        </button>
      `}
    />
  `
}
