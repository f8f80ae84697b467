// Japanese or English, each in its own words, on every screen that comes before the worker is known.

import { html } from "../../vendor/preact.js"
import { language, speak } from "../words/texts.js"

export const LanguageSwitch = () => html`
  <div class="languages" role="group" aria-label="言語 / Language">
    ${
      /** @type {const} */ ([
        ["ja", "日本語"],
        ["en", "English"],
      ]).map(
        ([code, name]) =>
          html`
            <button
              key=${code}
              class="link"
              type="button"
              lang=${code}
              aria-pressed=${language.value === code}
              onClick=${() => speak(code)}
            >
              ${name}
            </button>
          `,
      )
    }
  </div>
`
