// What the desk's pages gain from a script: keys, a row cursor, a kept draft, passkeys, a look at a waiting phone.
// Never an ability: everything here presses a control that is on the page, or spares a reload.

import { listenForKeys } from "./keys.js"
import { keepDrafts } from "./kept_draft.js"
import { offerPasskeys } from "./passkeys.js"
import { watchMeeting } from "./meeting.js"
import { askAboutSelection } from "./passage.js"

listenForKeys()
keepDrafts()
offerPasskeys()
watchMeeting()
askAboutSelection()
