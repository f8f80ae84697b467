// A day somebody cannot go: asked for by whoever is ill, or by the colleague who would go. A phone asks; the office gives
// the cases, and they come to the colleague's phone.

import { html, useState } from "../../../vendor/preact.js"
import { daysFrom, isoDay, nearDay } from "../../words/dates.js"
import { now } from "../../words/clock.js"
import { useDoor } from "../../session/context.js"
import { Choices } from "../../components/choice.js"
import { DraftDate, DraftField } from "../../components/draft_field.js"
import { Screen, TaskDock } from "../../components/frame.js"
import { useField, useKept, useMe } from "../../components/hooks.js"
import { icon } from "../../components/icon.js"
import { Part } from "../../components/list.js"
import { Trouble } from "../../components/news.js"
import { NumberList, useNumbers } from "../../components/numbers.js"
import { swap } from "../../shell/router.js"
import { t } from "../../words/texts.js"
import { coverSays } from "../../visit/assured.js"

/** @import { Cover, FollowUp } from "../../shapes.d.ts" */

const AHEAD = 60 * 86_400_000 // how far a day can be handed over

export function HandDay() {
  const door = useDoor(),
    me = useMe()
  const draft = useKept("cover", { value: { whose: "", who: "", note: "", on: "" } })
  const whose = /** @type {"" | "own" | "theirs"} */ (useField(draft, "whose") ?? ""),
    who = useField(draft, "who") ?? ""
  const on = /** @type {string} */ (useField(draft, "on") || isoDay(now.value))
  const due = (door.documents.value.get("followups")?.followups ?? []).filter(
    (/** @type {FollowUp} */ { at, state }) => state === "open" && isoDay(at) === on,
  )
  const [trouble, setTrouble] = useState("")
  const numbers = useNumbers().filter(({ kind, tel }) => tel && kind === "supervisor")
  const others = (me?.staff ?? [])
    .filter(({ id }) => id !== me?.worker.id)
    .map(({ id, name }) => ({ value: id, label: name }))
  const ask = async () => {
    const own = me?.worker.id ?? ""
    try {
      await door.write("cover.asked", null, {
        staff: whose === "own" ? own : who,
        to: whose === "own" ? who || null : own,
        on: draft.value.peek().on || isoDay(now.peek()),
        note: (draft.value.peek().note ?? "").trim(),
      })
      await draft.discard()
      swap("hand-day")
      void door.syncNow()
    } catch (/** @type {any} */ error) {
      setTrouble(error?.code ?? "not_saved")
    }
  }
  const pick = (/** @type {"own" | "theirs"} */ one) => {
    draft.set("whose", one)
    draft.set("who", "")
  }
  return html`
    <${Screen}
      title=${t("cover_day.title")}
      parent="today"
      dock=${html`
        <${TaskDock}>
          ${
            whose &&
            html`
              <button
                class="button button-main"
                type="button"
                disabled=${whose === "theirs" && !who}
                onClick=${ask}
              >
                ${icon("send")}
                ${t("cover_day.ask")}
              </button>
            `
          }
        <//>
      `}
    >
      <${Covers} />
      <fieldset class="field">
        <legend>${t("cover_day.which")}</legend>
        <${Choices}
          value=${whose}
          onPick=${pick}
          options=${[
            {
              value: "own",
              label: t("cover_day.own"),
              small: t("cover_day.own.what", { n: due.length, day: nearDay(on, now.value) }),
            },
            { value: "theirs", label: t("cover_day.theirs"), small: t("cover_day.theirs.what") },
          ]}
        />
      </fieldset>
      ${
        whose &&
        html`
          <fieldset class="field" key=${whose}>
            <legend>${t(whose === "own" ? "cover_day.to" : "cover_day.whose")}</legend>
            <${Choices}
              shape="two"
              centre
              value=${who}
              onPick=${(/** @type {string} */ one) => draft.set("who", one)}
              options=${
                whose === "own" ? [{ value: "", label: t("cover_day.office_chooses") }, ...others] : others
              }
            />
          </fieldset>
          <${DraftDate}
            draft=${draft}
            name="on"
            label=${t("cover_day.on")}
            type="date"
            value=${on}
            min=${isoDay(now.value)}
            max=${isoDay(now.value.getTime() + AHEAD)}
            onPick=${(/** @type {string} */ picked) => draft.set("on", picked)}
          />
          <${DraftField}
            draft=${draft}
            path="note"
            label=${t("cover_day.note")}
            help=${t("cover_day.note.help")}
            oneLine
          />
          <p class="note">${t("cover_day.rights")}</p>
        `
      }
      <${Trouble} code=${trouble} />
      ${
        numbers.length > 0 &&
        html`<${Part} title=${t("cover_day.call")}><${NumberList} numbers=${numbers} /><//>`
      }
    <//>
  `
}

/** What was asked of late, and what the office said. */
export function Covers() {
  const me = useMe()
  const name = (/** @type {string | null} */ id) =>
    me?.staff.find((one) => one.id === id)?.name ?? t("cover_day.somebody")
  const covers = /** @type {Cover[]} */ (me?.covers ?? []).filter(
    ({ on, state }) => state !== "ended" && daysFrom(on, now.value) >= 0,
  )
  return covers.map(
    (one) => html`
      <div key=${one.cover} class=${one.state === "granted" ? "ready" : "reason"} role="status">
        ${one.state === "granted" && icon("done")}
        <strong>
          ${t(`cover_day.${one.state}`, {
            who: name(one.to),
            whose: name(one.staff),
            day: nearDay(one.on, now.value),
          })}
        </strong>
        <span>${t(coverSays(one, me))}</span>
      </div>
    `,
  )
}
