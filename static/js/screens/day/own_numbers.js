// One's own work, counted for oneself: what was tried, whom one met, what one left. No target, no rank, nobody beside it.

import { html, useState } from "../../../vendor/preact.js"
import { isoDay } from "../../words/dates.js"
import { now } from "../../words/clock.js"
import { useDoor } from "../../session/context.js"
import { Choices } from "../../components/choice.js"
import { Screen, TaskDock } from "../../components/frame.js"
import { Part } from "../../components/list.js"
import { coded, t } from "../../words/texts.js"
import { counted } from "../../visit/tally.js"

const DAYS = [7, 30, 60]

export function Own() {
  const { records, documents } = useDoor()
  const [days, setDays] = useState(30)
  const since = new Date(now.value)
  since.setDate(since.getDate() - days + 1)
  const sum = counted(records.value, documents.value, isoDay(since))
  const list = (/** @type {string} */ group, /** @type {Record<string, number>} */ counts) =>
    html`<dl class="facts">${Object.entries(counts).map(
      ([code, n]) => html`
    <dt key=${code}>${coded(group, code) || code}</dt><dd>${t("field.count", { n })}</dd>`,
    )}</dl>`
  return html`
    <${Screen} title=${t("own.title")} parent="settings" dock=${html`<${TaskDock} />`}>
      <${Choices}
        shape="three"
        centre
        value=${days}
        onPick=${setDays}
        options=${DAYS.map((n) => ({ value: n, label: t("own.days", { n }) }))}
      />
      ${
        sum.all === 0
          ? html`<p class="note">${t("own.none")}</p>`
          : html`
            <p class="now-here">
              <span class="soft">${t("own.contacts")}</span>
              <b>${t("own.of", { n: sum.all, cases: sum.cases })}</b>
            </p>
            <${Part} title=${t("own.channels")}>${list("channel", sum.channels)}<//>
            <${Part} title=${t("own.outcomes")}>${list("outcome", sum.outcomes)}<//>
            ${
              sum.promises > 0 &&
              html`<${Part} title=${t("own.promises")}><p>${t("own.promises.n", { n: sum.promises })}</p><//>`
            }
          `
      }
      <p class="note">${t("own.note")}</p>
    <//>
  `
}
