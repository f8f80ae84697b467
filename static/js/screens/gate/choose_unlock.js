// How this phone is opened: the phone's own face or finger (a passkey), or four generated words written down and typed once.

import { html, useEffect, useRef, useState } from "../../../vendor/preact.js"
import { useDoor } from "../../session/context.js"
import { EnrolSteps } from "../../components/gate.js"
import { useAsked } from "../../components/hooks.js"
import { icon } from "../../components/icon.js"
import { together } from "../../components/phrase_break.js"
import { troubleText } from "../../components/news.js"
import { language, t } from "../../words/texts.js"
import { WordsBox } from "./lock.js"

export function ChooseUnlock() {
  const door = useDoor()
  const passkeys = useAsked(() => door.passkeysPossible(), [])
  const [words, setWords] = useState(/** @type {string[]} */ ([]))
  const [typing, setTyping] = useState(false)
  const [trouble, setTrouble] = useState("")
  const [busy, setBusy] = useState(false)
  const attempt = async (/** @type {() => any} */ act) => {
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
  const generate = () => attempt(async () => setWords(await door.choosePassphrase(language.peek())))
  if (typing)
    return html`
      <${TypeBack}
        busy=${busy}
        trouble=${trouble}
        onWords=${(/** @type {string[]} */ typed) => attempt(() => door.confirmPassphrase(typed))}
        onBack=${() => {
          setTyping(false)
          setTrouble("")
        }}
      />
    `
  if (words.length > 0)
    return html`<${Shown} words=${words} onWritten=${() => setTyping(true)} onOther=${generate} />`
  return html`
    <main class="gate gate-top">
      <div class="part">
        <header class="part">
          <h1 class="ask">${together(t("unlock.choose"))}</h1>
          <p class="note">${t("unlock.choose.note")}</p>
        </header>
        ${trouble && html`<p class="reason" role="alert">${troubleText(trouble)}</p>`}
        ${
          passkeys &&
          html`
            <button
              class="button button-main"
              type="button"
              disabled=${busy}
              onClick=${() => attempt(() => door.choosePasskey())}
            >
              ${icon("face")}
              ${t("unlock.passkey")}
            </button>
            <p class="help">${t("unlock.passkey.what")}</p>
          `
        }
        <button
          class=${passkeys ? "button" : "button button-main"}
          type="button"
          disabled=${busy}
          onClick=${generate}
        >
          ${t("unlock.passphrase")}
        </button>
        <p class="help">${t("unlock.passphrase.what")}</p>
      </div>
      <${EnrolSteps} at=${3} />
    </main>
  `
}

/** @param {{ words: string[], onWritten: () => void, onOther: () => void }} props */
function Shown({ words, onWritten, onOther }) {
  const heading = useArrivalHere()
  return html`
    <main class="gate gate-top">
      <div class="part">
        <header class="part">
          <h1 class="ask" tabindex="-1" ref=${heading}>${together(t("passphrase.title"))}</h1>
          <p class="note">${t("passphrase.note")}</p>
        </header>
        <ol class="four-words">${words.map((word) => html`<li key=${word}>${word}</li>`)}</ol>
        <p class="reason">${t("passphrase.nobody")}</p>
        <button class="button button-main" type="button" onClick=${onWritten}>
          ${t("passphrase.written")}
        </button>
        <button class="button button-plain" type="button" onClick=${onOther}>${t("passphrase.other")}</button>
      </div>
      <${EnrolSteps} at=${3} />
    </main>
  `
}

/** @param {{ busy: boolean, trouble: string, onWords: (words: string[]) => void, onBack: () => void }} props */
function TypeBack({ busy, trouble, onWords, onBack }) {
  const heading = useArrivalHere()
  const input = useRef(/** @type {any} */ (null))
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault()
    onWords(input.current.value.trim().split(/[\s　]+/))
  }
  return html`
    <main class="gate gate-top">
      <form class="part" onSubmit=${submit}>
        <header class="part">
          <h1 class="ask" tabindex="-1" ref=${heading}>${together(t("passphrase.back"))}</h1>
          <p class="note">${t("passphrase.back.note")}</p>
        </header>
        <${WordsBox} label=${t("passphrase")} box=${input} />
        ${trouble && html`<p class="reason" role="alert">${troubleText(trouble)}</p>`}
        <button class="button button-main" type="submit" disabled=${busy}>
          ${t(busy ? "passphrase.making" : "passphrase.finish")}
        </button>
        <button class="button button-plain" type="button" onClick=${onBack}>${t("passphrase.again")}</button>
      </form>
      <${EnrolSteps} at=${3} />
    </main>
  `
}

function useArrivalHere() {
  const heading = useRef(/** @type {any} */ (null))
  useEffect(() => heading.current?.focus(), [])
  return heading
}
