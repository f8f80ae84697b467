// The phone is lost. Shown in any browser, on anybody's phone, without signing in: whom to call, and what is safe meanwhile.

import { html } from "../../../vendor/preact.js"
import { LanguageSwitch } from "../../components/language.js"
import { swap } from "../../shell/router.js"
import { t } from "../../words/texts.js"

const STEPS = ["call", "office", "police"]
const SAFE = ["locked", "unsent", "new"]

export const Lost = () => html`
  <main class="gate gate-top">
    <div class="part">
      <header class="part"><${LanguageSwitch} /><h1 class="ask">${t("lost.title")}</h1></header>
      <ol class="how">
        ${STEPS.map(
          (step, i) =>
            html`<li key=${step}><b class="num">${i + 1}</b><span>${t(`lost.${step}`)}</span></li>`,
        )}
      </ol>
      <h2 class="part-title">${t("lost.meanwhile")}</h2>
      <ul class="said">${SAFE.map((key) => html`<li key=${key}>${t(`lost.${key}`)}</li>`)}</ul>
      <button class="button" type="button" onClick=${() => swap("")}>${t("back")}</button>
    </div>
  </main>
`
