// After saving: where the record is now, in words. It says "on this phone" until that is no longer the whole truth.

import { html } from "../../../vendor/preact.js"
import { useDoor } from "../../session/context.js"
import { Screen, TabDock } from "../../components/frame.js"
import { useCase, useNews } from "../../components/hooks.js"
import { icon } from "../../components/icon.js"
import { AskReminders } from "../../components/reminding.js"
import { RecordPhotos } from "../../components/record_photos.js"
import { Road } from "../../components/record_road.js"
import { go, place } from "../../shell/router.js"
import { t } from "../../words/texts.js"

export function Saved() {
  const { case: caseId, visit } = place.value.carried
  const door = useDoor()
  const record = door.records.value.find((one) => one.visit === visit)
  const sheet = useCase(caseId)
  const state = record?.state ?? "on_phone"
  useNews(state === "sent")
  return html`
    <${Screen} title=${t("saved.title")} dock=${html`<${TabDock} here="" strip=${false} />`}>
      <section class=${state === "on_phone" ? "sending" : "ready ready-big"} role="status">
        <h2>${icon(state === "on_phone" ? "device" : "done")}${t(`saved.${state}`)}</h2>
        <p>${t(`saved.${state}.why`)}</p>
      </section>
      ${
        record &&
        html`
          <div class="sheet record">
            <h3>${t("log.title", { name: sheet?.title ?? "", channel: t(`channel.${record.channel}`) })}</h3>
            <${Road} record=${record} />
          </div>
        `
      }
      <${RecordPhotos}
        visit=${visit}
        count=${sheet?.contacts.find(({ id }) => id === visit)?.photos.length ?? 0}
        record=${record}
      />
      <${AskReminders} caseId=${caseId} />
      <div class="stack">
        <button class="button button-main" type="button" onClick=${() => go("today")}>
          ${t("saved.today")}
        </button>
        ${
          visit &&
          html`
            <button class="button" type="button" onClick=${() => go("contact", { case: caseId, visit })}>
              ${t("saved.read")}
            </button>
          `
        }
      </div>
    <//>
  `
}
