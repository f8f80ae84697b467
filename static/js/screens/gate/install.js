// Before a phone joins: the app on the home screen. An iPhone's home-screen app shares no storage with Safari, so
// there the tab only shows the way; elsewhere one may go on in the browser after saying so.

import { html, useState } from "../../../vendor/preact.js"
import { useDoor } from "../../session/context.js"
import { icon } from "../../components/icon.js"
import { together } from "../../components/phrase_break.js"
import { EnrolSteps } from "../../components/gate.js"
import { canAsk, askToInstall, isApple, isInstalled } from "../../shell/installing.js"
import { go } from "../../shell/router.js"
import { t } from "../../words/texts.js"
import { LanguageSwitch } from "../../components/language.js"
import { Enrol } from "./enrol.js"

/** The way in for a phone without an office. */
export function Newcomer() {
  const [anyway, setAnyway] = useState(false)
  const { sharing } = useDoor()
  return isInstalled() || anyway || sharing.value.length > 0
    ? html`<${Enrol} />`
    : html`<${Install} onAnyway=${() => setAnyway(true)} />`
}

/** @param {{ onAnyway: () => void }} props */
function Install({ onAnyway }) {
  const [choosing, setChoosing] = useState(false)
  return html`
    <main class="gate gate-top">
      <div class="part">
        <header class="part">
          <${LanguageSwitch} />
          <h1 class="ask">${together(t("install.title"))}</h1>
          <p class="note">${t(isApple() ? "install.apple.why" : "install.why")}</p>
        </header>
        ${
          isApple()
            ? html`<ol class="how">
          <li>${icon("share")}<span>${t("install.apple.share")}</span></li>
          <li>${icon("plus")}<span>${t("install.apple.add")}</span></li>
          <li>${icon("mark")}<span>${t("install.apple.open")}</span></li></ol>`
            : html`
              <div class="how-stead">
                <ol class="how" hidden=${canAsk.value}>
                  <li>${icon("more")}<span>${t("install.menu")}</span></li>
                  <li>${icon("plus")}<span>${t("install.menu.add")}</span></li>
                  <li>${icon("mark")}<span>${t("install.apple.open")}</span></li>
                </ol>
                ${
                  canAsk.value &&
                  html`
                    <button class="button button-main" type="button" onClick=${askToInstall}>
                      ${t("install.do")}
                    </button>
                  `
                }
              </div>
              ${
                choosing
                  ? html`
                    <div class="tied">
                      <p>${t("install.tab.sure")}</p>
                      <button class="button" type="button" onClick=${onAnyway}>${t("install.tab.do")}</button>
                    </div>
                  `
                  : html`
                    <button class="button button-plain" type="button" onClick=${() => setChoosing(true)}>
                      ${t("install.tab")}
                    </button>
                  `
              }
            `
        }
        <button class="button button-plain" type="button" onClick=${() => go("lost")}>
          ${t("lost.link")}
        </button>
      </div>
      <${EnrolSteps} at=${0} />
    </main>
  `
}
