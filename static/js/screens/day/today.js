// Today: what the next door needs, then the rest of the day, what slipped, promises.

import { html, useState } from "../../../vendor/preact.js"
import { clockTime, day, dayTime, daysFrom, isoDay, monthDay, shortDay, weekday } from "../../words/dates.js"
import { now } from "../../words/clock.js"
import { crisis, crisisIsKept, hasWords } from "../../session/crisis.js"
import { useDoor } from "../../session/context.js"
import { useAsked, useCases, useNews } from "../../components/hooks.js"
import { hint, Part, Promised, Row } from "../../components/list.js"
import { follow, Screen, TabDock } from "../../components/frame.js"
import { offerUndo } from "../../components/undo.js"
import { icon } from "../../components/icon.js"
import { NewsStrips, Strip } from "../../components/news.js"
import { PullDown } from "../../components/pull_down.js"
import { go } from "../../shell/router.js"
import { gap, line, t } from "../../words/texts.js"
import { keepPromise } from "../../session/case_events.js"
import { lateness, legOf, sortDay } from "../../visit/day.js"
import { Alarms, OutNow } from "./departing.js"
import { asked } from "../case/taking_part.js"
import { Covers } from "./ask_cover.js"
import { OFFICE, usePlan } from "./plan.js"

/** @import { CaseSheet, FollowUp } from "../../shapes.d.ts" */

export function Today() {
  const { documents, outing, records } = useDoor()
  const cases = new Map(useCases().map((sheet) => [sheet.id, sheet]))
  const plan = usePlan()
  const { next, after, late, soon } = sortDay(
    documents.value.get("followups")?.followups ?? [],
    now.value,
    plan.order,
  )
  const legTo = (/** @type {FollowUp} */ one) => {
    const at = [next, ...after].findIndex((each) => each?.followup === one.followup)
    const km = plan.legs[legOf(at > 0 ? ([next, ...after][at - 1]?.case ?? OFFICE) : OFFICE, one.case)]
    return at > 0 && km !== undefined ? t("plan.from_before", { km }) : ""
  }
  const returned = records.value.filter(({ review }) => review?.status === "returned")

  const calendar = html`
    <button class="link" type="button" onClick=${() => go("calendar")}>${t("calendar.title")}</button>
  `

  return html`
    <${Screen}
      title=${t("today")}
      over=${html`<time datetime=${isoDay(now.value)}>${day(now.value)}</time>`}
      side=${html`
        <button class="back" type="button" aria-label=${t("settings")} onClick=${() => go("settings")}>
          ${icon("settings")}
        </button>
      `}
      dock=${html`<${TabDock} here="today" />`}
    >
      <${NewsStrips} />
      ${
        hasWords(crisis.value) &&
        html`
          <${Strip}
            picture="call"
            title=${t("urgent.under_way")}
            text=${crisisIsKept.value ? t("urgent.under_way.why") : ""}
            act=${t("urgent.goes_on")}
            onAct=${() => go("urgent")}
          />
        `
      }
      <${Alarms} />
      <${OutNow} />
      <${PullDown} />
      ${
        next
          ? html`
            <${Part} title=${t("today.next")} aside=${calendar}>
              <${Next} followup=${next} sheet=${cases.get(next.case)} />
            <//>
          `
          : html`
            <div class="part">
              <p class="note">${t(after.length + late.length ? "today.rest_done" : "today.none")}</p>
              ${calendar}
            </div>
          `
      }
      <${Covers} />
      <${Ready} />
      <${SinceLast} cases=${cases} />
      <${UnderWay} cases=${cases} />
      ${
        !outing.value &&
        html`
          <button class="button" type="button" onClick=${() => go("departing", { case: next?.case ?? null })}>
            ${icon("leave")}
            ${t("out.begin")}
          </button>
        `
      }
      <${Trips} trips=${plan.trips} />
      ${
        after.length > 0 &&
        html`
          <${Part}
            title=${t("today.after")}
            aside=${html`
              <button class="link" type="button" onClick=${() => go("plan")}>${t("plan.title")}</button>
            `}
          >
            <ol class="sheet">
              ${after.map(
                (one) =>
                  html`
                    <li key=${one.followup}>
                      <${Due}
                        followup=${one}
                        sheet=${cases.get(one.case)}
                        when=${timeOf(one)}
                        leg=${legTo(one)}
                      />
                    </li>
                  `,
              )}
            </ol>
          <//>
        `
      }
      ${group(t("today.late"), late, cases, dayOf)}
      ${
        returned.length > 0 &&
        html`
          <${Part} title=${t("today.returned")}>
            <ol class="sheet">
              ${returned.map(
                (record) => html`
                  <li key=${record.visit}>
                    <${Row}
                      name=${cases.get(record.case)?.title ?? t("case.gone")}
                      lines=${[
                        line(t(`channel.${record.channel}`), monthDay(record.at)),
                        t("returned.by", { name: record.review?.by ?? "" }),
                      ]}
                      hints=${[["quote", record.review?.question ?? ""]]}
                      onOpen=${() => go("review", { visit: record.visit })}
                    />
                  </li>
                `,
              )}
            </ol>
          <//>
        `
      }
      <${ToAsk} cases=${cases} />
      <${Promises} cases=${cases} today=${[next, ...after]} />
      ${group(t("today.soon"), soon, cases, dayOf)}
      <button class="button button-plain" type="button" onClick=${() => go("hand-day")}>
        ${t("cover_day.title")}
      </button>
    <//>
  `
}

/** @param {string} title @param {FollowUp[]} followups @param {Map<string, CaseSheet>} cases @param {(f: FollowUp) => object} when */
const group = (title, followups, cases, when) =>
  followups.length > 0 &&
  html`
    <${Part} title=${title}>
      <ol class="sheet">
        ${followups.map(
          (followup) =>
            html`
              <li key=${followup.followup}>
                <${Due} followup=${followup} sheet=${cases.get(followup.case)} when=${when(followup)} />
              </li>
            `,
        )}
      </ol>
    <//>
  `

/** @param {FollowUp} followup */
const timeOf = ({ at, kind }) => ({ time: clockTime(at), under: t(`followup.kind.${kind}`) })
/** @param {FollowUp} followup */
const dayOf = ({ at }) => ({
  time: shortDay(at),
  under: daysFrom(at, now.value) === 0 ? clockTime(at) : weekday(at),
})

/** When one left, and came back. @param {{ trips: { left: string, back: string | null }[] }} props */
const Trips = ({ trips }) =>
  trips.length > 0 &&
  html`
    <p class="soft">
      ${trips
        .map(({ left, back }) =>
          t(back ? "plan.trip" : "plan.left", { left: clockTime(left), back: back ? clockTime(back) : "" }),
        )
        .join(gap())}
    </p>
  `

/** @param {{ followup: FollowUp, sheet: CaseSheet | undefined, when: any, leg?: string }} props */
function Due({ followup, sheet, when, leg }) {
  const late = lateness(followup, now.value)
  const hints = /** @type {[string, any][]} */ ([
    ...(sheet?.safety ?? []).map(({ text }) => ["shield", text]),
    ...(late ? [["clock", late]] : []),
    ...(leg ? [["leave", leg]] : []),
  ])
  return html`
    <${Row}
      ...${when}
      at=${followup.at}
      name=${sheet?.title ?? t("case.gone")}
      lines=${[summary(sheet), line(late && t(`followup.kind.${followup.kind}`), followup.note)]}
      hints=${hints}
      onOpen=${() => go("case", { case: followup.case, followup: followup.followup })}
    />
  `
}

/** @param {{ followup: FollowUp, sheet: CaseSheet | undefined }} props */
function Next({ followup, sheet }) {
  const carried = { case: followup.case, followup: followup.followup }
  return html`
    <article class="sheet next">
      <p class="next-time">
        <time datetime=${followup.at}>${clockTime(followup.at)}</time>
        <span class="soft">
          ${line(t(`followup.kind.${followup.kind}`), followup.with && t(`next.with.${followup.with}`))}
        </span>
      </p>
      <div>
        <h3 class="next-name">${sheet?.title ?? t("case.gone")}</h3>
        <p class="soft">${summary(sheet)}</p>
      </div>
      ${sheet?.safety.map(({ text }) => hint("shield", text))}
      ${
        (sheet?.hook || followup.note) &&
        hint("quote", [...new Set([sheet?.hook?.text, followup.note])].filter(Boolean).join(gap()))
      }
      <div class="pair">
        <button class="button" type="button" onClick=${() => go("case", carried)}>${t("case.read")}</button>
        <button class="button button-main" type="button" onClick=${() => go("log", carried)}>
          ${t("log.begin")}
        </button>
      </div>
    </article>
  `
}

/** 4人世帯　話せる・一緒にやる @param {CaseSheet | undefined} sheet */
export function summary(sheet) {
  if (!sheet) return ""
  const stage = sheet.line.findLast(({ stage }) => stage !== null)?.stage
  return [
    t("household.count", {
      n: sheet.household.members.filter(({ inHousehold }) => inHousehold !== false).length,
    }),
    stage !== undefined && stage !== null && t(`stage.${stage}`),
  ]
    .filter(Boolean)
    .join(gap())
}

/** What is in the bag: readable without signal, or named as missing. Open it for all of it. */
function Ready() {
  const door = useDoor()
  const ready = useAsked(() => door.ready(), [door.documents.value, door.road.value])
  useNews(ready?.ok === false) // a phone that just joined may be quicker than the office
  if (!ready) return null
  const old = ready.checkedAt && now.value.getTime() - new Date(ready.checkedAt).getTime() > 86_400_000
  const checked = ready.checkedAt
    ? line(
        daysFrom(ready.checkedAt, now.value) === 0 ? "" : shortDay(ready.checkedAt),
        clockTime(ready.checkedAt),
      )
    : ""
  return html`
    <div class=${ready.ok && !old ? "ready" : "ready ready-not"} role="status">
      ${icon(ready.ok && !old ? "done" : "missing")}
      <strong>${t(ready.ok ? (old ? "ready.old" : "ready.yes") : "ready.no")}</strong>
      ${
        ready.ok
          ? html`<span>${t("ready.what", { n: ready.cases, at: checked })}</span>`
          : html`
            <ul>
              ${ready.missing.map(
                ({ what, key }) =>
                  html`<li key=${what + key}>${t(`ready.missing.${what}`, { what: key ?? "" })}</li>`,
              )}
            </ul>
          `
      }
      <a class="link" href="#/ready" onClick=${follow("ready")}>${t("field.open")}</a>
    </div>
  `
}

/** What changed since one last looked; it stays until one says so. @param {{ cases: Map<string, CaseSheet> }} props */
function SinceLast({ cases }) {
  const door = useDoor()
  const changes = door.changes.value
  const [all, setAll] = useState(false)
  return (
    changes.length > 0 &&
    html`
      <${Part}
        title=${t("since.title")}
        aside=${html`
          <button
            class="link"
            type="button"
            onClick=${async () => offerUndo(t("since.marked"), await door.changesRead())}
          >
            ${t("since.read")}
          </button>
        `}
      >
        <ul class="sheet">
          ${shownChanges(changes, all).map(
            (/** @type {any} */ { kind, id }) =>
              html`
                <li key=${kind + id}>
                  ${
                    kind === "returned" || kind === "case_gone"
                      ? html`<p class="row row-bare"><span class="row-body">${t(`since.${kind}`)}</span></p>`
                      : html`
                        <${Row}
                          name=${cases.get(id)?.title ?? ""}
                          lines=${[t(`since.${kind}`)]}
                          onOpen=${() => go("case", { case: id })}
                        />
                      `
                  }
                </li>
              `,
          )}
        </ul>
        ${
          changes.length > FEW &&
          !all &&
          html`
            <button class="link" type="button" onClick=${() => setAll(true)}>
              ${t("since.more", { n: changes.length - FEW })}
            </button>
          `
        }
      <//>
    `
  )
}

const FEW = 3 // the first day of a new worker is all news: it must not push the day out of sight
/** @param {any[]} changes @param {boolean} all */
const shownChanges = (changes, all) => (all ? changes : changes.slice(0, FEW))

/** Drafts: a call came, the phone was closed. They wait here. @param {{ cases: Map<string, CaseSheet> }} props */
function UnderWay({ cases }) {
  const drafts = useDoor().drafts.list.value.filter(({ kind }) => kind === "visit" || kind === "correction")
  return (
    drafts.length > 0 &&
    html`
      <${Part} title=${t("today.drafts")}>
        <ol class="sheet">
          ${drafts.map(
            ({ id, kind, case: caseId, step, savedAt, about }) => html`
              <li key=${id}>
                <${Row}
                  name=${cases.get(caseId ?? "")?.title ?? t("case.gone")}
                  lines=${[line(t(`draft.${kind}`), t("draft.at", { at: dayTime(savedAt) }))]}
                  hints=${[["write", t("draft.goes_on")]]}
                  onOpen=${() =>
                    kind === "visit"
                      ? go(step && step !== "outcome" ? `log-${step}` : "log", { case: caseId, draft: id })
                      : go("review", { visit: about, draft: id })}
                />
              </li>
            `,
          )}
        </ol>
      <//>
    `
  )
}

/** Whom to ask how taking part goes, once their day has come. @param {{ cases: Map<string, CaseSheet> }} props */
function ToAsk({ cases }) {
  const today = isoDay(now.value)
  const due = [...cases.values()].flatMap((sheet) =>
    (sheet.participation?.matches ?? []).flatMap((one) =>
      one.ask
        .filter(({ on }) => on <= today)
        .map((ask) => ({ ...ask, case: sheet.id, match: one.match, where: one.place })),
    ),
  )
  return (
    due.length > 0 &&
    html`
      <${Part} title=${t("part.title")}>
        <ul class="sheet">
          ${due.map(
            ({ where, on, ...ask }) => html`
              <li key=${ask.match + ask.side + ask.period}>
                <${Row}
                  name=${line(t(`part.side.${ask.side}`), t(`part.period.${ask.period}`))}
                  lines=${[where, asked(on)]}
                  onOpen=${() => go("taking-part", ask)}
                />
              </li>
            `,
          )}
        </ul>
      <//>
    `
  )
}

/** @param {{ cases: Map<string, CaseSheet>, today: (FollowUp | null)[] }} props */
function Promises({ cases, today }) {
  const door = useDoor()
  const due = new Set(today.map((followup) => followup?.case))
  const promises = [...cases.values()].flatMap((sheet) =>
    sheet.promises
      .filter((one) => due.has(sheet.id) || (one.due && daysFrom(one.due, now.value) <= 7))
      .filter((one) => !one.kept || due.has(sheet.id))
      .map((one) => ({ ...one, sheet })),
  )
  return (
    promises.length > 0 &&
    html`
      <${Part} title=${t("today.promises")}>
        <ul class="sheet">
          ${promises.map(
            ({ sheet, ...one }) => html`
              <li key=${one.id}>
                <${Promised}
                  text=${one.text}
                  kept=${one.kept}
                  small=${[sheet.title, ...promiseLine(sheet.title, one)]}
                  onKeep=${() => keepPromise(door, sheet.id, one.id)}
                />
              </li>
            `,
          )}
        </ul>
      <//>
    `
  )
}

/** Dさんと, 2月7日の約束, 今日まで @param {string} title @param {import("../../shapes.d.ts").Promised} one */
export const promiseLine = (title, { to, madeOn, due }) =>
  [
    to && to !== title && t("promise.with", { name: to }),
    madeOn && t("promise.made", { day: monthDay(madeOn) }),
    due && (daysFrom(due, now.value) === 0 ? t("promise.today") : t("promise.due", { day: monthDay(due) })),
  ].filter(Boolean)
