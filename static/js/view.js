// Which screen stands, by what state the phone is in and where one went.

import { html, useErrorBoundary } from "../vendor/preact.js"
import { DoorContext } from "./door.js"
import { place } from "./router.js"
import { Case, ContactList } from "./screens/case.js"
import { Cases, PickVisit } from "./screens/cases.js"
import { ChooseUnlock } from "./screens/choose_unlock.js"
import { Contact } from "./screens/contact.js"
import { Broken, Unsupported, Wiped } from "./screens/ended.js"
import { Newcomer } from "./screens/install.js"
import { Lock } from "./screens/lock.js"
import { LogCheck } from "./screens/log_check.js"
import { LogChecklist } from "./screens/log_checklist.js"
import { LogNotes } from "./screens/log_notes.js"
import { LogOutcome } from "./screens/log_outcome.js"
import { Review } from "./screens/review.js"
import { Saved } from "./screens/saved.js"
import { Erase, Notifications, Settings } from "./screens/settings.js"
import { Sync } from "./screens/sync.js"
import { Today } from "./screens/today.js"
import { Urgent } from "./screens/urgent.js"

/** @import { Door } from "./shapes.d.ts" */

/** Screens of an open phone. @type {Record<string, () => any>} */
const SCREENS = {
  today: Today, cases: Cases, case: Case, contacts: ContactList, contact: Contact,
  log: Log, "log-notes": LogNotes, "log-checklist": LogChecklist, "log-check": LogCheck, saved: Saved,
  sync: Sync, review: Review, urgent: Urgent, settings: Settings, notifications: Notifications, erase: Erase,
}

/** @param {{ door: Door }} props */
export function App({ door }) {
  const [broken] = useErrorBoundary((error) => console.error(error?.name ?? "fault"))
  return html`<${DoorContext.Provider} value=${door}>${broken ? html`<${Broken} code=${broken.code} />` : html`<${Standing} door=${door} />`}<//>`
}

/** @param {{ door: Door }} props */
function Standing({ door }) {
  const { name, key } = place.value
  switch (door.state.value) {
    case "loading": return html`<main class="gate" aria-busy="true"></main>`
    case "unsupported": return html`<${Unsupported} />`
    case "wiped": return html`<${Wiped} />`
    case "new": return html`<${Newcomer} />`
    case "choose_unlock": return html`<${ChooseUnlock} />`
    case "locked": return name === "urgent" ? html`<${Urgent} />` : html`<${Lock} />`
    default: {
      const Screen = SCREENS[name] ?? Today
      return html`<${Screen} key=${`${name} ${key}`} />`
    }
  }
}

function Log() {
  return place.value.carried.case ? html`<${LogOutcome} />` : html`<${PickVisit} />`
}
