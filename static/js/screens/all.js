// The screens of a phone that is enrolled. Loaded behind the first ones: nobody needs them at the very first visit.

import { html } from "../../vendor/preact.js"
import { keepCrises } from "../session/crisis.js"
import { useMe } from "../components/hooks.js"
import { place } from "../shell/router.js"
import { Calendar } from "./day/calendar.js"
import { Case, ContactList, Roles } from "./case/case.js"
import { Cases, PickVisit } from "./case/cases.js"
import { Contact } from "./record/contact.js"
import { Cover } from "./gate/privacy_cover.js"
import { Departing } from "./day/departing.js"
import { HandDay } from "./day/ask_cover.js"
import { ConsentNoted, HandOverPhone } from "./case/hand_over.js"
import { PassOn } from "./case/pass_on.js"
import { HandedOver } from "./case/handed.js"
import { TakingPart } from "./case/taking_part.js"
import { LogCheck } from "./log/log_check.js"
import { LogChecklist } from "./log/log_checklist.js"
import { LogNotes } from "./log/log_notes.js"
import { LogOutcome } from "./log/log_outcome.js"
import { Lost } from "./gate/lost.js"
import { NoticeHome, NoticeShown, NoticeWriting } from "./notice.js"
import { Own } from "./day/own_numbers.js"
import { ReadyForField } from "./day/ready.js"
import { Plan } from "./day/plan.js"
import { Rescue } from "./sync/rescue.js"
import { Review } from "./record/review.js"
import { Saved } from "./log/saved.js"
import { Sharing } from "./settings/sharing.js"
import { Discard, SetAside } from "./sync/refused.js"
import { Erase, Notifications, Settings } from "./settings/settings.js"
import { Sync } from "./sync/sync.js"
import { Today } from "./day/today.js"
import { Begin, Misfiled, TakeBack } from "./record/undo.js"
import { ChangeUnlock } from "./gate/unlock_change.js"
import { Urgent } from "./urgent/urgent.js"
import { Cleared, LetIn, WayIn } from "./gate/unlock_help.js"

/** What is about households: a welfare commissioner's phone has none of it, and begins with what they noticed.
 * @type {Record<string, () => any>} */
const OF_CASES = {
  today: Today,
  cases: Cases,
  case: Case,
  contacts: ContactList,
  roles: Roles,
  contact: Contact,
  log: Log,
  "log-notes": LogNotes,
  "log-checklist": LogChecklist,
  "log-check": LogCheck,
  saved: Saved,
  review: Review,
  "hand-over": HandOverPhone,
  "pass-on": PassOn,
  "taking-part": TakingPart,
  consent: ConsentNoted,
  "take-back": TakeBack,
  misfiled: Misfiled,
  begin: Begin,
  departing: Departing,
  calendar: Calendar,
  "hand-day": HandDay,
  plan: Plan,
  ready: ReadyForField,
  own: Own,
}

/** @type {Record<string, () => any>} */
export const SCREENS = {
  ...Object.fromEntries(
    Object.entries(OF_CASES).map(([name, Screen]) => [
      name,
      () => (useMe()?.worker.role === "commissioner" ? html`<${NoticeHome} />` : html`<${Screen} />`),
    ]),
  ),
  sync: Sync,
  "set-aside": SetAside,
  discard: Discard,
  rescue: Rescue,
  urgent: Urgent,
  settings: Settings,
  notifications: Notifications,
  erase: Erase,
  "change-unlock": ChangeUnlock,
  sharing: Sharing,
  "notice-write": NoticeWriting,
  notice: NoticeShown,
  // Over the others, or in the hands of somebody else.
  cover: Cover,
  lost: Lost,
  "way-in": WayIn,
  "let-in": LetIn,
  cleared: Cleared,
  handed: HandedOver,
}

keepCrises()

function Log() {
  return place.value.carried.case ? html`<${LogOutcome} />` : html`<${PickVisit} />`
}
