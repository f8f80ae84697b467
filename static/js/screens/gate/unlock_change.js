// Another way in: new four words (somebody saw the old ones), or the phone's own face or finger. The present way is asked
// once more at the end, because the key of this phone is not kept in memory. Drafts and records are not touched.

import { html, useRef, useState } from "../../../vendor/preact.js"
import { useDoor } from "../../session/context.js"
import { Screen, TaskDock } from "../../components/frame.js"
import { useAsked } from "../../components/hooks.js"
import { icon } from "../../components/icon.js"
import { Trouble } from "../../components/news.js"
import { back } from "../../shell/router.js"
import { language, t } from "../../words/texts.js"
import { WordsBox } from "./lock.js"

export function ChangeUnlock() {
  const door = useDoor()
  const passkeys = useAsked(() => door.passkeysPossible(), [])
  const [step, setStep] = useState(/** @type {"which" | "shown" | "back" | "present" | "done"} */ ("which"))
  const [words, setWords] = useState(/** @type {string[]} */ ([]))
  const [trouble, setTrouble] = useState("")
  const [busy, setBusy] = useState(false)
  const attempt = async (/** @type {() => Promise<void>} */ act) => {
    setBusy(true)
    setTrouble("")
    try {
      await act()
    } catch (/** @type {any} */ error) {
      setTrouble(error?.code ?? "fault")
    } finally {
      setBusy(false)
    }
  }
  const newWords = () =>
    attempt(async () => {
      setWords(await door.choosePassphrase(language.peek()))
      setStep("shown")
    })
  const typedBack = (/** @type {string} */ typed) =>
    attempt(async () => {
      door.checkOffered(typed.split(/[\s　]+/))
      setStep("present")
    })
  const change = (/** @type {any} */ present) =>
    attempt(async () => {
      await door.changeUnlock(present, words.length > 0 ? "words" : "passkey")
      setStep("done")
    })
  return html`
    <${Screen}
      title=${t("unlock.change")}
      parent="settings"
      dock=${html`
        <${TaskDock}>
          ${
            step === "done" &&
            html`
              <button class="button button-main" type="button" onClick=${() => back("settings")}>
                ${t("close")}
              </button>
            `
          }
        <//>
      `}
    >
      <${Trouble} code=${trouble} />
      ${
        step === "which" &&
        html`
          <p class="note">${t("unlock.change.note")}</p>
          <button class="button" type="button" disabled=${busy} onClick=${newWords}>
            ${t("unlock.change.words")}
          </button>
          ${
            passkeys &&
            html`<button class="button" type="button" onClick=${() => {
              setWords([])
              setStep("present")
            }}>${icon("face")}${t("unlock.change.passkey")}</button>`
          }
        `
      }
      ${
        step === "shown" &&
        html`
          <p class="note">${t("passphrase.note")}</p>
          <ol class="four-words">${words.map((word) => html`<li key=${word}>${word}</li>`)}</ol>
          <button class="button button-main" type="button" onClick=${() => setStep("back")}>
            ${t("passphrase.written")}
          </button>
        `
      }
      ${
        step === "back" &&
        html`
          <${Words}
            key="back"
            label=${t("unlock.change.new_words")}
            act=${t("next")}
            busy=${busy}
            onWords=${typedBack}
          />
        `
      }
      ${
        step === "present" &&
        html`
          <p class="note">${t("unlock.change.present")}</p>
          ${
            door.unlockWays.value.passphrase &&
            html`
              <${Words}
                key="present"
                label=${t("unlock.change.old_words")}
                act=${t("unlock.change.do")}
                busy=${busy}
                onWords=${(/** @type {string} */ passphrase) => change({ passphrase })}
              />
            `
          }
          ${
            door.unlockWays.value.passkey &&
            html`
              <button
                class="button"
                type="button"
                disabled=${busy}
                onClick=${() => change({ passkey: true })}
              >
                ${icon("face")}
                ${t("unlock.change.by_passkey")}
              </button>
            `
          }
        `
      }
      ${
        step === "done" &&
        html`
          <div class="ready" role="status">
            <strong>${t("unlock.change.done")}</strong>
            <span>${t(words.length > 0 ? "unlock.change.done.words" : "unlock.change.done.passkey")}</span>
          </div>
        `
      }
    <//>
  `
}

/** @param {{ label: string, act: string, busy: boolean, onWords: (words: string) => void }} props */
function Words({ label, act, busy, onWords }) {
  const input = useRef(/** @type {any} */ (null))
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault()
    if (input.current.value.trim()) onWords(input.current.value.trim())
  }
  return html`
    <form class="part" onSubmit=${submit}>
      <${WordsBox} label=${label} box=${input} />
      <button class="button button-main" type="submit" disabled=${busy}>${act}</button>
    </form>
  `
}
