// Enrolment: the code from the office's screen, then two words that both screens show and two people compare by voice.

import { html, useEffect, useRef, useState } from "../../../vendor/preact.js"
import { useDoor } from "../../session/context.js"
import { EnrolSteps } from "../../components/gate.js"
import { icon } from "../../components/icon.js"
import { Sharers } from "../../components/sharers.js"
import { together } from "../../components/phrase_break.js"
import { LanguageSwitch } from "../../components/language.js"
import { troubleText } from "../../components/news.js"
import { swap } from "../../shell/router.js"
import { t } from "../../words/texts.js"
import { groups, isWhole, LENGTH, readCharacters, wrongSymbol } from "../../words/enrolment_code.js"

/** @import { Both } from "../../shapes.d.ts" */

export const Enrol = () => html`<${Meeting} ask=${useDoor().enrol} name="enrol" steps=${true} />`

/**
 * A code, then two words: for a phone that joins, and for a worker who is let in.
 * @param {{ ask: (code: string) => Promise<{ words: Both[], confirmed: Promise<unknown> }>, name: string, steps?: boolean }} props
 */
export function Meeting({ ask, name, steps }) {
  const door = useDoor()
  const [met, setMet] = useState(/** @type {{ words: Both[], confirmed: Promise<unknown> } | null} */ (null))
  const [trouble, setTrouble] = useState("")
  const [busy, setBusy] = useState(false)
  const meeting = useRef(/** @type {unknown} */ (null))
  const join = async (/** @type {string} */ code) => {
    setBusy(true)
    setTrouble("")
    try {
      const found = await ask(code)
      meeting.current = found
      found.confirmed.catch((error) => {
        if (meeting.current !== found) return // an earlier one, given up here
        setMet(null)
        setTrouble(error?.code ?? "fault")
      })
      setMet(found)
    } catch (/** @type {any} */ error) {
      setTrouble(error?.code ?? "fault")
    } finally {
      setBusy(false)
    }
  }
  const differ = () => {
    meeting.current = null
    door.refuseWords()
    setMet(null)
    setTrouble("differ")
  }
  return met
    ? html`<${TwoWords} words=${met.words} onDiffer=${differ} steps=${steps} />`
    : html`<${Code} name=${name} onCode=${join} busy=${busy} trouble=${trouble} steps=${steps} />`
}

/** @param {{ name: string, onCode: (code: string) => void, busy: boolean, trouble: string, steps?: boolean }} props */
function Code({ name, onCode, busy, trouble, steps }) {
  const input = useRef(/** @type {any} */ (null))
  const [typed, setTyped] = useState("")
  const characters = readCharacters(typed)
  const whole = isWhole(characters)
  const wrong = wrongSymbol(characters)
  const write = (/** @type {any} */ event) => {
    setTyped(event.currentTarget.value)
    // Grouped only where it cannot disturb: at the end of the line, and never while an input method composes.
    const field = event.currentTarget
    if (
      !event.isComposing &&
      field.selectionStart === field.value.length &&
      event.inputType !== "deleteContentBackward"
    )
      field.value = groups(readCharacters(field.value))
  }
  return html`
    <main class="gate gate-top">
      <form
        class="part"
        onSubmit=${(/** @type {Event} */ event) => {
          event.preventDefault()
          if (whole && !wrong && !busy) onCode(typed)
        }}
      >
        <header class="part">
          <${LanguageSwitch} />
          <h1 class="ask">${together(t(`${name}.title`))}</h1>
          <p class="note">${t(`${name}.note`)}</p>
        </header>
        <div class="field">
          <label for="code">${t("enrol.code")}</label>
          <input
            class="code"
            id="code"
            ref=${input}
            autocapitalize="characters"
            autocomplete="off"
            autocorrect="off"
            spellcheck=${false}
            inputmode="text"
            enterkeyhint="go"
            aria-describedby="code-help"
            aria-invalid=${wrong || undefined}
            maxlength="24"
            onInput=${write}
          />
          <ol class="code-groups" aria-hidden="true">
            ${[4, 8, 12, 16, 17].map(
              (end, i) =>
                html`
                  <li key=${end} class=${characters.length >= end ? "full" : characters.length > (i === 0 ? 0 : [4, 8, 12, 16][i - 1]) ? "now" : ""}></li>
                `,
            )}
          </ol>
          <p class="help" id="code-help" role="status">
            ${
              wrong
                ? html`<b class="waits">${t("enrol.symbol")}</b>`
                : whole
                  ? t("enrol.whole")
                  : t("enrol.left", { n: LENGTH - characters.length })
            }
          </p>
        </div>
        ${
          trouble &&
          html`
            <div class="reason" role="alert">
              <strong>
                ${icon("missing", true)}
                ${
                  t(`enrol.trouble.${trouble}.title`) === `enrol.trouble.${trouble}.title`
                    ? t("enrol.trouble.title")
                    : t(`enrol.trouble.${trouble}.title`)
                }
              </strong>
              <p>
                ${
                  t(`enrol.trouble.${trouble}`) === `enrol.trouble.${trouble}`
                    ? troubleText(trouble)
                    : t(`enrol.trouble.${trouble}`)
                }
              </p>
            </div>
          `
        }
        <button class="button button-main" type="submit" disabled=${!whole || wrong || busy}>
          ${t(busy ? "enrol.asking" : "next")}
        </button>
      </form>
      <div class="part">
        ${
          steps
            ? html`<${Sharers} /><${EnrolSteps} at=${1} />`
            : html`<button class="button" type="button" onClick=${() => swap("")}>${t("back")}</button>`
        }
      </div>
    </main>
  `
}

/** The supervisor reads theirs aloud; only when they press "same" does anything come to this phone. @param {{ words: Both[], onDiffer: () => void, steps?: boolean }} props */
function TwoWords({ words, onDiffer, steps }) {
  const heading = useRef(/** @type {any} */ (null))
  useEffect(() => heading.current?.focus(), [])
  return html`
    <main class="gate gate-top">
      <div class="part">
        <header class="part">
          <h1 class="ask" tabindex="-1" ref=${heading}>${together(t("words.title"))}</h1>
          <p class="note">${t("words.note")}</p>
        </header>
        <ol class="two-words">
          ${words.map(
            (word) =>
              html`<li key=${word.en}><b lang="ja">${word.ja}</b><span lang="en">${word.en}</span></li>`,
          )}
        </ol>
        <p class="wait-line" role="status">${icon("clock", true)}<span>${t("words.waiting")}</span></p>
        <button class="button" type="button" onClick=${onDiffer}>${t("words.differ")}</button>
      </div>
      ${steps && html`<${EnrolSteps} at=${2} />`}
    </main>
  `
}
