// The screens of a phone that is enrolled. Loaded behind the first ones: nobody needs them at the very first visit.

import { html } from "../../vendor/preact.js"
import { place } from "../router.js"
import { Case, ContactList } from "./case.js"
import { Cases, PickVisit } from "./cases.js"
import { Contact } from "./contact.js"
import { LogCheck } from "./log_check.js"
import { LogChecklist } from "./log_checklist.js"
import { LogNotes } from "./log_notes.js"
import { LogOutcome } from "./log_outcome.js"
import { Review } from "./review.js"
import { Saved } from "./saved.js"
import { Erase, Notifications, Settings } from "./settings.js"
import { Sync } from "./sync.js"
import { Today } from "./today.js"
import { Urgent } from "./urgent.js"

/** @type {Record<string, () => any>} */
export const SCREENS = {
  today: Today, cases: Cases, case: Case, contacts: ContactList, contact: Contact,
  log: Log, "log-notes": LogNotes, "log-checklist": LogChecklist, "log-check": LogCheck, saved: Saved,
  sync: Sync, review: Review, urgent: Urgent, settings: Settings, notifications: Notifications, erase: Erase,
}

function Log() {
  return place.value.carried.case ? html`<${LogOutcome} />` : html`<${PickVisit} />`
}
