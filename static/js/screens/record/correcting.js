// Fields of a record under correction, each with what it said before. Texts are edited as texts, codes picked anew.

import {
  LIVING_KEYS,
  LIVING_VALUES,
  MAY_COME,
  NEXT_WITH,
  OUTCOMES,
  PLACES,
  PLANNED,
  RISK_KEYS,
  RISK_VALUES,
  TAKEN,
} from "../../../../sync/events.js"
import { ADDED } from "../../../../sync/visit_fields.js"
import { html } from "../../../vendor/preact.js"
import { now } from "../../words/clock.js"
import { localMinute, utc } from "../../words/dates.js"
import { Choices } from "../../components/choice.js"
import { DraftDate, DraftField } from "../../components/draft_field.js"
import { useField } from "../../components/hooks.js"
import { t } from "../../words/texts.js"
import { at, fieldName, memberName } from "../../visit/fields.js"
import { isCalledOff } from "../../visit/outcomes.js"
import { ended, happened } from "../../visit/times.js"

/** @import { CaseSheet, Draft, Member } from "../../shapes.d.ts" */

const ADDED_TEXTS = ADDED.filter(({ kind }) => kind === "text").map(({ path }) => path)
const ADDED_CODES = ADDED.filter(({ kind }) => kind === "code")
const TEXTS = [
  "notes.fact",
  "notes.quote",
  "notes.thirdParty",
  "notes.view",
  "stageEvent",
  "hook",
  "left.what",
  "reflection",
  ...ADDED_TEXTS,
]
/** @type {Record<string, readonly string[]>} */
const CODES = {
  outcome: OUTCOMES,
  place: PLACES,
  planned: PLANNED,
  "left.taken": TAKEN.filter(Boolean),
  "next.with": NEXT_WITH,
  "next.mayCome": MAY_COME,
  ...Object.fromEntries(ADDED_CODES.map(({ path, codes }) => [path, codes])),
}
const ALL = [
  "occurredAt",
  "endedAt",
  "outcome",
  "metWith",
  "place",
  ...TEXTS.slice(0, 4),
  "reaction",
  "stage",
  ...TEXTS.slice(4, 6),
  "living",
  "risk",
  "left.what",
  "left.taken",
  "next.with",
  "next.mayCome",
  ...ADDED.map(({ path }) => path),
  "reflection",
]

/** @param {{ draft: Draft, before: any, sheet: CaseSheet, only?: string, without?: string }} props */
export const Correcting = ({ draft, before, sheet, only, without }) =>
  html`
    ${(only ? spread(only) : ALL.filter((path) => path !== without)).map(
      (path) =>
        html`
          <${One}
            key=${path}
            path=${path}
            draft=${draft}
            before=${before}
            members=${sheet.household.members}
            alone=${Boolean(only)}
          />
        `,
    )}
  `

/** A question may be tied to a whole group. @param {string} path */
function spread(path) {
  if (path === "left") return ["left.what", "left.taken"]
  if (path === "next") return ["next.with", "next.mayCome"]
  if (path === "notes") return TEXTS.slice(0, 4)
  if (path.startsWith("risk") && path !== "riskCall") return ["risk"]
  if (path.startsWith("living")) return ["living"]
  return ALL.includes(path) ? [path] : ["notes.fact"]
}

/** @param {{ path: string, draft: Draft, before: any, members: Member[], alone: boolean }} props */
function One({ path, draft, before, members, alone }) {
  const value = useField(draft, `record.${path}`)
  const set = (/** @type {any} */ to) => {
    draft.set(`record.${path}`, to)
    if (path === "outcome" && isCalledOff(to)) draft.set("record.planned", "cancelled")
  }
  const label = alone ? t("review.new_text") : fieldName(path)
  if (TEXTS.includes(path))
    return html`<${DraftField} draft=${draft} path=${`record.${path}`} label=${label} />`
  if (path === "occurredAt" || path === "endedAt")
    return html`
      <${DraftDate}
        draft=${draft}
        name=${path}
        label=${label}
        type="datetime-local"
        ...${
          path === "endedAt" ? ended(draft.value.peek().record.occurredAt, now.value) : happened(now.value)
        }
        value=${value ? localMinute(value) : ""}
        onPick=${(/** @type {string} */ picked) =>
          picked ? set(utc(picked)) : path === "endedAt" && set(undefined)}
      />
    `
  if (path === "risk" || path === "living")
    return html`<${Grid} which=${path} value=${value ?? {}} onSet=${set} />`
  return html`
    <fieldset class="field">
      <legend>${label}</legend>
      <${Choices}
        shape=${path === "stage" || path === "reaction" ? "" : "two"}
        centre=${path !== "stage" && path !== "reaction"}
        many=${path === "metWith"}
        value=${value ?? at(before, path) ?? (path === "metWith" ? [] : null)}
        onPick=${set}
        options=${optionsOf(path, members)}
      />
    </fieldset>
  `
}

/** @param {string} path @param {Member[]} members */
function optionsOf(path, members) {
  if (path === "metWith") return members.map((member) => ({ value: member.id, label: memberName(member) }))
  if (path === "reaction")
    return [3, 2, 1, 0, -1].map((value) => ({
      value,
      num: value > 0 ? `+${value}` : value < 0 ? "−1" : "0",
      label: t(`reaction.${value}.long`),
    }))
  if (path === "stage")
    return [7, 6, 5, 4, 3, 2, 1, 0].map((value) => ({
      value,
      num: String(value),
      label: t(`stage.${value}`),
    }))
  const codes = CODES[path] ?? []
  const group = path === "left.taken" ? "left" : path
  return codes.map((value) => ({ value, label: t(`${group}.${value}`) }))
}

/** @param {{ which: "risk" | "living", value: Record<string, string>, onSet: (value: any) => void }} props */
const Grid = ({ which, value, onSet }) =>
  html`
    <fieldset class="field">
      <legend>${t(`field.${which}`)}</legend>
      <div class="grid">
        ${(which === "risk" ? RISK_KEYS : LIVING_KEYS).map(
          (key) => html`
            <fieldset class="grid-row" key=${key}>
              <legend>${t(`${which}.${key}`)}</legend>
              <${Choices}
                shape=${which === "risk" ? "three" : "four"}
                centre
                value=${value[key]}
                onPick=${(/** @type {string} */ grade) => onSet({ ...value, [key]: grade })}
                options=${(which === "risk" ? RISK_VALUES : LIVING_VALUES).map((grade) => ({
                  value: grade,
                  label: t(`${which}.value.${grade}`),
                  urgent: grade === "urgent",
                }))}
              />
            </fieldset>
          `,
        )}
      </div>
    </fieldset>
  `
