// Every screen and state of the phone over plain documents: no storage, no road. For looking and for axe, not shipped.
// ?screen=case&lang=en picks one; the names are the keys of SCENES.

import { html, render } from "../../static/vendor/preact.js"
import { now } from "../../static/js/clock.js"
import { note } from "../../static/js/crisis.js"
import { go, startRouter } from "../../static/js/router.js"
import { speak } from "../../static/js/texts.js"
import { App } from "../../static/js/view.js"
import { SCENES } from "./scenes.js"
import { NOW } from "./sample.js"

const asked = new URLSearchParams(location.search)
const scene = SCENES[asked.get("screen") ?? "today"]
now.value = new Date(NOW)
startRouter()
await speak(/** @type {any} */ (asked.get("lang") ?? "ja"))
const door = scene.door()
if (scene.crisis) note(scene.crisis)
if (scene.route) go(scene.route, scene.carried ?? {})
render(html`<${App} door=${door} />`, /** @type {Element} */ (document.getElementById("app")))
await new Promise((done) => setTimeout(done))
await scene.then?.()
document.documentElement.dataset.scenes = Object.keys(SCENES).join(" ")
document.documentElement.dataset.ready = "yes"
