// The shell's one script: opens the session, speaks the worker's language and puts the app on the page.

import { effect, html, render } from "../vendor/preact.js"
import { startClock } from "./clock.js"
import { watchCover } from "./cover.js"
import { watchInstalling } from "./installing.js"
import { startRouter, swap } from "./router.js"
import * as session from "./session.js"
import { keptTextSize, wantsFurigana } from "./textsize.js"
import { language, speak } from "./texts.js"
import { watchUpdates } from "./update.js"
import { App } from "./view.js"

watchInstalling() // the browser offers once, early
startClock()
watchCover()
startRouter()
keptTextSize()
await speak(language.peek())
render(html`<${App} door=${session} />`, /** @type {Element} */ (document.getElementById("app")))
void watchUpdates()
if (wantsFurigana()) void import("./furigana.js").then(({ setFurigana }) => setFurigana(true)).catch(() => {})

effect(() => void session.keepLanguage(language.value).catch(() => {}))
navigator.serviceWorker?.addEventListener("message", ({ data }) => {
  if (data?.news === "go" && data.to === "today") swap("today")
})
