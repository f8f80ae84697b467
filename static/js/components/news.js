// Strips that say what a worker must know wherever they are: the road has trouble, a new version waits, storage is full.

import { html } from "../../vendor/preact.js"
import { nearDay } from "../words/dates.js"
import { now } from "../words/clock.js"
import { useDoor } from "../session/context.js"
import { go } from "../shell/router.js"
import { known, t } from "../words/texts.js"
import { updateReady } from "../shell/update.js"
import { icon } from "./icon.js"

/** Told by a strip above everything. */
export const LOUD = new Set([
  "storage_full",
  "database_closed",
  "storage_gone",
  "full",
  "unknown_version",
  "revoked",
  "lease_ended",
  "put_back",
])

export function NewsStrips() {
  const { problem, silentSince, clockBehind } = useDoor().road.value
  return html`
    ${
      problem &&
      LOUD.has(problem.code) &&
      html`
        <${Strip}
          picture="missing"
          title=${t(`trouble.${problem.code}.title`)}
          text=${t(`trouble.${problem.code}`)}
        />
      `
    }
    ${
      silentSince &&
      html`
        <${Strip}
          picture="clock"
          title=${t("silent.title")}
          text=${t("silent.since", { day: nearDay(silentSince, now.value) })}
        />
      `
    }
    ${
      clockBehind &&
      html`
        <${Strip}
          picture="clock"
          title=${t("clock.behind.title")}
          text=${t("clock.behind", { day: nearDay(clockBehind, now.value) })}
        />
      `
    }
    ${
      updateReady.value &&
      html`
        <${Strip}
          picture="done"
          title=${t("update.title")}
          text=${t("update.kept")}
          act=${t("update.look")}
          onAct=${() => go("settings")}
        />
      `
    }
  `
}

/** @param {{ picture: string, title: string, text?: any, act?: string, onAct?: () => void }} props */
export const Strip = ({ picture, title, text, act, onAct }) => html`<div class="reason" role="status">
  <strong>${icon(picture, true)}${title}</strong>${text && html`<p>${text}</p>`}
  ${act && html`<button class="button" type="button" onClick=${onAct}>${act}</button>`}</div>`

/** What went wrong at a key in the dock stands in the page: it comes to the eye. @param {{ code: string }} props */
export const Trouble = ({ code }) =>
  code &&
  html`
    <p class="reason" role="alert" ref=${code === "malformed" ? toTheField : intoView}>
      ${troubleText(code)}
    </p>
  `

/** @param {HTMLElement | null} element */
const intoView = (element) => element?.scrollIntoView({ block: "center" })

/** What cannot be sent says so at its field: there one goes on. @param {HTMLElement | null} element */
function toTheField(element) {
  const field = /** @type {HTMLElement | null} */ (document.querySelector("main [aria-invalid=true]"))
  intoView(element)
  field?.focus()
}

/** The words for a code; a code nobody wrote words for still says what it is. @param {string | undefined} code */
export const troubleText = (code) => {
  const key = `trouble.${code}`
  return code && known(key) ? t(key) : t("trouble.other", { code: code ?? "" })
}
