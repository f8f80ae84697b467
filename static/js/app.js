// The shell's one script: opens the session and puts the app on the page.

import { start } from "./view.js"
import * as session from "./session.js"

/** @import { Door } from "./shapes.d.ts" */

await start(/** @type {Door} */ (/** @type {unknown} */ (session)), /** @type {Element} */ (document.getElementById("app")))
