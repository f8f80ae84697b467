// Screens when the app cannot go on: erased, not possible in this browser, broken on the way up.

import { html, useState } from "../../../vendor/preact.js"
import { useDoor } from "../../session/context.js"
import { icon } from "../../components/icon.js"
import { LanguageSwitch } from "../../components/language.js"
import { troubleText } from "../../components/news.js"
import { QuickNumbers } from "../../components/numbers.js"
import { Sharers } from "../../components/sharers.js"
import { t } from "../../words/texts.js"

export function Wiped() {
  const door = useDoor()
  const [trouble, setTrouble] = useState("")
  const again = async () => {
    try {
      await door.startAgain()
    } catch (/** @type {any} */ error) {
      setTrouble(error?.code ?? "fault")
    }
  }
  return html`
    <${Ended}
      name="wiped"
      act=${html`
        ${trouble && html`<p class="reason" role="alert">${troubleText(trouble)}</p>`}
        <button class="button" type="button" onClick=${again}>${t("wiped.again")}</button>
        <${Sharers} />
      `}
    />
  `
}

export const Unsupported = () =>
  html`
    <${Ended}
      name="unsupported"
      act=${html`
        <button class="button" type="button" onClick=${() => location.reload()}>${t("reload")}</button>
      `}
    />
  `

/** A fault of ours: what is written is on the disk already. @param {{ code?: string }} props */
export const Broken = ({ code }) =>
  html`
    <${Ended}
      name="broken"
      act=${html`
        ${code && html`<p class="note">${troubleText(code)}</p>`}
        <button class="button button-main" type="button" onClick=${() => location.reload()}>
          ${t("reload")}
        </button>
      `}
    />
  `

/** @param {{ name: string, act?: any }} props */
const Ended = ({ name, act }) => html`
  <main class="gate">
    <div class="part gate-said">
      <${LanguageSwitch} />
      <div class="gate-mark">${icon("mark")}</div>
      <h1 class="ask">${t(`${name}.title`)}</h1>
      <p>${t(`${name}.why`)}</p>
      <p class="note">${t(`${name}.do`)}</p>
      ${act}
    </div>
    <div class="gate-keys"><${QuickNumbers} /></div>
  </main>
`
