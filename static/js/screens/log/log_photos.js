// Photos taken inside the app: scaled, without place or camera data, sealed at once, never in the phone's gallery.

import { html, useEffect, useState } from "../../../vendor/preact.js"
import { DraftBox } from "../../components/draft_field.js"
import { useField } from "../../components/hooks.js"
import { icon } from "../../components/icon.js"
import { offerUndo } from "../../components/undo.js"
import { troubleText } from "../../components/news.js"
import { scalePhoto } from "../../store/photos.js"
import { t } from "../../words/texts.js"

/** @import { Draft, Photo } from "../../shapes.d.ts" */

/** @param {{ draft: Draft }} props */
export function Photos({ draft }) {
  const photos = /** @type {Photo[]} */ (useField(draft, "record.photos"))
  const keep = /** @type {string[]} */ (useField(draft, "keep") ?? [])
  const [trouble, setTrouble] = useState("")
  const [busy, setBusy] = useState(false)
  const take = async (/** @type {any} */ event) => {
    const [file] = event.currentTarget.files
    event.currentTarget.value = ""
    if (!file) return
    setBusy(true)
    setTrouble("")
    try {
      const { bytes, width, height } = await scalePhoto(file)
      await draft.addPhoto(new Uint8Array(bytes), { width, height })
    } catch (/** @type {any} */ error) {
      setTrouble(error?.code ?? "photo")
    } finally {
      setBusy(false)
    }
  }
  const remove = async (/** @type {Photo} */ photo, /** @type {number} */ i) => {
    await draft.removePhoto(photo)
    offerUndo(t("photos.removed", { n: i + 1 }), () =>
      draft.set("record.photos", [
        ...draft.value.peek().record.photos.slice(0, i),
        photo,
        ...draft.value.peek().record.photos.slice(i),
      ]),
    )
  }
  return html`
    <fieldset class="field" data-field="photos">
      <legend>${t("field.photos")}</legend>
      <p class="help">${t("photos.help")}</p>
      ${
        photos.length > 0 &&
        html`
          <ul class="photos">
            ${photos.map(
              (photo, i) => html`
                <li key=${photo.blob}>
                  <${Picture} draft=${draft} photo=${photo} n=${i + 1} />
                  <${DraftBox}
                    draft=${draft}
                    path=${`record.photos.${i}.note`}
                    oneLine
                    label=${t("photos.note", { n: i + 1 })}
                    placeholder=${t("photos.note.help")}
                  />
                  <label class="promise plain">
                    <input
                      type="checkbox"
                      autocomplete="off"
                      checked=${keep.includes(photo.blob)}
                      onChange=${() =>
                        draft.set(
                          "keep",
                          keep.includes(photo.blob)
                            ? keep.filter((/** @type {string} */ one) => one !== photo.blob)
                            : [...keep, photo.blob],
                        )}
                    />
                    <span>${t("photos.keep", { n: i + 1 })}<small>${t("photos.keep.what")}</small></span>
                  </label>
                  <button class="button" type="button" onClick=${() => remove(photo, i)}>
                    ${t("photos.remove")}
                    <span class="unseen">${i + 1}</span>
                  </button>
                </li>
              `,
            )}
          </ul>
        `
      }
      ${trouble && html`<p class="reason" role="alert">${troubleText(trouble)}</p>`}
      ${
        photos.length < 16 &&
        html`
          <label class="button">
            ${icon("camera", true)}
            ${t(busy ? "photos.busy" : "photos.take")}
            <input
              class="unseen"
              type="file"
              accept="image/*"
              capture="environment"
              disabled=${busy}
              onChange=${take}
            />
          </label>
        `
      }
    </fieldset>
  `
}

/** @param {{ draft: Draft, photo: Photo, n: number }} props */
function Picture({ draft, photo, n }) {
  const [url, setUrl] = useState("")
  useEffect(() => {
    Promise.resolve(draft.photoUrl(photo)).then(setUrl, () => setUrl(""))
  }, [photo.blob])
  return (
    url && html`<img src=${url} width=${photo.width} height=${photo.height} alt=${t("photos.alt", { n })} />`
  )
}
