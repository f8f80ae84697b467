// Whose phone it is now, where several workers share one. Only the marks they chose themselves stand here.

import { html } from "../../vendor/preact.js"
import { useDoor } from "../session/context.js"
import { t } from "../words/texts.js"

/** Nothing while one worker alone uses this phone. */
export function Sharers() {
  const door = useDoor()
  const all = door.sharing.value
  if (all.length === 0 || (all.length === 1 && all[0].profile === door.own)) return null
  return html`
    <nav class="chips-pick chips-even" aria-label=${t("share.whose")}>
      ${all.map(
        ({ profile, mark, unsent }, i) => html`
          <button
            key=${profile}
            class="button"
            type="button"
            aria-pressed=${profile === door.own ? "true" : "false"}
            onClick=${() => profile !== door.own && door.handTo(profile)}
          >
            <span>
              ${mark || t("share.nth", { n: i + 1 })}
              ${unsent > 0 && html`<small>${t("unsent", { n: unsent })}</small>`}
            </span>
          </button>
        `,
      )}
    </nav>
  `
}
