// Steps two to six of 至急: five questions, the voice hand-over, keeping safe, connecting, afterwards.

import { html, useState } from "../../../vendor/preact.js"
import { dayTime, localMinute, nearClock, utc } from "../../words/dates.js"
import { now } from "../../words/clock.js"
import { useDoor } from "../../session/context.js"
import { Choices } from "../../components/choice.js"
import { DateField } from "../../components/date_field.js"
import { Field } from "../../components/field.js"
import { Part } from "../../components/list.js"
import { NumberList, numberName, QuickNumbers, useNumbers } from "../../components/numbers.js"
import { offerUndo } from "../../components/undo.js"
import { go } from "../../shell/router.js"
import { gap, t } from "../../words/texts.js"
import { clear, crisis, hasWords, isPressing, note } from "../../session/crisis.js"
import { useCase, useCases, useMe } from "../../components/hooks.js"
import { blankVisit } from "../../visit/blank.js"
import { handedOver } from "../../visit/required.js"

const QUESTIONS = ["thoughts", "plan", "means", "attempt", "soon"]
const BESIDE = ["drinking", "isolation", "loss"]
const LAWS = ["health", "ambulance", "child", "elderly", "police"]

export function Ask() {
  const { asked } = crisis.value
  const answer = (/** @type {string} */ key, /** @type {any} */ value) =>
    note({ asked: { ...crisis.peek().asked, [key]: value } })
  const row = (/** @type {string} */ key) => html`
    <fieldset class="grid-row" key=${key}>
      <legend>${t(`ask.${key}`)}</legend>
      <${Choices}
        shape="three"
        centre
        value=${asked[key]}
        onPick=${(/** @type {string} */ value) => answer(key, value)}
        options=${["yes", "no", "unknown"].map((value) => ({ value, label: t(`ask.answer.${value}`) }))}
      />
    </fieldset>
  `
  return html`
    <h2 class="ask">${t("urgent.ask.title")}</h2>
    <p class="note">${t("urgent.ask.how")}</p>
    <div class="grid">${QUESTIONS.map(row)}</div>
    <${Part} title=${t("urgent.ask.beside")}><div class="grid">${BESIDE.map(row)}</div><//>
    <p class=${isPressing(asked) ? "reason reason-urgent" : "note"} role="status">
      ${t(isPressing(asked) ? "urgent.ask.pressing" : "urgent.ask.doubt")}
    </p>
  `
}

/** A time that is none stays, with its reason, over a lock too. @param {string} name */
const keptTime = (name) => ({
  refused: crisis.value.refused?.[name],
  onRefused: (/** @type {string | undefined} */ typed) => {
    const { [name]: _, ...others } = crisis.peek().refused ?? {}
    note({ refused: typed === undefined ? others : { ...others, [name]: typed } })
  },
})

export function HandOver() {
  const door = useDoor()
  const { call } = crisis.value
  const numbers = useNumbers()
  const set = (/** @type {object} */ change) => note({ call: { ...crisis.peek().call, ...change } })
  const [round, setRound] = useState(0)
  return html`
    <h2 class="ask">${t("urgent.hand_over.title")}</h2>
    <p class="note">${t("urgent.hand_over.why")}</p>
    <${NumberList} numbers=${numbers.filter(({ kind }) => kind !== "helpline")} />
    <div class="tied">
      <${Kept} field="call.to">
        <${Field}
          key=${round}
          label=${t("riskCall.to")}
          oneLine
          start=${call.to}
          onText=${(/** @type {string} */ to) => set({ to })}
        />
      <//>
      <div class="chips-pick">
        ${numbers
          .filter(({ tel, kind }) => tel && kind !== "helpline")
          .map(
            (number) =>
              html`<button key=${number.id} class="button" type="button" onClick=${() => {
                set({ to: numberName(number), at: call.at || utc(new Date()) })
                setRound(round + 1)
              }}>${numberName(number)}</button>`,
          )}
      </div>
      <${DateField}
        ...${keptTime("call.at")}
        label=${t("riskCall.at")}
        type="datetime-local"
        value=${call.at ? localMinute(call.at) : ""}
        onPick=${(/** @type {string} */ at) => set({ at: at ? utc(at) : "" })}
      />
      <button class="button" type="button" onClick=${() => set({ at: utc(now.value) })}>
        ${t("riskCall.now")}
      </button>
      <${Kept} field="call.result">
        <${Field}
          label=${t("riskCall.result")}
          help=${t("riskCall.result.help")}
          rows=${2}
          start=${call.result}
          onText=${(/** @type {string} */ result) => set({ result })}
        />
      <//>
    </div>
    <p class="note" role="status">
      ${
        handedOver({ riskCall: call })
          ? t("riskCall.done", { to: call.to, at: nearClock(call.at, now.value) })
          : t("urgent.closes_with_call")
      }
    </p>
    ${door.state.value === "open" && html`<${Onward} />`}
  `
}

export function KeepSafe() {
  const { safe } = crisis.value
  const set = (/** @type {object} */ change) => note({ safe: { ...crisis.peek().safe, ...change } })
  return html`
    <h2 class="ask">${t("urgent.safe.title")}</h2>
    <${Kept} field="safe.who">
      <${Field}
        label=${t("safe.who")}
        help=${t("safe.who.help")}
        oneLine
        start=${safe.who}
        onText=${(/** @type {string} */ who) => set({ who })}
      />
    <//>
    <${Kept} field="safe.means">
      <${Field}
        label=${t("safe.means")}
        help=${t("safe.means.help")}
        rows=${2}
        start=${safe.means}
        onText=${(/** @type {string} */ means) => set({ means })}
      />
    <//>
    <${DateField}
      ...${keptTime("safe.contact")}
      label=${t("safe.contact")}
      type="datetime-local"
      value=${safe.contact ? localMinute(safe.contact) : ""}
      onPick=${(/** @type {string} */ contact) => set({ contact: contact ? utc(contact) : "" })}
    />
    <p class="note" role="status">${t(isLate(safe.contact) ? "safe.contact.late" : "safe.contact.within")}</p>
  `
}

/** Who was told, under which law, when: what somebody did by voice, noted. */
export function Connect() {
  const { told } = crisis.value
  const set = (
    /** @type {string} */ law,
    /** @type {import("../../session/crisis.js").Told | null} */ one,
  ) => {
    const { [law]: gone, ...rest } = crisis.peek().told
    note({ told: one ? { ...rest, [law]: one } : rest })
    if (!one && gone?.to)
      offerUndo(t("told.removed", { law: t(`law.${law}`) }), () =>
        note({ told: { ...crisis.peek().told, [law]: gone } }),
      )
  }
  return html`
    <h2 class="ask">${t("urgent.connect.title")}</h2>
    <p class="note">${t("urgent.connect.never")}</p>
    <ul class="sheet">
      ${LAWS.map(
        (law) => html`
          <li key=${law}>
            <label class="promise">
              <input
                type="checkbox"
                autocomplete="off"
                checked=${Boolean(told[law])}
                onChange=${() => set(law, told[law] ? null : { to: "", at: utc(new Date()) })}
              />
              <span><b class="strong">${t(`law.${law}`)}</b><small>${t(`law.${law}.basis`)}</small></span>
            </label>
            ${
              told[law] &&
              html`
                <div class="told-of">
                  <${Kept} field=${`told.${law}`}>
                    <${Field}
                      label=${t("told.to")}
                      oneLine
                      start=${told[law].to}
                      onText=${(/** @type {string} */ to) => set(law, { ...crisis.peek().told[law], to })}
                    />
                  <//>
                  <${DateField}
                    ...${keptTime(`told.${law}`)}
                    label=${t("told.at")}
                    type="datetime-local"
                    value=${localMinute(told[law].at)}
                    onPick=${(/** @type {string} */ at) =>
                      at && set(law, { ...crisis.peek().told[law], at: utc(at) })}
                  />
                </div>
              `
            }
          </li>
        `,
      )}
    </ul>
    <${Part} title=${t("urgent.voices")}><${NumberList} numbers=${useNumbers()} /><//>
  `
}

export function After() {
  const open = useDoor().state.value === "open"
  return html`
    <h2 class="ask">${t("urgent.after.title")}</h2>
    <ul class="said">
      ${["debrief", "review", "conference", "you"].map(
        (key) => html`<li key=${key}>${t(`after.${key}`)}</li>`,
      )}
    </ul>
    <${QuickNumbers} />
    ${open ? html`<${Onward} />` : html`<p class="note">${t("urgent.after.unlock")}</p>`}
  `
}

/** A commissioner keeps no records: theirs goes into a notice. */
const Onward = () =>
  useMe()?.worker.role === "commissioner" ? html`<${IntoNotice} />` : html`<${IntoRecord} />`

/** It goes on in the draft of a notice, and leaves only when it is sent there. */
function IntoNotice() {
  const door = useDoor(),
    here = crisis.value
  if (!hasWords(here)) return null
  const write = async () => {
    const draft = await door.drafts.open(null, "notice", {
      value: { who: "", place: "", noticed: "", named: "" },
    })
    const { to, at, result } = here.call
    const call =
      (to || result) &&
      `${t("urgent.step.hand_over")}：${[to, at && dayTime(at), result].filter(Boolean).join(gap())}`
    draft.set("noticed", [draft.value.peek().noticed, call, ...inSentences(here)].filter(Boolean).join("\n"))
    await draft.flush()
    clear()
    go("notice-write")
  }
  return html`
    <div class="tied">
      <h3 class="field-title">${t("urgent.into_notice")}</h3>
      <p class="note">${t("urgent.into_notice.what")}</p>
      <button class="button" type="button" onClick=${write}>${t("urgent.into_notice.write")}</button>
    </div>
  `
}

/** What was said and done goes into the record of the visit: it is the worker's to look over there. */
function IntoRecord() {
  const door = useDoor()
  const cases = useCases()
  const here = crisis.value
  const sheet = useCase(here.case)
  const [done, setDone] = useState(false)
  if (done)
    return html`
      <div class="stack">
        <p class="note" role="status">${t("urgent.written")}</p>
        <button
          class="button"
          type="button"
          onClick=${() => {
            const to = { case: here.case }
            clear()
            go("log-check", to)
          }}
        >
          ${t("urgent.to_record")}
        </button>
      </div>
    `
  if (!hasWords(here)) return null
  const write = async () => {
    const draft = await door.drafts.open(here.case, "visit", {
      ...(here.draft ? { id: here.draft } : {}),
      value: {
        record: blankVisit({
          me: door.documents.peek().get("me"),
          at: new Date(),
          followup: null,
          safety: sheet?.safety,
        }),
        followup: null,
        closes: [],
        moves: null,
        stageMove: "",
        step: "notes",
      },
    })
    if (here.call.to || here.call.result) draft.set("record.riskCall", here.call)
    const { record } = draft.value.peek()
    if (!Object.values(record.risk).includes("urgent") && isPressing(here.asked))
      draft.set("record.risk.self_harm", "urgent")
    draft.set("record.notes.fact", [record.notes.fact, ...inSentences(here)].filter(Boolean).join("\n"))
    await draft.flush()
    setDone(true)
  }
  return html`
    <div class="tied">
      <h3 class="field-title">${t("urgent.into_record")}</h3>
      ${
        sheet
          ? html`<p>${sheet.title}</p>`
          : html`
            <div class="field">
              <label for="whose">${t("urgent.whose")}</label>
              <select
                class="box"
                id="whose"
                autocomplete="off"
                onChange=${(/** @type {any} */ event) => note({ case: event.currentTarget.value || null })}
              >
                <option value="">${t("urgent.whose.pick")}</option>
                ${cases.map(({ id, title }) => html`<option key=${id} value=${id}>${title}</option>`)}
              </select>
            </div>
          `
      }
      <button class="button" type="button" disabled=${!here.case} onClick=${write}>
        ${t("urgent.write")}
      </button>
    </div>
  `
}

/** @param {import("../../session/crisis.js").Crisis} here */
const inSentences = ({ asked, safe, told }) =>
  [
    Object.keys(asked).length > 0 &&
      `${t("urgent.step.ask")}：${Object.entries(asked)
        .map(([key, value]) => `${t(`ask.${key}.short`)} ${t(`ask.answer.${value}`)}`)
        .join(gap())}`,
    safe.who && `${t("safe.who")}：${safe.who}`,
    safe.means && `${t("safe.means")}：${safe.means}`,
    safe.contact && `${t("safe.contact")}：${dayTime(safe.contact)}`,
    ...Object.entries(told).map(
      ([law, { to, at }]) =>
        `${t("told.into", { law: t(`law.${law}`), basis: t(`law.${law}.basis`) })}：${[to, dayTime(at)].filter(Boolean).join(" ")}`,
    ),
  ].filter(Boolean)

/** A field one comes back to. @param {{ field: string, children?: any }} props */
const Kept = ({ field, children }) => html`<div data-field=${field}>${children}</div>`

const DAY = 86_400_000
/** @param {string} contact */
const isLate = (contact) => Boolean(contact) && new Date(contact).getTime() > now.peek().getTime() + DAY
