// The phone itself: language, lock, notifications, version, erasing.

import { html, useState } from "../../../vendor/preact.js"
import { now } from "../../words/clock.js"
import { day, nearTime } from "../../words/dates.js"
import { useDoor } from "../../session/context.js"
import { furigana, setFurigana } from "../../words/furigana.js"
import { Choices } from "../../components/choice.js"
import { Screen, TaskDock } from "../../components/frame.js"
import { useAsked, useMe } from "../../components/hooks.js"
import { Part, Row } from "../../components/list.js"
import { Strip, Trouble } from "../../components/news.js"
import { QuietHours } from "../../components/quiet_hours.js"
import { go, swap } from "../../shell/router.js"
import { language, line, speak, t } from "../../words/texts.js"
import { setTextSize, SIZES, textSize } from "../../words/text_size.js"
import { takeUpdate, updateReady, version } from "../../shell/update.js"
import { isWoken } from "../../visit/assured.js"

const LOCK_AFTER = [1, 5, 15]

export function Settings() {
  const door = useDoor()
  const me = useMe()
  const device = door.documents.value.get("device")
  return html`
    <${Screen}
      title=${t("settings")}
      parent="today"
      dock=${html`<${TaskDock} />`}
    >
      <button class="button" type="button" onClick=${() => door.lock()}>${t("lock.now")}</button>
      ${
        updateReady.value &&
        html`
          <${Strip}
            picture="done"
            title=${t("update.title")}
            text=${t("update.kept")}
            act=${t("update.do")}
            onAct=${() => takeUpdate(() => door.lock())}
          />
        `
      }
      <fieldset class="field">
        <legend>${t("settings.language")}</legend>
        <${Choices}
          shape="two"
          centre
          value=${language.value}
          onPick=${speak}
          options=${[
            { value: "ja", label: "日本語" },
            { value: "en", label: "English" },
          ]}
        />
      </fieldset>
      <fieldset class="field">
        <legend>${t("settings.lock_after")}</legend>
        <${Choices}
          shape="three"
          centre
          value=${door.autoLockMinutes.value}
          onPick=${(/** @type {number} */ minutes) => door.setAutoLock(minutes)}
          options=${LOCK_AFTER.map((n) => ({ value: n, label: t("settings.minutes", { n }) }))}
        />
      </fieldset>
      <fieldset class="field">
        <legend>${t("settings.text")}</legend>
        <${Choices}
          shape="three"
          centre
          value=${textSize.value}
          onPick=${setTextSize}
          options=${SIZES.map((value) => ({ value, label: t(`settings.text.${value}`) }))}
        />
      </fieldset>
      ${
        language.value === "ja" &&
        html`
          <fieldset class="field">
            <legend>${t("settings.furigana")}</legend>
            <${Choices}
              shape="two"
              centre
              value=${furigana.value}
              onPick=${setFurigana}
              options=${[false, true].map((value) => ({
                value,
                label: t(value ? "settings.furigana.on" : "settings.furigana.off"),
              }))}
            />
          </fieldset>
        `
      }
      <p class="note">${t("cover.what")}</p>
      <ul class="sheet">
        ${
          me?.worker.role !== "commissioner" &&
          html`<li><${Row} name=${t("own.title")} lines=${[t("own.short")]} onOpen=${() => go("own")} /></li>`
        }
        <li>
          <${Row}
            name=${t("unlock.change")}
            lines=${[t("unlock.change.short")]}
            onOpen=${() => go("change-unlock")}
          />
        </li>
        <li>
          <${Row}
            name=${t("notifications")}
            lines=${[t("notifications.short")]}
            onOpen=${() => go("notifications")}
          />
        </li>
        <li><${Row} name=${t("share.title")} lines=${[t("share.short")]} onOpen=${() => go("sharing")} /></li>
        <li><${Row} name=${t("erase")} lines=${[t("erase.short")]} onOpen=${() => go("erase")} /></li>
      </ul>
      <${Part} title=${t("about")}>
        <dl class="facts">
          <dt>${t("about.office")}</dt>
          <dd>${me?.office.name ?? "–"}</dd>
          <dt>${t("about.worker")}</dt>
          <dd>${me ? line(me.worker.name, t(`role.${me.worker.role}`)) : "–"}</dd>
          ${device?.label && html`<dt>${t("about.phone")}</dt><dd>${device.label}</dd>`}
          ${
            door.lease.value.until &&
            html`
              <dt>${t("about.lease")}</dt>
              <dd>${t("about.lease.until", { day: day(door.lease.value.until) })}</dd>
            `
          }
          <dt>${t("about.unlock")}</dt>
          <dd>
            ${line(
              door.unlockWays.value.passkey && t("unlock.passkey.name"),
              door.unlockWays.value.passphrase && t("passphrase"),
            )}
          </dd>
          <dt>${t("about.version")}</dt>
          <dd><${Version} /></dd>
        </dl>
        <p class="note">${t("about.what")}</p>
      <//>
    <//>
  `
}

function Version() {
  return useAsked(() => version().catch(() => ""), []) || t("about.version.unknown")
}

/** Does a reminder reach this phone? Each link of the chain, and a test that shows one. */
export function Notifications() {
  const door = useDoor()
  const [look, setLook] = useState(0)
  const [trouble, setTrouble] = useState("")
  const standing = useAsked(() => door.notifications.state(), [look])
  const act = async (/** @type {() => Promise<unknown>} */ what) => {
    setTrouble("")
    try {
      await what()
    } catch (/** @type {any} */ error) {
      setTrouble(error?.code ?? "fault")
    } finally {
      setLook(look + 1)
    }
  }
  const permission = standing?.permission ?? "default"
  const works = isWoken(standing)
  return html`
    <${Screen} title=${t("notifications")} parent="settings" dock=${html`<${TaskDock} />`}>
      <div class=${works ? "ready" : "reason"} role="status">
        <strong>${t(works ? "notifications.work" : `notifications.${permission}`)}</strong>
        <span>${t(works ? "notifications.work.what" : `notifications.${permission}.what`)}</span>
      </div>
      ${
        permission === "default" &&
        html`
          <div class="stack">
            <p>${t("notifications.why")}</p>
            <button
              class="button button-main"
              type="button"
              onClick=${() => act(() => door.notifications.ask())}
            >
              ${t("notifications.ask")}
            </button>
          </div>
        `
      }
      ${
        permission === "granted" &&
        html`
          <div class="stack">
            ${
              !standing?.subscribed &&
              html`
                <button
                  class="button button-main"
                  type="button"
                  onClick=${() => act(() => door.notifications.ask())}
                >
                  ${t("notifications.again")}
                </button>
              `
            }
            <button class="button" type="button" onClick=${() => act(() => door.notifications.test())}>
              ${t("notifications.test")}
            </button>
          </div>
        `
      }
      <${Trouble} code=${trouble} />
      <dl class="facts">
        <dt>${t("notifications.says")}</dt>
        <dd>${t("notifications.says.what", { title: t("push.title"), body: t("push.body") })}</dd>
        ${
          standing?.lastTest &&
          html`<dt>${t("notifications.last_test")}</dt><dd>${nearTime(standing.lastTest, now.value)}</dd>`
        }
        ${
          standing?.lastPush &&
          html`<dt>${t("notifications.last_push")}</dt><dd>${nearTime(standing.lastPush, now.value)}</dd>`
        }
      </dl>
      <${QuietHours} />
      <p class="note">${t("notifications.when")}</p>
    <//>
  `
}

/** Kept over a lock, and nothing anybody would miss. */
const OF_NO_RECORD = new Set(["search", "plan", "quiet"])

/** Erasing counts what would be lost first. */
export function Erase() {
  const door = useDoor()
  const { unsent } = door.road.value
  const drafts = door.drafts.list.value.filter(({ kind }) => !OF_NO_RECORD.has(kind)).length
  const [sure, setSure] = useState(false)
  const [state, setState] = useState({ busy: false, trouble: "" })
  const erase = async () => {
    setState({ busy: true, trouble: "" })
    try {
      await door.eraseThisPhone({ evenUnsent: sure })
    } catch (/** @type {any} */ error) {
      setState({ busy: false, trouble: error?.code ?? "fault" })
    }
  }
  return html`
    <${Screen}
      title=${t("erase")}
      parent="settings"
      dock=${html`
        <${TaskDock}>
          <button class="button" type="button" onClick=${() => swap("settings")}>${t("erase.not")}</button>
        <//>
      `}
    >
      <p>${t("erase.what")}</p>
      <div class=${unsent + drafts > 0 ? "reason" : "ready"}>
        <strong>${t(unsent > 0 ? "erase.unsent" : "erase.nothing_unsent", { n: unsent })}</strong>
        <span>
          ${unsent > 0 ? t("erase.unsent.what") : ""}
          ${drafts > 0 ? ` ${t("erase.drafts", { n: drafts })}` : ""}
        </span>
      </div>
      ${
        unsent > 0 &&
        html`
          <button
            class="button button-main"
            type="button"
            disabled=${state.busy}
            onClick=${() => door.syncNow()}
          >
            ${t("erase.send_first")}
          </button>
        `
      }
      <label class="promise plain">
        <input type="checkbox" autocomplete="off" checked=${sure} onChange=${() => setSure(!sure)} />
        <span>${t(unsent + drafts > 0 ? "erase.sure_unsent" : "erase.sure")}</span>
      </label>
      <${Trouble} code=${state.trouble} />
      <button class="button" type="button" disabled=${!sure || state.busy} onClick=${erase}>
        ${t("erase.do")}
      </button>
    <//>
  `
}
