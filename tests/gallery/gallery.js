// Every screen and state of the phone over plain documents: no storage, no road. For looking and for axe, not shipped.
// ?screen=case&lang=en picks one; the names are the keys of SCENES. `show` in the console walks on without
// loading again.

import { html, render } from "../../static/vendor/preact.js"
import { now } from "../../static/js/words/clock.js"
import { clear, note } from "../../static/js/session/crisis.js"
import { uncover } from "../../static/js/shell/privacy_cover.js"
import { handed } from "../../static/js/shell/handed_over.js"
import { go, startRouter } from "../../static/js/shell/router.js"
import { SCREENS } from "../../static/js/screens/all.js"
import { language, speak } from "../../static/js/words/texts.js"
import { App } from "../../static/js/app/view.js"
import { SCENES } from "./scenes.js"
import { plantEverything, spoilEverything } from "./spoilt.js"
import { NOW } from "./sample.js"

const place = /** @type {Element} */ (document.getElementById("app"))

/** @param {string} name of a scene @param {"ja" | "en"} lang */
async function show(name, lang) {
  delete document.documentElement.dataset.ready
  render(null, place)
  clear()
  uncover()
  handed.value = null
  if (language.peek() !== lang || !document.title) await speak(lang)
  const scene = SCENES[name]
  const door = watched(scene.door())
  if (scene.crisis) note(scene.crisis)
  go(scene.route ?? "", scene.carried ?? {})
  render(html`<${App} door=${door} />`, place)
  await standing()
  await scene.then?.()
  await standing()
  document.documentElement.dataset.ready = name
}

/** The screens behind the first ones come a moment later. */
async function standing() {
  do await new Promise((done) => setTimeout(done))
  while (place.querySelector("[aria-busy]"))
}

/** What was asked of the door since it was last looked at; reading and what lets go of nothing is no act.
 * @type {string[]} */
const acts = []
const HARMLESS = new Set([
  ...[
    "ready",
    "inventory",
    "bodyOf",
    "syncNow",
    "passkeysPossible",
    "checkOffered",
    "setAutoLock",
    "keepMark",
    "sendAgain",
  ],
  ...["choosePassphrase", "state", "holds", "copy", "photoUrl", "url", "open", "flush", "set"],
])

/** The same door, which notes each act. @param {any} door */
function watched(door) {
  for (const [name, { value: what }] of Object.entries(Object.getOwnPropertyDescriptors(door))) {
    if (typeof what === "function" && !HARMLESS.has(name)) {
      door[name] = (/** @type {any[]} */ ...told) => {
        acts.push(name)
        return what(...told)
      }
    } else if (what && Object.getPrototypeOf(what) === Object.prototype) watched(what)
  }
  return door
}

/** Keys that go on or act. The tabs and 至急 are the same on every screen: once is enough. */
const KEYS = ".button:not(:disabled), .dock button:not(:disabled, .urgent-key)"
const known = () => `${location.hash} ${place.textContent}`

/**
 * A thumb presses a key of this scene twice in one place: what the second press does on the screen that came.
 * @param {string} name of a scene @param {number} n which key @param {"ja" | "en"} lang
 * @returns {Promise<{ keys: number, key?: string, first?: string[], under?: string, did?: string[], took?: number }>}
 */
async function pressTwice(name, n, lang) {
  await show(name, lang)
  const keys = /** @type {HTMLElement[]} */ ([...place.querySelectorAll(KEYS)]).filter((one) =>
    one.checkVisibility(),
  )
  const key = keys[n]
  if (!key || key.matches("[href^='tel:']")) return { keys: keys.length }
  key.scrollIntoView({ block: "center" })
  const { left, top, width, height } = key.getBoundingClientRect()
  const before = known()
  const words = key.textContent?.trim() ?? ""
  acts.length = 0
  const pressed = performance.now()
  key.click()
  await standing()
  const first = acts.splice(0)
  if (known() === before) return { keys: keys.length, first }
  const under = /** @type {HTMLElement | null | undefined} */ (
    document.elementFromPoint(left + width / 2, top + height / 2)?.closest("a, button, label, summary")
  )
  if (!under || (under === key && under.textContent?.trim() === words)) return { keys: keys.length, first }
  const said = under.textContent?.trim() ?? ""
  const took = performance.now() - pressed
  under.click()
  await standing()
  return { keys: keys.length, key: words, first, under: said, did: [...acts], took }
}

addEventListener("click", (event) => {
  const call = /** @type {Element} */ (event.target).closest("[href^='tel:']")
  if (call && !event.defaultPrevented) acts.push("call")
  if (call) event.preventDefault() // no call is made from here
})

const asked = new URLSearchParams(location.search)
now.value = new Date(NOW)
startRouter()
await speak(/** @type {any} */ (asked.get("lang") ?? "ja"))
await show(asked.get("screen") ?? "today", language.peek())
const shown = Object.entries(SCENES).flatMap(([name, { route }]) => [route, name.split("-")[0]])
const missing = Object.keys(SCREENS).filter((name) => !shown.includes(name))
Object.assign(globalThis, {
  show,
  pressTwice,
  scenes: Object.keys(SCENES),
  missing,
  spoil: () => spoilEverything(SCENES, place),
  plant: () => plantEverything(SCENES, place),
})
document.documentElement.dataset.scenes = Object.keys(SCENES).join(" ")
