// Follow-ups of a month: the wall calendar for the eye, the same days as a list for everybody. Moved in place. The keys
// that turn the month lie in the dock, where the thumb is.

import { html, useRef, useState } from "../../../vendor/preact.js"
import { clockTime, day, isoDay, month, monthBegins, onClock, sameDay, shortDay } from "../../words/dates.js"
import { now } from "../../words/clock.js"
import { useDoor } from "../../session/context.js"
import { Screen, TaskDock } from "../../components/frame.js"
import { useAsked, useCases, useMe } from "../../components/hooks.js"
import { icon } from "../../components/icon.js"
import { hint, Part } from "../../components/list.js"
import { go } from "../../shell/router.js"
import { line, t } from "../../words/texts.js"
import { ringSays } from "../../visit/assured.js"
import { lateness } from "../../visit/day.js"
import { monthOf, rings } from "../../visit/month.js"
import { Change, useBegunChange } from "../case/followup.js"

/** @import { FollowUp } from "../../shapes.d.ts" */
/** @typedef {ReturnType<typeof monthOf>["days"][number]} OneDay */

export function Calendar() {
  const door = useDoor()
  const followups = door.documents.value.get("followups")?.followups ?? []
  const today = onClock(now.value)
  const [away, setAway] = useState(0)
  const standing = useAsked(() => door.notifications.state(), [])
  const year = today.year,
    at = today.month + away
  const { days, before } = monthOf(followups, year, at)
  const busy = days.filter(({ followups: some }) => some.length > 0)
  const places = useRef(/** @type {Map<string, HTMLElement>} */ (new Map()))
  const to = (/** @type {string} */ name) => {
    const place = places.current.get(name)
    place?.scrollIntoView({ block: "start" })
    place?.focus({ preventScroll: true })
  }
  return html`
    <${Screen}
      title=${t("calendar.title")}
      parent="today"
      dock=${html`
        <${TaskDock} two>
          <button class="button" type="button" onClick=${() => setAway(away - 1)}>
            ${t("calendar.before")}
          </button>
          <button class="button" type="button" onClick=${() => setAway(away + 1)}>
            ${t("calendar.after")}
          </button>
        <//>
      `}
    >
      <${Part}
        title=${month(monthBegins(year, at))}
        aside=${
          away !== 0 &&
          html`
            <button class="link" type="button" onClick=${() => setAway(0)}>
              ${t("calendar.this_month")}
            </button>
          `
        }
      >
        <ol class="month" aria-label=${t("calendar.days")}>
          ${Array.from(
            { length: 7 },
            (_, i) =>
              html`
                <li key=${`w${i}`} class="month-head" aria-hidden="true">${t(`calendar.weekday.${i}`)}</li>
              `,
          )}
          ${Array.from({ length: before }, (_, i) => html`<li key=${`b${i}`} aria-hidden="true"></li>`)}
          ${days.map(
            (one) =>
              html`
                <li
                  key=${one.name}
                  aria-hidden=${one.followups.length === 0 ? "true" : undefined}
                  class=${sameDay(one.at, now.value) ? "month-today" : ""}
                >
                  <${Cell} one=${one} onOpen=${to} />
                </li>
              `,
          )}
        </ol>
      <//>
      ${
        busy.length === 0
          ? html`<p class="note">${t("calendar.none")}</p>`
          : busy.map(
              (one) => html`
                <section key=${one.name} class="part" aria-label=${day(one.at)}>
                  <div class="part-title">
                    <h2
                      tabindex="-1"
                      ref=${(/** @type {HTMLElement | null} */ place) => {
                        if (place) places.current.set(one.name, place)
                      }}
                    >
                      ${day(one.at)}
                      ${sameDay(one.at, now.value) ? ` ${t("today")}` : ""}
                    </h2>
                  </div>
                  <ol class="sheet">
                    ${one.followups.map(
                      (followup) =>
                        html`
                          <li key=${followup.followup}>
                            <${Entry} followup=${followup} standing=${standing} />
                          </li>
                        `,
                    )}
                  </ol>
                </section>
              `,
            )
      }
      <p class="note">${t("calendar.reach")}</p>
    <//>
  `
}

/** @param {{ one: OneDay, onOpen: (name: string) => void }} props */
const Cell = ({ one, onOpen }) =>
  one.followups.length > 0
    ? html`
      <button
        type="button"
        class=${one.followups.some(({ state }) => state === "open") ? "month-due" : "month-done"}
        aria-label=${t("calendar.day", { day: shortDay(one.at), n: one.followups.length })}
        onClick=${() => onOpen(one.name)}
      >
        ${one.date}
      </button>
    `
    : html`<span>${one.date}</span>`

/** @param {{ followup: FollowUp, standing: import("../../visit/assured.js").Standing | null }} props */
function Entry({ followup, standing }) {
  const [changing, setChanging] = useState(useBegunChange(followup.followup))
  const sheet = useCases().find(({ id }) => id === followup.case)
  const quiet = useMe()?.quiet ?? []
  const { at, kind, note, state } = followup
  const rung = rings(at, quiet),
    late = state === "open" && lateness(followup, now.value)
  const moved = isoDay(rung) !== isoDay(at) || clockTime(rung) !== clockTime(at)
  const bell = ringSays(followup, rung, moved, standing, now.value)
  return html`
    <div class="row">
      <time class="row-time" datetime=${at}>
        ${clockTime(at)}
        <small>${t(`followup.kind.${kind}`)}</small>
      </time>
      <span class="row-body">
        <button
          class="link row-link"
          type="button"
          disabled=${!sheet}
          onClick=${() => go("case", { case: followup.case, followup: followup.followup })}
        >
          ${sheet?.title ?? t("case.gone")}
        </button>
        ${note && html`<span class="soft">${note}</span>`}
        ${state === "done" && hint("done", t("calendar.done"))}
        ${late && hint("clock", late)}
        ${
          bell &&
          hint("clock", t(bell, { at: `${sameDay(rung, at) ? "" : `${shortDay(rung)} `}${clockTime(rung)}` }))
        }
        ${
          state === "open" &&
          sheet &&
          html`
            <button
              class="link"
              type="button"
              aria-expanded=${changing}
              onClick=${() => setChanging(!changing)}
            >
              ${t(changing ? "close" : "calendar.change")}
              <span class="unseen">${line(sheet.title, clockTime(at))}</span>
            </button>
          `
        }
      </span>
    </div>
    ${
      changing &&
      html`
        <div class="row-more">
          <${Change} caseId=${followup.case} next=${followup} onDone=${() => setChanging(false)} />
        </div>
      `
    }
  `
}
