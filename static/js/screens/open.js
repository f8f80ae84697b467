// The screens of a phone that is enrolled. Loaded behind the first ones: nobody needs them at the very first visit.

import { html } from "../../vendor/preact.js"
import { keepCrises } from "../crisis.js"
import { useMe } from "../parts/hooks.js"
import { place } from "../router.js"
import { Calendar } from "./calendar.js"
import { Case, ContactList } from "./case.js"
import { Cases, PickVisit } from "./cases.js"
import { Contact } from "./contact.js"
import { Cover } from "./cover.js"
import { Departing } from "./departing.js"
import { HandDay } from "./hand_day.js"
import { ConsentNoted, HandOverPhone } from "./hand_over.js"
import { HandedOver } from "./handed.js"
import { LogCheck } from "./log_check.js"
import { LogChecklist } from "./log_checklist.js"
import { LogNotes } from "./log_notes.js"
import { LogOutcome } from "./log_outcome.js"
import { Lost } from "./lost.js"
import { NoticeHome, NoticeShown, NoticeWriting } from "./notice.js"
import { Own } from "./own.js"
import { ReadyForField } from "./ready.js"
import { Plan } from "./plan.js"
import { Rescue } from "./rescue.js"
import { Review } from "./review.js"
import { Saved } from "./saved.js"
import { Sharing } from "./sharing.js"
import { Discard, SetAside } from "./set_aside.js"
import { Erase, Notifications, Settings } from "./settings.js"
import { Sync } from "./sync.js"
import { Today } from "./today.js"
import { Begin, Misfiled, TakeBack } from "./undo.js"
import { ChangeUnlock } from "./unlock_change.js"
import { Urgent } from "./urgent.js"
import { Cleared, LetIn, WayIn } from "./way_in.js"

/** What is about households: a welfare commissioner's phone has none of it, and begins with what they noticed.
 * @type {Record<string, () => any>} */
const OF_CASES = {
  today: Today, cases: Cases, case: Case, contacts: ContactList, contact: Contact,
  log: Log, "log-notes": LogNotes, "log-checklist": LogChecklist, "log-check": LogCheck, saved: Saved, review: Review,
  "hand-over": HandOverPhone, consent: ConsentNoted, "take-back": TakeBack, misfiled: Misfiled, begin: Begin, departing: Departing, calendar: Calendar, "hand-day": HandDay, plan: Plan, ready: ReadyForField, own: Own,
}

/** @type {Record<string, () => any>} */
export const SCREENS = {
  ...Object.fromEntries(Object.entries(OF_CASES).map(([name, Screen]) => [name, () => (useMe()?.worker.role === "commissioner" ? html`<${NoticeHome} />` : html`<${Screen} />`)])),
  sync: Sync, "set-aside": SetAside, discard: Discard, rescue: Rescue, urgent: Urgent, settings: Settings, notifications: Notifications, erase: Erase,
  "change-unlock": ChangeUnlock, sharing: Sharing, "notice-write": NoticeWriting, notice: NoticeShown,
  // Over the others, or in the hands of somebody else.
  cover: Cover, lost: Lost, "way-in": WayIn, "let-in": LetIn, cleared: Cleared, handed: HandedOver,
}

keepCrises()

function Log() {
  return place.value.carried.case ? html`<${LogOutcome} />` : html`<${PickVisit} />`
}
