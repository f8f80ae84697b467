// Log, step 2: four note boxes, who was met, reaction, distance with the event that shows it, living and risk,
// what was left, next follow-up, promises, photos, and the worker's own mind.

import { PLACES, TAKEN } from "../../../../sync/events.js"
import { ADDED } from "../../../../sync/visit_fields.js"
import { html } from "../../../vendor/preact.js"
import { Choices } from "../../components/choice.js"
import { DraftField } from "../../components/draft_field.js"
import { useField } from "../../components/hooks.js"
import { icon } from "../../components/icon.js"
import { t } from "../../words/texts.js"
import { couldReact, metSomebody } from "../../visit/outcomes.js"
import { memberName, NOTES } from "../../visit/fields.js"
import { Photos } from "./log_photos.js"
import { Distance } from "./log_stage.js"
import { Living, Risk } from "./log_grids.js"
import { NextContact, PromisesMade } from "./log_next.js"
import { goStep, LogStep } from "./log.js"

/** @import { Draft, Member } from "../../shapes.d.ts" */
/** @import { Log } from "./log.js" */

const TOPICS = ["hobby", "game", "health", "family", "past", "trouble"]
const REACTIONS = [3, 2, 1, 0, -1]
/** What becomes of a box when somebody asks to see their record. */
const DISCLOSED = /** @type {Record<string, string>} */ ({
  fact: "as_is",
  quote: "quote",
  thirdParty: "veiled",
  view: "veiled",
})

export const LogNotes = () => html`<${LogStep} step="notes" body=${Notes} act=${Next} />`

/** @param {Log} log */
const Next = (log) =>
  html`
    <button class="button button-main" type="button" onClick=${() => goStep(log, "checklist")}>
      ${t("next")}
    </button>
  `

/** @param {Log} log */
function Notes(log) {
  const { draft, sheet, me } = log
  const outcome = useField(draft, "record.outcome")
  const met = metSomebody(outcome)
  return html`
    <p class="note">${t("notes.why")}</p>
    <p class="note">${t("notes.dictation")}</p>
    ${NOTES.map(
      (box) => html`<${Note} key=${box} box=${box} draft=${draft} must=${met && box === "fact"} />`,
    )}
    ${met && html`<${MetWith} draft=${draft} members=${sheet.household.members} />`}
    ${couldReact(outcome) && html`<${Reaction} draft=${draft} />`}
    ${couldReact(outcome) && html`<${Distance} draft=${draft} sheet=${sheet} />`}
    <${Risk} draft=${draft} must=${met} log=${log} />
    ${met && html`<${Living} draft=${draft} />`}
    ${met && html`<${Topics} draft=${draft} />`}
    ${met && ADDED.map((field) => html`<${Added} key=${field.path} field=${field} draft=${draft} />`)}
    <${Left} draft=${draft} />
    <${DraftField}
      draft=${draft}
      path="record.hook"
      label=${t("hook.next")}
      help=${t("hook.help")}
      rows=${2}
    />
    <${NextContact} draft=${draft} must=${met} />
    <${PromisesMade} draft=${draft} sheet=${sheet} />
    <${Photos} draft=${draft} />
    ${
      (me?.staff.length ?? 0) > 1 &&
      html`<${Together} draft=${draft} staff=${me?.staff ?? []} own=${me?.worker.id ?? ""} />`
    }
    <${DraftField}
      draft=${draft}
      path="record.reflection"
      label=${t("field.reflection")}
      help=${t("reflection.help")}
      rows=${2}
    />
  `
}

/** @param {{ box: string, draft: Draft, must: boolean }} props */
const Note = ({ box, draft, must }) => html`
  <${DraftField}
    draft=${draft}
    path=${`record.notes.${box}`}
    label=${t(`box.${box}`)}
    help=${t(`box.${box}.help`)}
    must=${must && t("must")}
    after=${html`
      <p class="disclosed">
        ${icon(DISCLOSED[box] === "veiled" ? "veil" : "eye", true)}
        ${t(`disclosed.${DISCLOSED[box]}`)}
      </p>
    `}
  />
`

/** @param {{ draft: Draft, members: Member[] }} props */
function MetWith({ draft, members }) {
  const met = useField(draft, "record.metWith"),
    where = useField(draft, "record.place")
  return html`
    <fieldset class="field" data-field="metWith">
      <legend>${t("field.metWith")}</legend>
      <${Choices}
        shape="three"
        centre
        many
        value=${met}
        onPick=${(/** @type {string[]} */ list) => draft.set("record.metWith", list)}
        options=${members.map((member) => ({ value: member.id, label: memberName(member) }))}
      />
    </fieldset>
    <fieldset class="field" data-field="place">
      <legend>${t("field.place")}</legend>
      <${Choices}
        shape="three"
        centre
        value=${where ?? ""}
        onPick=${(/** @type {string} */ value) => draft.set("record.place", value)}
        options=${PLACES.map((value) => ({ value, label: t(`place.${value}`) }))}
      />
    </fieldset>
  `
}

/** @param {{ draft: Draft }} props */
function Reaction({ draft }) {
  const reaction = useField(draft, "record.reaction")
  return html`
    <fieldset class="field" data-field="reaction">
      <legend>${t("field.reaction")}<span class="must">${t("must")}</span></legend>
      <${Choices}
        value=${reaction}
        onPick=${(/** @type {number} */ value) => draft.set("record.reaction", value)}
        options=${REACTIONS.map((value) => ({
          value,
          num: value > 0 ? `+${value}` : value < 0 ? "−1" : "0",
          label: t(`reaction.${value}.long`),
        }))}
      />
    </fieldset>
  `
}

/**
 * A field that came later, in the form of its kind.
 * @param {{ field: import("../../../../sync/visit_fields.js").AddedField, draft: Draft }} props
 */
function Added({ field: { path, kind, codes }, draft }) {
  const value = useField(draft, `record.${path}`)
  if (kind === "text") {
    return html`
      <${DraftField} draft=${draft} path=${`record.${path}`} label=${t(`field.${path}`)} rows=${2} />
    `
  }
  const pick = (/** @type {string} */ code) => draft.set(`record.${path}`, code)
  const options = codes.map((code) => ({ value: code, label: t(`${path}.${code}`) }))
  return html`<fieldset class="field" data-field=${path}>
    <legend>${t(`field.${path}`)}</legend>
    <${Choices} shape="three" centre value=${value ?? ""} onPick=${pick} options=${options} />
  </fieldset>`
}

/** @param {{ draft: Draft }} props */
function Topics({ draft }) {
  const topics = useField(draft, "record.topics")
  const words = TOPICS.map((topic) => t(`topic.${topic}`))
  return html`
    <fieldset class="field" data-field="topics">
      <legend>${t("field.topics")}</legend>
      <${Choices}
        shape="three"
        centre
        many
        value=${topics}
        onPick=${(/** @type {string[]} */ list) => draft.set("record.topics", list)}
        options=${words.map((word) => ({ value: word, label: word }))}
      />
    </fieldset>
    <${DraftField}
      draft=${draft}
      path="record.topics"
      label=${t("field.topics.other")}
      help=${t("field.listed")}
      oneLine
      read=${(/** @type {string[]} */ all) => all.filter((topic) => !words.includes(topic)).join("、")}
      write=${(/** @type {string} */ text) =>
        draft.set("record.topics", [
          ...draft.value.peek().record.topics.filter((/** @type {string} */ topic) => words.includes(topic)),
          ...listed(text),
        ])}
    />
    <${DraftField}
      draft=${draft}
      path="record.interests"
      label=${t("field.interests")}
      help=${t("field.interests.help")}
      oneLine
      read=${(/** @type {string[]} */ all) => all.join("、")}
      write=${(/** @type {string} */ text) => draft.set("record.interests", listed(text))}
    />
  `
}

/** @param {string} text */
const listed = (text) =>
  text
    .split(/[、,，\n]/)
    .map((word) => word.trim())
    .filter(Boolean)

/** @param {{ draft: Draft }} props */
function Left({ draft }) {
  const taken = useField(draft, "record.left.taken")
  return html`
    <fieldset class="field" data-field="left">
      <legend>${t("field.left")}</legend>
      <${DraftField}
        draft=${draft}
        path="record.left.what"
        label=${t("left.what")}
        help=${t("left.help")}
        oneLine
      />
      <${Choices}
        shape="three"
        centre
        value=${taken}
        onPick=${(/** @type {string} */ value) => draft.set("record.left.taken", value)}
        options=${TAKEN.filter(Boolean).map((value) => ({ value, label: t(`left.${value}`) }))}
      />
    </fieldset>
  `
}

/** @param {{ draft: Draft, staff: { id: string, name: string }[], own: string }} props */
function Together({ draft, staff, own }) {
  const went = useField(draft, "record.staff")
  const alone = useField(draft, "record.alone")
  if (alone) return null
  return html`
    <fieldset class="field" data-field="staff">
      <legend>${t("field.staff")}</legend>
      <${Choices}
        shape="two"
        centre
        many
        value=${went}
        onPick=${(/** @type {string[]} */ list) => draft.set("record.staff", [...new Set([own, ...list])])}
        options=${staff.map(({ id, name }) => ({ value: id, label: name }))}
      />
    </fieldset>
  `
}
