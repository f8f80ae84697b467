// The case sheet, in the order it is needed before the door opens: safety first and never folded, then the words to
// open with, the next appointment, what happened, the drawings after.

import { html, useEffect } from "../../../vendor/preact.js"
import { daysFrom, monthDay, shortDay, weekday } from "../../words/dates.js"
import { now } from "../../words/clock.js"
import { useDoor } from "../../session/context.js"
import { Engagement } from "../../figures/engagement.js"
import { Genogram } from "../../figures/genogram.js"
import { follow, Screen, TaskDock } from "../../components/frame.js"
import { Below } from "../../components/deferred.js"
import { useCase } from "../../components/hooks.js"
import { icon } from "../../components/icon.js"
import { Part, Promised, Row } from "../../components/list.js"
import { telLink } from "../../components/numbers.js"
import { SafetyCard } from "../../components/safety.js"
import { go, place } from "../../shell/router.js"
import { coded, gap, line, t } from "../../words/texts.js"
import { keepPromise, noteView } from "../../session/case_events.js"
import { NextAppointment } from "./followup.js"
import { promiseLine } from "../day/today.js"
import { Known } from "../record/undo.js"
import { Persons } from "./persons.js"

/** @import { Ball, CaseSheet, Contact, Role } from "../../shapes.d.ts" */

const RECENT = 3
const COMING = 3
const TELEPHONE = /\+?[0-9][0-9()\-]{7,}[0-9]/ // a telephone number somewhere in what is written of a contact

export function Case() {
  const { case: caseId, followup } = place.value.carried
  const door = useDoor()
  const sheet = useCase(caseId)
  useEffect(() => {
    if (sheet) void noteView(door, caseId)
  }, [caseId, Boolean(sheet)])
  if (!sheet)
    return html`
      <${Screen} title=${t("case.gone")} parent="cases"><p class="note">${t("case.gone.why")}</p><//>
    `

  const carried = { case: caseId, followup }
  return html`
    <${Screen}
      title=${sheet.title}
      parent="cases"
      side=${html`${icon("done", true)}${t("case.offline")}`}
      dock=${html`
        <${TaskDock} two>
          <button class="button" type="button" onClick=${() => go("log-checklist", carried)}>
            ${t("checklist.tab")}
          </button>
          <button class="button button-main" type="button" onClick=${() => go("log", carried)}>
            ${t("log.begin")}
          </button>
        <//>
      `}
    >
      <p class="chips">${chips(sheet).map((text) => html`<span key=${text}>${text}</span>`)}</p>
      ${sheet.begun && html`<${Known} begun=${sheet.begun} />`}
      <${SafetyCard} flags=${sheet.safety} checkedOn=${sheet.safetyCheckedOn} />
      <${Hook} hook=${sheet.hook} />
      <${NextAppointment} sheet=${sheet} />
      <${Below}>
        ${() => html`
          <${Persons} persons=${sheet.persons} />
          ${
            sheet.contacts.length > 0 &&
            html`
              <${Part}
                title=${t("case.contacts")}
                aside=${
                  sheet.contacts.length > RECENT &&
                  html`
                    <a href="#/contacts" onClick=${follow("contacts", { case: caseId })}>
                      ${t("case.contacts.all")}
                    </a>
                  `
                }
              >
                <${Contacts} sheet=${sheet} contacts=${sheet.contacts.slice(0, RECENT)} />
              <//>
            `
          }
          ${
            sheet.plan &&
            html`
              <button class="button" type="button" onClick=${() => go("roles", { case: caseId })}>
                ${t("roles.title")}
              </button>
            `
          }
          <${OpenPromises} sheet=${sheet} />
          <${KnowHow} sheet=${sheet} />
          ${
            sheet.line.length > 0 &&
            html`<${Part} title=${t("distance")}><${Engagement} line=${sheet.line} /><//>`
          }
          <${Part} title=${t("household")}><${Genogram} household=${sheet.household} /><//>
          ${
            sheet.participation &&
            html`
              <button class="button" type="button" onClick=${() => go("taking-part", { case: caseId })}>
                ${t("part.title")}
              </button>
            `
          }
          <button class="button" type="button" onClick=${() => go("hand-over", { case: caseId })}>
            ${t("hand.title")}
          </button>
          ${
            sheet.handovers &&
            html`
              <button class="button" type="button" onClick=${() => go("pass-on", { case: caseId })}>
                ${t("pass.title")}
              </button>
            `
          }
          ${
            (sheet.issues?.length ?? 0) > 0 &&
            html`
              <${Part} title=${t("case.issues")}>
                <ol class="said">${sheet.issues?.map(({ no, text }) => html`<li key=${no}>${text}</li>`)}</ol>
              <//>
            `
          }
        `}
      <//>
    <//>
  `
}

/** Every contact this phone holds of the case. */
export function ContactList() {
  const sheet = useCase(place.value.carried.case)
  return html`
    <${Screen} title=${t("case.contacts")} parent="cases" dock=${html`<${TaskDock} />`}>
      ${
        sheet
          ? html`
            <p class="note">${sheet.title}${gap()}${t("case.contacts.some")}</p>
            <${Contacts} sheet=${sheet} contacts=${sheet.contacts} />
          `
          : html`<p class="note">${t("case.gone.why")}</p>`
      }
    <//>
  `
}

/** @param {{ sheet: CaseSheet, contacts: Contact[] }} props newest first */
const Contacts = ({ sheet, contacts }) =>
  html`
    <ol class="sheet">
      ${contacts.map(
        (contact) => html`
          <li key=${contact.id}>
            <${Row}
              strong
              at=${contact.occurredAt}
              time=${shortDay(contact.occurredAt)}
              under=${weekday(contact.occurredAt)}
              name=${line(
                contact.channel !== "visit" && coded("channel", contact.channel),
                coded("outcome", contact.outcome),
                coded("place", contact.place),
              )}
              lines=${[contact.stageEvent || contact.notes?.fact]}
              onOpen=${() => go("contact", { case: sheet.id, visit: contact.id })}
            />
          </li>
        `,
      )}
    </ol>
  `

/** @param {CaseSheet} sheet */
function chips({ person, household, consent, triage, sample }) {
  const age = coded("member.age", person?.ageBand)
  return [
    line(
      age,
      t("household.count", {
        n: household.members.filter(({ inHousehold }) => inHousehold !== false).length,
      }),
    ),
    coded("consent", consent),
    triage?.conferenceKind &&
      line(
        coded("conference", triage.conferenceKind),
        triage.conferenceStatus && coded("conference.status", triage.conferenceStatus),
      ),
    sample && t("sample"),
  ]
    .filter(Boolean)
    .map(String)
}

/** @param {{ hook: CaseSheet["hook"] }} props */
const Hook = ({ hook }) => html`
  <section class="hook" aria-labelledby="hook">
    <h2 id="hook">${t("hook")}</h2>
    ${
      hook
        ? html`<p>${hook.text}</p><small>${t("hook.from", { day: monthDay(hook.at) })}</small>`
        : html`<small>${t("hook.none")}</small>`
    }
  </section>
`

/** @param {{ sheet: CaseSheet }} props */
function OpenPromises({ sheet }) {
  const door = useDoor()
  return (
    sheet.promises.length > 0 &&
    html`
      <${Part} title=${t("case.promises")}>
        <ul class="sheet">
          ${sheet.promises.map(
            (one) => html`
              <li key=${one.id}>
                <${Promised}
                  text=${one.text}
                  kept=${one.kept}
                  small=${promiseLine(sheet.title, one)}
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

/** What was tried, what went well, what to leave alone, and how this household wants to be reached. @param {{ sheet: CaseSheet }} props */
function KnowHow({ sheet: { preferences, worked = [], avoid = [] } }) {
  if (!preferences && worked.length + avoid.length === 0) return null
  return html`<${Part} title=${t("case.know_how")}><dl class="facts">
    ${preferences && html`<dt>${t("case.preferences")}</dt><dd>${preferences}</dd>`}
    ${worked.length > 0 && html`<dt>${t("case.worked")}</dt><dd>${listed(worked)}</dd>`}
    ${avoid.length > 0 && html`<dt>${t("case.avoid")}</dt><dd>${listed(avoid)}</dd>`}
  </dl><//>`
}

/** @param {string[]} texts */
const listed = (texts) => html`<ul>${texts.map((text) => html`<li key=${text}>${text}</li>`)}</ul>`

/** Who moves next, before one rings anybody: the ball first, then who does what, then the next days. Nothing that was said in a
 * conference is on the phone. */
export function Roles() {
  const { case: caseId } = place.value.carried
  const sheet = useCase(caseId)
  const carried = { case: caseId }
  const { roles, balls, monitorOn } = sheet?.plan ?? { roles: [], balls: [], monitorOn: null }
  const [ball, ...later] = balls
  const holder = roles.find(
    (one) => ball && one.organisation === ball.organisation && one.person === ball.person,
  )
  return html`
    <${Screen}
      title=${t("roles.title")}
      over=${sheet?.title}
      parent="case"
      carried=${carried}
      side=${html`${icon("done", true)}${t("case.offline")}`}
      dock=${html`
        <${TaskDock}>
          <button class="button button-main" type="button" onClick=${() => go("log", carried)}>
            ${t("log.begin")}
          </button>
        <//>
      `}
    >
      ${
        roles.length === 0
          ? html`<p class="note">${t("roles.none")}</p>`
          : html`
            <${Part} title=${t("roles.ball")}>
              ${
                ball
                  ? html`<${Holder} ball=${ball} contact=${holder?.contact ?? ""} />`
                  : html`<p class="note">${t("roles.ball.none")}</p>`
              }
            <//>
            <${Part} title=${t("roles.who")}>
              <ul class="sheet">${roles.map((one, i) => html`<li key=${i}><${Who} role=${one} /></li>`)}</ul>
            <//>
            <${Part} title=${t("roles.after")}>
              <ol class="sheet">
                ${later.slice(0, COMING).map(
                  (one, i) => html`
                    <li key=${i}>
                      <${Row}
                        strong
                        at=${one.until}
                        time=${shortDay(one.until)}
                        under=${weekday(one.until)}
                        name=${named(one)}
                        lines=${[one.what]}
                      />
                    </li>
                  `,
                )}
                ${
                  monitorOn &&
                  html`
                    <li>
                      <${Row}
                        strong
                        at=${monitorOn}
                        time=${shortDay(monitorOn)}
                        under=${weekday(monitorOn)}
                        name=${t("roles.monitoring")}
                      />
                    </li>
                  `
                }
              </ol>
            <//>
          `
      }
      <p class="note">${t("roles.no_conference")}</p>
    <//>
  `
}

/** @param {{ ball: Ball, contact: string }} props */
function Holder({ ball, contact }) {
  const late = -daysFrom(ball.until, now.value)
  return html`
    <div class="sheet next">
      <p class="next-name">${named(ball)}</p>
      ${ball.person && html`<p class="soft">${ball.organisation}</p>`}
      <p>${ball.what}</p>
      <hr />
      <p>
        <strong>${t("promise.due", { day: monthDay(ball.until) })}</strong>
        ${late > 0 && html` <span class="soft">${t("roles.ago", { n: late })}</span>`}
      </p>
      ${ball.heardOn && html`<p class="soft">${t("roles.heard", { day: monthDay(ball.heardOn) })}</p>`}
      <${Call} contact=${contact} />
    </div>
  `
}

/** @param {{ role: Role }} props */
const Who = ({ role }) => html`
  <${Row}
    name=${named(role)}
    lines=${[line(role.lead && t("roles.lead"), role.person && role.organisation), role.role, role.contact]}
  />
  <${Call} contact=${role.contact} />
`

/** @param {{ contact: string }} props */
function Call({ contact }) {
  const tel = TELEPHONE.exec(contact)?.[0]
  return tel
    ? html`<a class="button" href=${telLink(tel)}>${icon("call", true)}${t("roles.call", { tel })}</a>`
    : null
}

/** @param {{ person: string, organisation: string, own: boolean }} one */
const named = ({ person, organisation, own }) => line(person || organisation, own && t("roles.you"))
