// A welfare commissioner's phone (domain.md 7.1 P5): three screens in large type. What was noticed, writing one, and one
// that was sent, with the office's thank-you. Of households they were asked to keep an eye on a name and a place are here,
// and nothing else of the office's.

import { MAX_LINE, MAX_TEXT } from "../../../sync/bounds.js"
import { NAMED } from "../../../sync/events.js"
import { html, useState } from "../../vendor/preact.js"
import { clockTime, nearTime } from "../words/dates.js"
import { now } from "../words/clock.js"
import { useDoor } from "../session/context.js"
import { Choices } from "../components/choice.js"
import { DraftField } from "../components/draft_field.js"
import { SavedAt, Screen, TaskDock } from "../components/frame.js"
import { useDraft, useField, useNews } from "../components/hooks.js"
import { icon } from "../components/icon.js"
import { Part, Row } from "../components/list.js"
import { NewsStrips, Trouble } from "../components/news.js"
import { NumberList, useNumbers } from "../components/numbers.js"
import { PullDown } from "../components/pull_down.js"
import { go, place, swap } from "../shell/router.js"
import { line, t } from "../words/texts.js"

/** @import { Draft, Notice } from "../shapes.d.ts" */

const TEN_MINUTES = 10 * 60_000
const ASKED = /** @type {const} */ ([
  ["noticed", 4, MAX_TEXT],
  ["who", 2, MAX_LINE],
  ["place", 2, MAX_LINE],
])

/** @returns {Notice[]} newest first */
const useNotices = () => useDoor().documents.value.get("notices")?.notices ?? []

/** @returns {{ name: string, place: string }[]} by case number; a desk of before sends none */
const useWatched = () => useDoor().documents.value.get("notices")?.watched ?? []

export function NoticeHome() {
  const door = useDoor()
  const notices = useNotices()
  const watched = useWatched()
  const begun = door.drafts.list.value.some(({ kind }) => kind === "notice")
  const numbers = useNumbers().filter(({ kind, tel }) => tel && ["supervisor", "office_night"].includes(kind))
  useNews(notices.some(({ pending }) => pending) && !door.road.value.problem)
  return html`
    <${Screen}
      title=${t("notice.title")}
      side=${html`
        <button class="back" type="button" aria-label=${t("settings")} onClick=${() => go("settings")}>
          ${icon("settings")}
        </button>
      `}
      dock=${html`
        <${TaskDock}>
          <button class="button button-main" type="button" onClick=${() => go("notice-write")}>
            ${icon("write")}
            ${t(begun ? "notice.go_on" : "notice.write")}
          </button>
        <//>
      `}
    >
      <div class="page-part large">
        <${NewsStrips} />
        <${PullDown} />
        ${
          watched.length > 0 &&
          html`
            <${Part} title=${t("notice.watched")}>
              <p class="help">${t("notice.watched.help")}</p>
              <ul class="sheet">
                ${watched.map(
                  (one, place) =>
                    html`
                      <li key=${place}>
                        <div class="row">
                          <strong>${one.name || t("notice.watched.ask")}</strong>
                          ${one.place && html`<small>${one.place}</small>`}
                        </div>
                      </li>
                    `,
                )}
              </ul>
            <//>
          `
        }
        <p>${t("notice.what")}</p>
        ${
          notices.length > 0
            ? html`
              <${Part} title=${t("notice.sent_ones")}>
                <ol class="sheet">
                  ${notices.map(
                    (one) => html`
                      <li key=${one.notice}>
                        <${Row}
                          name=${one.noticed}
                          lines=${[line(one.who, one.place), nearTime(one.at, now.value)]}
                          hints=${[
                            [
                              one.answer ? "done" : one.pending ? "device" : "send",
                              standing(one, door.road.value.unsent),
                            ],
                          ]}
                          onOpen=${() => go("notice", { notice: one.notice })}
                        />
                      </li>
                    `,
                  )}
                </ol>
              <//>
            `
            : html`<p class="note">${t("notice.none")}</p>`
        }
        ${
          numbers.length > 0 &&
          html`<${Part} title=${t("notice.call")}><${NumberList} numbers=${numbers} /><//>`
        }
      </div>
    <//>
  `
}

export function NoticeWriting() {
  const draft = useDraft(null, "notice", { value: { who: "", place: "", noticed: "", named: "" } })
  return draft ? html`<${Writing} draft=${draft} />` : html`<main class="gate" aria-busy="true"></main>`
}

/** @param {{ draft: Draft }} props */
function Writing({ draft }) {
  const door = useDoor()
  const noticed = useField(draft, "noticed"),
    named = useField(draft, "named")
  const [trouble, setTrouble] = useState("")
  const lacks = !noticed.trim() ? "noticed" : !named ? "named" : ""
  const send = async () => {
    const told = draft.value.peek()
    try {
      await door.writeAll([
        [
          "notice.given",
          null,
          {
            notice: draft.id,
            who: told.who.trim(),
            place: told.place.trim(),
            noticed: told.noticed.trim(),
            named: told.named,
          },
          draft.id,
        ],
      ])
      await draft.discard()
      swap("notice", { notice: draft.id })
      void door.syncNow()
    } catch (/** @type {any} */ error) {
      setTrouble(error?.code ?? "not_saved")
    }
  }
  return html`
    <${Screen}
      title=${t("notice.write")}
      parent="today"
      side=${html`<${SavedAt} at=${draft.savedAt} />`}
      dock=${html`
        <${TaskDock}>
          <button class="button button-main" type="button" disabled=${lacks !== ""} onClick=${send}>
            ${icon("send")}
            ${t("notice.send")}
          </button>
        <//>
      `}
    >
      <div class="page-part large">
        ${ASKED.map(
          ([name, rows, longest]) =>
            html`
              <${DraftField}
                key=${name}
                draft=${draft}
                path=${name}
                label=${t(`notice.${name}`)}
                help=${t(`notice.${name}.help`)}
                must=${name === "noticed" && t("must")}
                rows=${rows}
                longest=${longest}
              />
            `,
        )}
        <fieldset class="field">
          <legend>${t("notice.named")}<span class="must">${t("must")}</span></legend>
          <p class="help">${t("notice.named.help")}</p>
          <${Choices}
            big
            value=${named}
            onPick=${(/** @type {string} */ value) => draft.set("named", value)}
            options=${NAMED.map((value) => ({ value, label: t(`notice.named.${value}`) }))}
          />
        </fieldset>
        ${lacks && html`<p class="help">${t(`notice.lacks.${lacks}`)}</p>`}
        <${Trouble} code=${trouble} />
      </div>
    <//>
  `
}

export function NoticeShown() {
  const door = useDoor()
  const { notice } = place.value.carried
  const one = useNotices().find((each) => each.notice === notice)
  const [trouble, setTrouble] = useState("")
  const [asked, setAsked] = useState(false)
  useNews(Boolean(one?.pending) && !door.road.value.problem)
  const takeBack = async () => {
    try {
      await door.write("notice.withdrawn", null, { notice })
      swap("today")
      void door.syncNow()
    } catch (/** @type {any} */ error) {
      setTrouble(error?.code ?? "not_saved")
    }
  }
  const until = one ? new Date(one.at).getTime() + TEN_MINUTES : 0
  return html`
    <${Screen}
      title=${t("notice.one")}
      parent="today"
      dock=${html`
        <${TaskDock}>
          <button class="button" type="button" onClick=${() => swap("today")}>${t("close")}</button>
        <//>
      `}
    >
      <div class="page-part large">
        ${
          !one
            ? html`<p class="note">${t("notice.gone")}</p>`
            : html`
              <div class=${one.pending ? "sending" : "ready ready-big"} role="status">
                <h2>${icon(one.pending ? "device" : "done")}${standing(one, door.road.value.unsent)}</h2>
                ${
                  one.answer &&
                  html`
                    ${one.answer.words && html`<p class="strong">${one.answer.words}</p>`}
                    <p class="soft">${line(one.answer.by, nearTime(one.answer.at, now.value))}</p>
                  `
                }
              </div>
              <dl class="facts">
                ${ASKED.map(
                  ([name]) =>
                    one[name] && html`<dt key=${name}>${t(`notice.${name}`)}</dt><dd>${one[name]}</dd>`,
                )}
                <dt>${t("notice.named")}</dt>
                <dd>${t(`notice.named.${one.named}`)}</dd>
              </dl>
              <${Trouble} code=${trouble} />
              ${
                !one.answer &&
                now.value.getTime() < until &&
                (asked
                  ? html`
                    <p>${t("notice.take_back.sure")}</p>
                    <div class="pair">
                      <button class="button" type="button" onClick=${() => setAsked(false)}>
                        ${t("notice.take_back.not")}
                      </button>
                      <button class="button" type="button" onClick=${takeBack}>
                        ${t("notice.take_back.do")}
                      </button>
                    </div>
                  `
                  : html`
                    <button class="button" type="button" onClick=${() => setAsked(true)}>
                      ${t("notice.take_back", { at: clockTime(until) })}
                    </button>
                  `)
              }
            `
        }
      </div>
    <//>
  `
}

/** Where it is, or the thank-you. @param {Notice} one @param {number} unsent */
function standing(one, unsent) {
  if (one.answer) return t(`notice.thanks.${one.answer.answer}`)
  return t(one.pending ? (unsent > 0 ? "notice.on_phone" : "notice.sent") : "notice.at_office")
}
