// The shell's one script: opens the session, speaks the worker's language and puts the app on the page.

import { effect, html, render } from "../../vendor/preact.js"
import { startClock } from "../words/clock.js"
import { watchCover } from "../shell/privacy_cover.js"
import { watchInstalling } from "../shell/installing.js"
import { startRouter, swap } from "../shell/router.js"
import * as session from "../session/session.js"
import { keptTextSize, wantsFurigana } from "../words/text_size.js"
import { language, speak } from "../words/texts.js"
import { watchUpdates } from "../shell/update.js"
import { App } from "./view.js"

watchInstalling() // the browser offers once, early
startClock()
watchCover()
startRouter()
keptTextSize()
await speak(language.peek())
render(html`<${App} door=${session} />`, /** @type {Element} */ (document.getElementById("app")))
void watchUpdates()
if (wantsFurigana())
  void import("../words/furigana.js").then(({ setFurigana }) => setFurigana(true)).catch(() => {})

effect(() => void session.keepLanguage(language.value).catch(() => {}))
navigator.serviceWorker?.addEventListener("message", ({ data }) => {
  if (data?.news === "go" && data.to === "today") swap("today")
})
