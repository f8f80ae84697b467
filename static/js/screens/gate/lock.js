// The lock screen. No name, no place, no case number; 119, 110 and the supervisor are one tap away.

import { html, useEffect, useRef, useState } from "../../../vendor/preact.js"
import { day, isoDay } from "../../words/dates.js"
import { now } from "../../words/clock.js"
import { uncover } from "../../shell/privacy_cover.js"
import { useDoor } from "../../session/context.js"
import { handed } from "../../shell/handed_over.js"
import { icon } from "../../components/icon.js"
import { troubleText } from "../../components/news.js"
import { QuickNumbers } from "../../components/numbers.js"
import { Sharers } from "../../components/sharers.js"
import { go, swap } from "../../shell/router.js"
import { t } from "../../words/texts.js"

export function Lock() {
  const door = useDoor()
  const ways = door.unlockWays.value
  const [typing, setTyping] = useState(!ways.passkey)
  const [trouble, setTrouble] = useState(/** @type {{ code: string, detail?: string } | null} */ (null))
  const [busy, setBusy] = useState(false)
  const open = async (/** @type {any} */ how) => {
    setBusy(true)
    setTrouble(null)
    try {
      await door.unlock(how)
      afterHandingOver()
    } catch (/** @type {any} */ error) {
      setTrouble({ code: error?.code ?? "fault", detail: error?.detail })
    } finally {
      setBusy(false)
    }
  }
  const { unsent } = door.road.value
  useEffect(uncover, [])
  return html`
    <main class="gate">
      <div class="gate-mark">
        ${icon("mark")}
        <h1>${t("app.name")}</h1>
        <p><time datetime=${isoDay(now.value)}>${day(now.value)}</time></p>
      </div>
      <div class="gate-keys">
        <${Sharers} />
        ${
          unsent > 0 &&
          html`
            <div class="gate-unsent">
              ${icon("device")}
              <strong>${t("unsent", { n: unsent })}</strong>
              ${!trouble && html`<span class="soft">${t("lock.sends")}</span>`}
            </div>
          `
        }
        ${
          trouble &&
          html`
            <p class="reason" role="alert">
              ${
                trouble.code === "wait"
                  ? html`
                    <${Waiting} seconds=${Number(trouble.detail) || 5} onOver=${() => setTrouble(null)} />
                  `
                  : troubleText(trouble.code)
              }
            </p>
          `
        }
        ${door.dayCodeGone.value && html`<p class="note">${t("day.gone")}</p>`}
        ${
          typing
            ? html`
              <${Passphrase}
                busy=${busy}
                waits=${trouble?.code === "wait"}
                onWords=${(/** @type {string} */ passphrase) => open({ passphrase })}
              />
            `
            : html`
              <button
                class="button button-main"
                type="button"
                disabled=${busy}
                onClick=${() => open({ passkey: true })}
              >
                ${icon("face")}
                ${t("lock.open")}
              </button>
            `
        }
        <div class="gate-links">
          ${
            typing &&
            ways.passkey &&
            html`
              <button class="link" type="button" onClick=${() => setTyping(false)}>
                ${t("lock.passkey")}
              </button>
            `
          }
          ${
            !typing &&
            ways.passphrase &&
            html`
              <button class="link" type="button" onClick=${() => setTyping(true)}>
                ${t("lock.passphrase")}
              </button>
            `
          }
          <button class="link" type="button" onClick=${() => go("way-in")}>${t("way_in.link")}</button>
        </div>
        <hr class="gate-rule" />
        <${QuickNumbers} />
        <button class="urgent-main" type="button" onClick=${() => go("urgent")}>
          ${icon("call")}
          ${t("urgent.steps_and_numbers")}
        </button>
      </div>
    </main>
  `
}

/** The phone came back from the person: on with what they said. */
function afterHandingOver() {
  const back = handed.peek()
  if (!back) return
  if (back.answer) swap("consent", { case: back.case, about: back.about, answer: back.answer })
  else swap("case", { case: back.case })
  handed.value = null
}

/** @param {{ busy: boolean, waits: boolean, onWords: (words: string) => void }} props */
function Passphrase({ busy, waits, onWords }) {
  const input = useRef(/** @type {any} */ (null))
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault()
    if (input.current.value.trim()) onWords(input.current.value)
  }
  return html`
    <form class="part" onSubmit=${submit}>
      <${WordsBox} label=${t("passphrase")} box=${input} hint="go" placeholder=${t("passphrase.shape")} />
      <button class="button button-main" type="submit" disabled=${busy || waits}>
        ${t(busy ? "lock.opening" : "lock.open")}
      </button>
    </form>
  `
}

/** After several wrong tries there is a wait; it counts down where one looks. @param {{ seconds: number, onOver: () => void }} props */
function Waiting({ seconds, onOver }) {
  const [left, setLeft] = useState(seconds)
  useEffect(() => {
    const timer = setInterval(() => setLeft((/** @type {number} */ now) => now - 1), 1000)
    return () => clearInterval(timer)
  }, [])
  useEffect(() => {
    if (left <= 0) onOver()
  }, [left])
  return t("lock.wait", { n: Math.max(0, left) })
}

/**
 * The box for the four words: the browser keeps, corrects and offers nothing of them.
 *
 * @param {{ label: string, box: { current: any }, hint?: string, placeholder?: string }} props
 */
export const WordsBox = ({ label, box, hint = "done", placeholder }) =>
  html`
    <div class="field">
      <label for="words">${label}</label>
      <input
        class="box"
        id="words"
        ref=${box}
        autocomplete="off"
        autocapitalize="none"
        autocorrect="off"
        spellcheck=${false}
        enterkeyhint=${hint}
        placeholder=${placeholder}
      />
    </div>
  `
