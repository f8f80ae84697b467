// What lies in documents, drafts and the session, as far as screens read it (sync/EVENTS.md, transport/draft_events.js).
export type Both = { ja: string; en: string }
export type Grade = "none" | "concern" | "urgent"
export type NoteBox = "fact" | "quote" | "thirdParty" | "view"

export interface Answer {
  c?: string
  b?: "yes" | "no" | "na"
  t?: string
  n?: number
  d?: string
}
export interface ChecklistItem {
  id: string
  phase: "before" | "during" | "after"
  must: boolean
  parts: string[]
  text: Both
  least?: number
  most?: number
  choices?: { id: string; ja: string; en: string; urgent?: boolean }[]
  hint?: Both
  when?: string
  mustWhen?: string
  start?: Answer
}
export interface Checklist {
  id: string
  version: number | string
  title: Both
  intro: Both
  items: ChecklistItem[]
}
export interface ChecklistRun {
  id: string
  version: number | string
  answers: Record<string, Answer>
}

export interface Photo {
  blob: string
  key: string
  size: number
  type: string
  width: number
  height: number
  note: string
}
export interface RiskCall {
  to: string
  at: string
  result: string
}
/** Fields that came later (`ADDED` of sync/visit_fields.js) are reached by their path. */
export interface VisitBody {
  occurredAt: string
  endedAt?: string
  channel: string
  planned: string
  outcome: string
  metWith: string[]
  alone?: boolean
  staff: string[]
  place?: string
  topics: string[]
  interests: string[]
  reaction: number | null
  stage: number | null
  stageEvent: string
  notes: Record<NoteBox, string>
  living: Record<string, string>
  risk: Record<string, Grade>
  riskCall: RiskCall | null
  left: { what: string; taken: string }
  hook: string
  next?: { with: string; mayCome: string }
  reflection: string
  promises: { id: string; text: string; due: string | null; to: string }[]
  checklist: ChecklistRun | null
  photos: Photo[]
}
export type VisitPart = Partial<VisitBody>
export interface Contact extends VisitBody {
  id: string
  by: string
  review?: string | null
  version?: string
}

export interface Member {
  id: string
  label: string
  role?: string
  roleCertainty?: string
  sex?: string
  ageBand?: string
  labels?: string[]
  index?: boolean
  inHousehold?: boolean
  deceased?: boolean
}
export interface Parentage {
  child: string
  parents: string[]
  certainty: string
}
export interface Union {
  a: string
  b: string
  kind: string
  certainty?: string
}
export interface Household {
  summary?: string
  members: Member[]
  unions?: Union[]
  parentage?: Parentage[]
}
export interface SafetyFlag {
  flag: string
  kind: string
  text: string
  source: string
  setOn: string
  reviewOn: string
}
export interface LinePoint {
  at: string
  stage: number | null
  reaction: number | null
  outcome: string
  channel: string
  stageEvent?: string
}
export interface FollowUp {
  followup: string
  case: string
  at: string
  kind: string
  with: string
  note: string
  state: string
  remind: boolean
}
export interface Promised {
  id: string
  text: string
  due: string | null
  to: string
  madeOn: string
  kept: boolean
}
export interface CaseSheet {
  id: string
  no: string
  title: string
  kana?: string
  formerly?: string[]
  sample?: boolean
  person?: Member
  household: Household
  consent?: string
  triage?: { class?: string; conferenceKind?: string | null; conferenceStatus?: string | null }
  safety: SafetyFlag[]
  safetyCheckedOn?: string | null
  contacts: Contact[]
  line: LinePoint[]
  hook: { text: string; at: string } | null
  promises: Promised[]
  next: FollowUp | null
  preferences?: string
  worked?: string[]
  avoid?: string[]
  issues?: { no: number; text: string }[]
  readyAt?: string
  begun?: Record<string, string> | null
  plan?: { roles: Role[]; balls: Ball[]; monitorOn: string } | null
  persons?: Person[]
  participation?: {
    missing: string | null
    told: { name: string; text: string }[]
    kept: number
    matches: TakesPart[]
  } | null
  handovers?: { may: { to: string; told: string[] }[]; sent: PassedOn[] } | null
}
export interface TakesPart {
  match: string
  place: string
  where: string
  times: string
  step: string
  days: string
  started: string | null
  ask: { side: string; period: string; on: string }[]
}
export interface PassedOn {
  handover: string
  at: string
  by: string
  to: string
  person: string
  ground: string
  told: string[]
  text: string
  answerBy: string
  withdrawn: boolean
  stopped: boolean
  pending?: boolean
  answer: null | { answer: "taken" | "not_taken"; why: string; by: string; on: string }
}
export interface Person {
  member: string
  label: string
  name: string
  reading: string
  birthDate: string | null
  address: string
  telephone: string
}
export interface Role {
  lead: boolean
  organisation: string
  person: string
  role: string
  contact: string
  own: boolean
}
export interface Ball {
  organisation: string
  person: string
  what: string
  until: string
  heardOn: string | null
  own: boolean
}
export interface Cover {
  cover: string
  staff: string
  to: string | null
  on: string
  state: "asked" | "granted" | "refused" | "ended"
  pending?: boolean
}
export interface Notice {
  notice: string
  at: string
  who: string
  place: string
  noticed: string
  named: "yes" | "ask" | "no"
  pending?: boolean
  answer: null | { answer: "taken_up" | "known" | "not_now"; words: string; by: string; at: string }
}
export interface OfficeNumber {
  id: string
  label: Both
  tel: string
  kind: string
}
export interface Me {
  office: { id: string; name: string; lead?: string }
  worker: { id: string; name: string; role: string }
  staff: { id: string; name: string; phone?: boolean; woken?: boolean }[]
  onCall?: string[]
  leaseDays: number
  joined?: Record<string, string>
  covers?: Cover[]
  quiet?: { from: string; until: string }[]
  watchers?: string[]
  watching?: { device: string; staff: string }[]
  sample?: boolean
}
export interface RecordDoc {
  visit: string
  case: string
  state: "at_office" | "held"
  reason?: string
  readBy: { name: string; at: string }[]
  review: null | {
    review: string
    status: string
    by: string
    at: string
    field?: string
    question?: string
    passage?: string | null
  }
  comments?: { by: string; at: string; text: string }[]
  versions: { id: string; at: string; by: string }[]
  photos: string[]
}

export interface RecordRow {
  visit: string
  case: string
  at: string
  channel: string
  state: "on_phone" | "sent" | "at_office" | "read"
  readBy: { name: string; at: string }[]
  held: null | { reason?: string }
  review: RecordDoc["review"]
  unsentBlobs: number
  refused: string | null
  envelope: string | null
  written?: string | null
  undone?: "withdrawn" | "misfiled" | null
}

export type Aside = import("./store/record_states.js").Aside

/** What `session.js` gives to screens; drafts and documents come out of it as plain shapes. */
export type Door = typeof import("./session/session.js")
export type Draft = import("./store/draft.js").Draft
