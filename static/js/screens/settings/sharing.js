// Sharing this phone: the mark that stands on the lock screen for this worker, and room for somebody else. Each has
// records, drafts, keys and words of their own; nobody sees or touches another's.

import { html, useState } from "../../../vendor/preact.js"
import { useDoor } from "../../session/context.js"
import { Screen, TaskDock } from "../../components/frame.js"
import { Part } from "../../components/list.js"
import { Trouble } from "../../components/news.js"
import { t } from "../../words/texts.js"

const LONGEST = 20

export function Sharing() {
  const door = useDoor()
  const all = door.sharing.value
  const kept = all.find(({ profile }) => profile === door.own)?.mark ?? ""
  const [trouble, setTrouble] = useState("")
  const attempt = async (/** @type {() => Promise<unknown>} */ act) => {
    setTrouble("")
    try {
      await act()
    } catch (/** @type {any} */ error) {
      setTrouble(error?.code ?? "fault")
    }
  }
  return html`
    <${Screen} title=${t("share.title")} parent="settings" dock=${html`<${TaskDock} />`}>
      <p class="note">${t("share.what")}</p>
      <${Trouble} code=${trouble} />
      <div class="field">
        <label for="mark">${t("share.mark")}</label>
        <input
          class="box"
          id="mark"
          maxlength=${LONGEST}
          autocomplete="off"
          defaultValue=${kept}
          aria-describedby="mark-help"
          onInput=${(/** @type {any} */ event) => attempt(() => door.keepMark(event.currentTarget.value))}
        />
        <p class="help" id="mark-help">${t("share.mark.what")}</p>
      </div>
      ${
        all.length > 1 &&
        html`
          <${Part} title=${t("share.here")}>
            <ul class="said">
              ${all.map(
                ({ profile, mark, unsent }, i) => html`
                  <li key=${profile}>
                    ${mark || t("share.nth", { n: i + 1 })}
                    ${profile === door.own && ` · ${t("share.you")}`}
                    ${unsent > 0 && ` · ${t("unsent", { n: unsent })}`}
                  </li>
                `,
              )}
            </ul>
          <//>
        `
      }
      <button class="button" type="button" onClick=${() => attempt(() => door.makeRoom())}>
        ${t("share.add")}
      </button>
      <p class="note">${t("share.add.what")}</p>
    <//>
  `
}
