// Ready for the field? Everything on one screen before leaving: what is carried and how old, what is missing to the byte,
// what has not left, whether reminders reach, how much room there is.

import { html, useState } from "../../../vendor/preact.js"
import { nearTime } from "../../words/dates.js"
import { now } from "../../words/clock.js"
import { useDoor } from "../../session/context.js"
import { Screen, TaskDock } from "../../components/frame.js"
import { useAsked } from "../../components/hooks.js"
import { icon } from "../../components/icon.js"
import { Part } from "../../components/list.js"
import { troubleText } from "../../components/news.js"
import { go } from "../../shell/router.js"
import { line, t } from "../../words/texts.js"

const STALE = 86_400_000

export function ReadyForField() {
  const door = useDoor()
  const [tried, setTried] = useState(0)
  const ready = useAsked(() => door.ready(), [door.documents.value, door.road.value, tried])
  const held = useAsked(() => door.inventory(), [door.documents.value, door.road.value, tried])
  const { busy, problem, officeTime } = door.road.value
  const refresh = async () => {
    await door.syncNow()
    setTried(tried + 1)
  }
  const missing = ready?.missing ?? []
  const works = held?.notifications.permission === "granted" && held.notifications.subscribed
  return html`
    <${Screen}
      title=${t("field.title")}
      parent="today"
      dock=${html`
        <${TaskDock}>
          <button class="button button-main" type="button" disabled=${busy} onClick=${refresh}>
            ${icon("send")}
            ${t(busy ? "sync.busy" : "field.refresh")}
          </button>
        <//>
      `}
    >
      ${
        ready &&
        html`
          <div class=${ready.ok ? "ready" : "ready ready-not"} role="status">
            ${icon(ready.ok ? "done" : "missing")}
            <strong>${t(ready.ok ? "ready.yes" : "ready.no")}</strong>
            ${
              ready.ok
                ? html`
                  <span>
                    ${officeTime ? t("sync.last", { at: nearTime(officeTime, now.value) }) : t("sync.never")}
                  </span>
                `
                : html`
                  <ul>
                    ${missing.map(
                      ({ what, key }) =>
                        html`<li key=${what + key}>${t(`ready.missing.${what}`, { what: key ?? "" })}</li>`,
                    )}
                  </ul>
                `
            }
          </div>
        `
      }
      ${problem && html`<p class="reason" role="alert">${troubleText(problem.code)}</p>`}
      ${
        held &&
        html`
          <${Part} title=${t("field.carried")}>
            <dl class="facts">
              ${held.carried.map(
                ({ what, n, bytes, oldest }) => html`
                  <dt key=${what}>${t(`field.${what}`)}</dt>
                  <dd>
                    ${line(t("field.count", { n }), size(bytes))}
                    ${
                      oldest &&
                      html`
                        <br />
                        <span class=${isOld(oldest) ? "waits" : "soft"}>
                          ${t("field.as_of", { at: nearTime(oldest, now.value) })}
                        </span>
                      `
                    }
                  </dd>
                `,
              )}
              <dt>${t("field.app")}</dt>
              <dd>
                ${
                  held.app.of > 0 && held.app.n === held.app.of
                    ? line(t("field.app.whole", { n: held.app.n }), size(held.app.bytes))
                    : html`
                      <span class="waits">
                        ${t("field.app.part", {
                          n: held.app.of - held.app.n,
                          size: size(held.app.ofBytes - held.app.bytes),
                        })}
                      </span>
                    `
                }
              </dd>
            </dl>
          <//>
          <${Part} title=${t("field.here_only")}>
            <p>
              ${
                held.waiting.n > 0
                  ? html`
                    <span class="waits">
                      ${line(t("field.waits", { n: held.waiting.n }), size(held.waiting.bytes))}
                    </span>
                  `
                  : t("sync.nothing_left")
              }
            </p>
          <//>
          <${Part}
            title=${t("notifications")}
            aside=${html`
              <button class="link" type="button" onClick=${() => go("notifications")}>
                ${t("field.look")}
              </button>
            `}
          >
            <p class=${works ? "" : "waits"}>
              ${t(works ? "notifications.work" : `notifications.${held.notifications.permission}`)}
            </p>
          <//>
          <${Part} title=${t("field.room")}>
            <dl class="facts">
              <dt>${t("field.room.used")}</dt>
              <dd>${size(held.storage.used)}</dd>
              <dt>${t("field.room.free")}</dt>
              <dd>${size(held.storage.free)}</dd>
            </dl>
            <p class="note">${t(held.storage.persisted ? "field.room.kept" : "field.room.not_kept")}</p>
          <//>
        `
      }
      <p class="note">${t("field.battery")}</p>
    <//>
  `
}

/** @param {string} at */
const isOld = (at) => now.peek().getTime() - new Date(at).getTime() > STALE

/** 12 B, 34 KB, 5.6 MB. @param {number} bytes */
export function size(bytes) {
  if (bytes < 1000) return `${bytes} B`
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} KB`
  return `${(bytes / 1_000_000).toFixed(bytes < 10_000_000 ? 1 : 0)} MB`
}
