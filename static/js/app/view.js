// Which screen stands, by what state the phone is in and where one went.

import { html, signal, useEffect, useErrorBoundary, useLayoutEffect } from "../../vendor/preact.js"
import { covered } from "../shell/privacy_cover.js"
import { DoorContext } from "../session/context.js"
import { handed } from "../shell/handed_over.js"
import { place } from "../shell/router.js"
import { learn } from "../words/texts.js"
import { ChooseUnlock } from "../screens/gate/choose_unlock.js"
import { Broken, Unsupported, Wiped } from "../screens/gate/ended.js"
import { Newcomer } from "../screens/gate/install.js"
import { Lock } from "../screens/gate/lock.js"

/** @import { Door } from "../shapes.d.ts" */

/** Reached without unlocking. */
const AT_THE_LOCK = new Set(["urgent", "way-in", "let-in", "lost"])

/** ms: a press sooner was meant for the screen before, and calls nobody. */
const MEANT = 350
let came = 0

addEventListener(
  "click",
  (event) => {
    const soon = performance.now() - came < MEANT
    if (soon && /** @type {Element} */ (event.target).closest("a[href^='tel:']")) event.preventDefault()
  },
  true,
)

const opened = signal(/** @type {Record<string, () => any> | null} */ (null))
const notThere = signal(false)

/** The screens of an enrolled phone come behind the first ones. */
async function openScreens() {
  try {
    notThere.value = false
    const [{ SCREENS }] = await Promise.all([import("../screens/all.js"), learn("field")])
    opened.value = SCREENS
  } catch {
    notThere.value = true // killed before the app was here whole, and now no signal
  }
}

/** @param {{ door: Door }} props */
export function App({ door }) {
  const [broken] = useErrorBoundary((error) => console.error(error?.name ?? "fault"))
  return html`
    <${DoorContext.Provider} value=${door}>
      ${
        broken
          ? html`<${Broken} code=${broken.code} />`
          : html`<${Standing} door=${door} />${covered.value && html`<${Behind} name="cover" />`}`
      }
    <//>
  `
}

/** @param {{ door: Door }} props */
function Standing({ door }) {
  const { name, key } = place.value
  useLayoutEffect(() => {
    came = performance.now()
  }, [name, key, door.state.value, handed.value])
  switch (door.state.value) {
    case "loading":
      return html`<main class="gate" aria-busy="true"></main>`
    case "unsupported":
      return html`<${Unsupported} />`
    case "wiped":
      return html`<${Wiped} />`
    case "new":
      return door.cleared.value
        ? html`<${Behind} name="cleared" />`
        : name === "lost"
          ? html`<${Behind} name="lost" />`
          : html`<${Newcomer} />`
    case "choose_unlock":
      return html`<${ChooseUnlock} />`
    case "locked":
      if (handed.value && !handed.value.back) return html`<${Behind} name="handed" />`
      return AT_THE_LOCK.has(name) ? html`<${Behind} name=${name} place=${key} />` : html`<${Locked} />`
    default:
      return html`<${Behind} name=${name} place=${key} />`
  }
}

/** The screens behind the lock come while the words are typed. */
function Locked() {
  useEffect(() => {
    if (!opened.peek()) void openScreens()
  }, [])
  return html`<${Lock} />`
}

/** @param {{ name: string, place?: number }} props */
function Behind({ name, place: key = 0 }) {
  useEffect(() => {
    if (!opened.peek()) void openScreens()
  }, [])
  if (!opened.value)
    return notThere.value ? html`<${Broken} />` : html`<main class="gate" aria-busy="true"></main>`
  const Screen = opened.value[name] ?? opened.value.today
  return html`<${Screen} key=${`${name} ${key}`} />`
}
