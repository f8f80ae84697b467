// When this phone cannot send by itself: what is not safe goes into a file, sealed as it is, and another phone of the
// office brings it in. Whoever finds the file reads nothing in it.

import { html, useState } from "../../../vendor/preact.js"
import { isoDay } from "../../words/dates.js"
import { now } from "../../words/clock.js"
import { useDoor } from "../../session/context.js"
import { Screen, TaskDock } from "../../components/frame.js"
import { useAsked } from "../../components/hooks.js"
import { icon } from "../../components/icon.js"
import { Part } from "../../components/list.js"
import { troubleText } from "../../components/news.js"
import { known, t } from "../../words/texts.js"
import { size } from "../day/ready.js"

const TYPE = "application/octet-stream"

export function Rescue() {
  return html`<${Screen} title=${t("rescue.title")} parent="sync" dock=${html`<${TaskDock} />`}>
    <p>${t("rescue.what")}</p>
    <${TakeOut} />
    <${BringIn} />
  <//>`
}

function TakeOut() {
  const door = useDoor()
  const [made, setMade] = useState(/** @type {File | null} */ (null))
  const [trouble, setTrouble] = useState("")
  const held = useAsked(() => door.rescue.holds(), [door.road.value, made])
  const attempt = async (/** @type {(file: File) => unknown} */ act) => {
    setTrouble("")
    try {
      const file =
        made ?? new File([await door.rescue.copy()], `sotto-${isoDay(now.peek())}.sotto`, { type: TYPE })
      await act(file)
      setMade(file)
    } catch (/** @type {any} */ error) {
      if (error?.name !== "AbortError") setTrouble(error?.code ?? "fault") // the worker closed the share sheet
    }
  }
  return html`
    <${Part} title=${t("rescue.out")}>
      ${
        held && held.envelopes === 0
          ? html`<p class="note">${t("rescue.out.nothing")}</p>`
          : held &&
            html`
              <p>
                ${t("rescue.out.holds", { n: held.envelopes })}
                ${held.photos > 0 && t("rescue.out.photos", { n: held.photos })}
              </p>
              <div class="stack">
                <button class="button button-main" type="button" onClick=${() => attempt(keep)}>
                  ${icon("lock")}
                  ${t("rescue.out.do")}
                </button>
                ${
                  mayShare() &&
                  html`
                    <button
                      class="button"
                      type="button"
                      onClick=${() => attempt((file) => navigator.share({ files: [file] }))}
                    >
                      ${icon("share")}
                      ${t("rescue.out.share")}
                    </button>
                  `
                }
              </div>
            `
      }
      ${
        made &&
        html`
          <div class="ready" role="status">
            ${icon("done")}
            <strong>${t("rescue.out.done", { name: made.name, size: size(made.size) })}</strong>
            <span>${t("rescue.out.then")}</span>
          </div>
        `
      }
      ${trouble && html`<p class="reason" role="alert">${inWords(trouble)}</p>`}
      <p class="note">${t("rescue.out.note")}</p>
    <//>
  `
}

function BringIn() {
  const door = useDoor()
  const [told, setTold] = useState(/** @type {{ taken: number, left: number } | null} */ (null))
  const [trouble, setTrouble] = useState("")
  const read = async (/** @type {any} */ event) => {
    const [file] = event.currentTarget.files
    event.currentTarget.value = ""
    if (!file) return
    setTrouble("")
    setTold(null)
    try {
      setTold(await door.rescue.bringIn(file))
    } catch (/** @type {any} */ error) {
      setTrouble(error?.code ?? "fault")
    }
  }
  return html`
    <${Part} title=${t("rescue.in")}>
      <p>${t("rescue.in.what")}</p>
      <label class="button">
        ${icon("device")}
        ${t("rescue.in.do")}
        <input class="unseen" type="file" onChange=${read} />
      </label>
      ${
        told &&
        html`
          <div class="ready" role="status">
            ${icon("done")}
            <strong>${t(told.taken > 0 ? "rescue.in.done" : "rescue.in.nothing", { n: told.taken })}</strong>
            <span>${t(told.taken > 0 ? "rescue.in.then" : "rescue.in.nothing.why")}</span>
          </div>
        `
      }
      ${
        told &&
        told.left > 0 &&
        html`<p class="reason" role="alert">${t("rescue.in.left", { n: told.left })}</p>`
      }
      ${trouble && html`<p class="reason" role="alert">${inWords(trouble)}</p>`}
    <//>
  `
}

/** The browser's own saving: a folder of the worker's choice, or the downloads. @param {File} file */
function keep(file) {
  const link = document.createElement("a")
  link.href = URL.createObjectURL(file)
  link.download = file.name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000) // the browser reads it after the click
}

/** Some browsers hand on no file they do not know the kind of. */
const mayShare = () => Boolean(navigator.canShare?.({ files: [new File([""], "a.sotto", { type: TYPE })] }))

/** @param {string} code */
const inWords = (code) => (known(`rescue.trouble.${code}`) ? t(`rescue.trouble.${code}`) : troubleText(code))
