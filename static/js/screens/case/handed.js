// What the person sees: who we are and what is written, or whether others may be told. Large, plain, with readings.
// There is no way from here but back to the lock.

import { html, useLayoutEffect, useRef } from "../../../vendor/preact.js"
import { handed, noteHanded } from "../../shell/handed_over.js"
import { telLink } from "../../components/numbers.js"
import { ruby } from "../../words/ruby.js"
import { t } from "../../words/texts.js"

/** @import { Handed } from "../../shell/handed_over.js" */

const SAID = ["who", "free", "written", "others", "look"]
const ANSWERS = /** @type {const} */ (["yes", "no", "later"])

export function HandedOver() {
  const here = handed.value
  const heading = useRef(/** @type {any} */ (null))
  useLayoutEffect(() => {
    heading.current?.focus()
    scrollTo(0, 0)
    document.title = t("app.name")
  }, [here?.answer])
  if (!here) return null
  const title = here.page === "explain" ? "handed.explain" : here.answer ? "handed.thanks" : "handed.consent"
  return html`
    <main class="handed">
      <h1 tabindex="-1" ref=${heading}>${ruby(t(title))}</h1>
      ${
        here.page === "explain"
          ? html`<${Explained} ...${here} />`
          : here.answer
            ? html`<p>${ruby(t(`handed.answered.${here.answer}`))}</p>`
            : html`<${Asked} about=${here.about} />`
      }
      <button class="button" type="button" onClick=${() => noteHanded({ back: true })}>
        <span>${ruby(t("handed.back"))}</span>
      </button>
    </main>
  `
}

/** @param {Handed} props */
const Explained = ({ office, tel }) => html`
  ${SAID.map(
    (key) =>
      html`
        <section key=${key}>
          <h2>${ruby(t(`handed.${key}`))}</h2>
          <p>${ruby(t(`handed.${key}.what`, { office }))}</p>
        </section>
      `,
  )}
  ${
    tel &&
    html`
      <section>
        <h2>${ruby(t("handed.call"))}</h2>
        <p>${office} <a class="link" href=${telLink(tel)}>${tel}</a></p>
      </section>
    `
  }
`

/** @param {{ about: string }} props */
const Asked = ({ about }) => html`
  <p>${ruby(t("handed.consent.what"))}</p>
  <p class="handed-answer">${about}</p>
  <p>${ruby(t("handed.consent.free"))}</p>
  <div class="stack">
    ${ANSWERS.map(
      (answer) =>
        html`
          <button key=${answer} class="button" type="button" onClick=${() => noteHanded({ answer })}>
            <span>${ruby(t(`handed.answer.${answer}`))}</span>
          </button>
        `,
    )}
  </div>
`
