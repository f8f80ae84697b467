// Hours in which a worker wants no reminder, besides the office's own.

import { html, useState } from "../../vendor/preact.js"
import { useDoor } from "../session/context.js"
import { t } from "../words/texts.js"
import { DateField } from "./date_field.js"
import { useField, useKept, useMe } from "./hooks.js"
import { Part } from "./list.js"
import { Trouble } from "./news.js"
import { offerUndo } from "./undo.js"

export function QuietHours() {
  const door = useDoor()
  const [office, own] = useMe()?.quiet ?? []
  const draft = useKept("quiet", { value: { from: own?.from ?? "", until: own?.until ?? "" } })
  const hours = { from: useField(draft, "from") ?? "", until: useField(draft, "until") ?? "" }
  const [kept, setKept] = useState(false),
    [trouble, setTrouble] = useState("")
  if (!office) return null // an older office keeps only its own
  const keep = async (/** @type {{ from: string, until: string }} */ span) => {
    pick(span)
    try {
      await door.write("reminders.quieted", null, span)
      setTrouble("")
      setKept(true)
    } catch (/** @type {any} */ error) {
      setTrouble(error?.code ?? "not_saved")
    }
  }
  const remove = async () => {
    await keep({ from: "", until: "" })
    if (own) offerUndo(t("quiet.removed"), () => void keep({ from: own.from, until: own.until }))
  }
  const pick = (/** @type {object} */ some) => {
    for (const [end, at] of Object.entries(some)) draft.set(end, at)
    setKept(false)
  }
  return html`
    <${Part} title=${t("quiet.title")}>
      <p>
        ${
          office.from && office.until
            ? t("quiet.office", { from: office.from, until: office.until })
            : t("quiet.office.none")
        }
      </p>
      <fieldset class="field">
        <legend>${t("quiet.own")}</legend>
        <div class="pair">
          <${DateField}
            key=${`f${hours.from}`}
            label=${t("quiet.from")}
            type="time"
            value=${hours.from}
            onPick=${(/** @type {string} */ from) => pick({ from })}
          />
          <${DateField}
            key=${`u${hours.until}`}
            label=${t("quiet.until")}
            type="time"
            value=${hours.until}
            onPick=${(/** @type {string} */ until) => pick({ until })}
          />
        </div>
      </fieldset>
      <div class="pair">
        <button
          class="button"
          type="button"
          disabled=${!hours.from || !hours.until || hours.from === hours.until}
          onClick=${() => keep(hours)}
        >
          ${t("quiet.keep")}
        </button>
        ${
          own &&
          html`
            <button class="button button-plain" type="button" onClick=${remove}>${t("quiet.none")}</button>
          `
        }
      </div>
      <${Trouble} code=${trouble} />
      ${kept && html`<p class="help" role="status">${t("quiet.kept")}</p>`}
      <p class="note">${t("quiet.what")}</p>
    <//>
  `
}
