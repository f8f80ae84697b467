// The photos of one record: which are on this phone only, which the office has, which stay at hand.

import { html, useEffect, useState } from "../../vendor/preact.js"
import { useDoor } from "../session/context.js"
import { icon } from "./icon.js"
import { hint, Part } from "./list.js"
import { t } from "../words/texts.js"

/** @import { RecordRow } from "../shapes.d.ts" */
/** @typedef {import("../store/kept_photos.js").Kept} Kept */

/** @param {{ visit: string, count: number, record: RecordRow | undefined }} props */
export function RecordPhotos({ visit, count, record }) {
  const door = useDoor()
  const kept = door.keptPhotos.list.value.filter((/** @type {Kept} */ one) => one.visit === visit)
  const safe = door.documents.value.get(`record/${visit}`)?.photos?.length ?? 0
  const all = Math.max(count, kept.length, safe) // the office sends no photo back, not even a line about it
  if (all === 0) return null
  const waits = record?.unsentBlobs ?? 0
  return html`
    <${Part} title=${t("photos.of", { n: all })}>
      ${
        waits > 0
          ? hint("device", t("photos.waits", { n: waits }))
          : all > kept.length && hint("done", t(safe >= all ? "photos.away" : "photos.gone"))
      }
      ${
        kept.length > 0 &&
        html`<ul class="photos">${kept.map(
          (
            /** @type {Kept} */ one,
            /** @type {number} */ i,
          ) => html`<li key=${one.blob}><${Shown} photo=${one} n=${i + 1} />
      ${one.note && html`<span>${one.note}</span>`}<span class="soft">${t("photos.kept")}</span>
      <${LetGo} n=${i + 1} onGo=${() => door.keptPhotos.remove(one.blob)} /></li>`,
        )}</ul>`
      }
    <//>
  `
}

/** The office sends no photo back: asked twice. @param {{ n: number, onGo: () => void }} props */
function LetGo({ n, onGo }) {
  const [asked, setAsked] = useState(false)
  if (!asked)
    return html`
      <button class="button" type="button" onClick=${() => setAsked(true)}>
        ${icon("close", true)}
        ${t("photos.let_go")}
        <span class="unseen">${n}</span>
      </button>
    `
  return html`<div class="tied">
    <p>${t("photos.let_go.sure")}</p>
    <div class="pair">
      <button class="button" type="button" onClick=${() => setAsked(false)}>${t("draft.keep")}</button>
      <button class="button" type="button" onClick=${onGo}>${t("photos.let_go.do")}</button>
    </div>
  </div>`
}

/** @param {{ photo: Kept, n: number }} props */
function Shown({ photo, n }) {
  const door = useDoor()
  const [url, setUrl] = useState("")
  useEffect(() => {
    door.keptPhotos.url(photo).then(setUrl, () => setUrl(""))
  }, [photo.blob])
  return (
    url &&
    html`
      <img
        src=${url}
        width=${photo.width}
        height=${photo.height}
        alt=${photo.note || t("photos.alt", { n })}
      />
    `
  )
}
