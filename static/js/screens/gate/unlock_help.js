// From the lock screen, when the phone does not open: somebody else's turn, forgotten words, a lost phone.

import { html, useState } from "../../../vendor/preact.js"
import { useDoor } from "../../session/context.js"
import { LanguageSwitch } from "../../components/language.js"
import { Row } from "../../components/list.js"
import { troubleText } from "../../components/news.js"
import { QuickNumbers } from "../../components/numbers.js"
import { go, swap } from "../../shell/router.js"
import { t } from "../../words/texts.js"
import { Meeting } from "./enrol.js"

export function WayIn() {
  const door = useDoor()
  const [trouble, setTrouble] = useState("")
  const another = async () => {
    try {
      await door.makeRoom()
    } catch (/** @type {any} */ error) {
      setTrouble(error?.code ?? "fault")
    }
  }
  return html`
    <main class="gate gate-top">
      <div class="part">
        <header class="part"><h1 class="ask">${t("way_in.title")}</h1></header>
        ${trouble && html`<p class="reason" role="alert">${troubleText(trouble)}</p>`}
        <ul class="sheet">
          <li>
            <${Row}
              name=${t("way_in.let_in")}
              lines=${[t("way_in.let_in.what")]}
              onOpen=${() => go("let-in")}
            />
          </li>
          <li>
            <${Row} name=${t("way_in.another")} lines=${[t("way_in.another.what")]} onOpen=${another} />
          </li>
          <li>
            <${Row} name=${t("lost.link")} lines=${[t("way_in.lost.what")]} onOpen=${() => go("lost")} />
          </li>
        </ul>
        <button class="button" type="button" onClick=${() => swap("")}>${t("back")}</button>
      </div>
    </main>
  `
}

/** The browser threw away what was kept here, and says nothing of it itself: what was sent is at the office. */
export function Cleared() {
  const door = useDoor()
  return html`
    <main class="gate gate-top">
      <div class="part">
        <header class="part"><${LanguageSwitch} /><h1 class="ask">${t("cleared.title")}</h1></header>
        <p>${t("cleared.why")}</p>
        <p class="note">${t("cleared.do")}</p>
        <button class="button button-main" type="button" onClick=${() => door.beginAnew()}>
          ${t("wiped.again")}
        </button>
      </div>
      <div class="gate-keys"><${QuickNumbers} /></div>
    </main>
  `
}

/** The worker forgot how this phone opens: the office lets them in under a fresh code, and nothing is lost by it. */
export function LetIn() {
  const door = useDoor()
  const ask = async (/** @type {string} */ code) => {
    const met = await door.askIn(code)
    met.confirmed.then(
      () => swap(""),
      () => {},
    ) // the way leads on, not back to here
    return met
  }
  return html`<${Meeting} ask=${ask} name="let_in" />`
}
