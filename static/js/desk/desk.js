// What the desk's pages gain from a script: keys, a row cursor, a kept draft, passkeys, a look at a waiting phone.
// Never an ability: everything here presses a control that is on the page, or spares a reload.

import { listenForKeys } from "./keys.js"
import { keepDrafts } from "./kept_draft.js"
import { keepForms } from "./kept_form.js"
import { offerPasskeys } from "./passkeys.js"
import { watchMeeting } from "./meeting.js"
import { askAboutSelection } from "./passage.js"
import { showWhatIsWrong } from "./refused.js"
import { stackTables } from "./stacked.js"

listenForKeys()
stackTables()

// A figure of the genogram leads to its folded line.
const led = document.getElementById(location.hash.slice(1))
if (led instanceof HTMLDetailsElement) led.open = true
keepDrafts()
keepForms()
showWhatIsWrong()
offerPasskeys()
watchMeeting()
askAboutSelection()
