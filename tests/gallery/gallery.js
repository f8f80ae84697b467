// Every screen and state of the phone over plain documents: no storage, no road. For looking and for axe, not shipped.
// ?screen=case&lang=en picks one; the names are the keys of SCENES. `show` in the console walks on without loading again.

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
  const door = scene.door()
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

const asked = new URLSearchParams(location.search)
now.value = new Date(NOW)
startRouter()
await speak(/** @type {any} */ (asked.get("lang") ?? "ja"))
await show(asked.get("screen") ?? "today", language.peek())
const shown = Object.entries(SCENES).flatMap(([name, { route }]) => [route, name.split("-")[0]])
const missing = Object.keys(SCREENS).filter((name) => !shown.includes(name))
Object.assign(globalThis, {
  show,
  scenes: Object.keys(SCENES),
  missing,
  spoil: () => spoilEverything(SCENES, place),
  plant: () => plantEverything(SCENES, place),
})
document.documentElement.dataset.scenes = Object.keys(SCENES).join(" ")
