// The worker forgot how this phone opens: the office lets them in under a fresh code, and nothing is lost by it.

import { html } from "../../vendor/preact.js"
import { useDoor } from "../door.js"
import { swap } from "../router.js"
import { Meeting } from "./enrol.js"

export function LetIn() {
  const door = useDoor()
  const ask = async (/** @type {string} */ code) => {
    const met = await door.askIn(code)
    met.confirmed.then(() => swap(""), () => {}) // the way leads on, not back to here
    return met
  }
  return html`<${Meeting} ask=${ask} name="let_in" />`
}
