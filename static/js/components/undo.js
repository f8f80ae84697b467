// Wherever one tap takes words away, one tap brings them back: until the next such tap, or until one leaves the screen.

import { html, signal } from "../../vendor/preact.js"
import { place } from "../shell/router.js"
import { t } from "../words/texts.js"
import { icon } from "./icon.js"

const last = signal(/** @type {{ said: string, back: () => void, key: number } | null} */ (null))

/** @param {string} said what is gone @param {() => void} back */
export function offerUndo(said, back) {
  last.value = { said, back, key: place.peek().key }
}

/** Takes away a part of a draft, and offers to put back what stood there. @param {import("../shapes.d.ts").Draft} draft
 * @param {string} said @param {Record<string, unknown>} changes path -> what stands there from now on */
export function takeAway(draft, said, changes) {
  const before = Object.keys(changes).map(
    (path) =>
      /** @type {const} */ ([
        path,
        path.split(".").reduce((value, name) => value?.[name], draft.value.peek()),
      ]),
  )
  for (const [path, value] of Object.entries(changes)) draft.set(path, value)
  offerUndo(said, () => {
    for (const [path, value] of before) draft.set(path, value)
  })
}

export function Undo() {
  const one = last.value
  if (!one || one.key !== place.value.key) return null
  return html`<div class="unsent undo" role="status">
    <span>${one.said}</span>
    <button class="button" type="button" onClick=${() => {
      last.value = null
      one.back()
    }}>${icon("back", true)}${t("undo.back")}</button>
  </div>`
}
