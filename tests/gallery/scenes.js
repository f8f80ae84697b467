// The states to look at. Each scene says what lies on the phone, where one is, and what a thumb did there.

import { signal } from "../../static/vendor/preact.js"
import { cover } from "../../static/js/shell/privacy_cover.js"
import { handed } from "../../static/js/shell/handed_over.js"
import { setAt } from "../../static/js/store/change_paths.js"
import { t } from "../../static/js/words/texts.js"
import { checkSymbol } from "../../sync/enrolment.js"
import * as sample from "./sample.js"

const wait = () => new Promise((done) => setTimeout(done, 60))
/** Press what bears these words of the Japanese catalogue, one after another. */
const press =
  (/** @type {string[]} */ ...keys) =>
  async () => {
    for (const key of keys) {
      await wait()
      const look = () =>
        /** @type {HTMLElement[]} */ ([...document.querySelectorAll("button, summary, label, a")]).find(
          (one) => one.textContent?.includes(t(key)),
        )
      for (let tries = 0; !look() && tries < 200; tries++) await wait() // what lies below the first look stands a frame later
      const found = look()
      if (found) found.click()
      else throw new Error(`nothing says ${key}`)
    }
    await wait()
  }
/** Write into the field and go on. */
const type = (/** @type {string} */ selector, /** @type {string} */ text) => async () => {
  await wait()
  const field = /** @type {HTMLInputElement} */ (document.querySelector(selector))
  field.value = text
  field.dispatchEvent(new InputEvent("input", { bubbles: true }))
  await wait()
  field.form?.requestSubmit()
  await wait()
}
const INVENTORY = {
  carried: [
    { what: "cases", n: 4, bytes: 48_200, oldest: "2024-02-20T23:12:00Z" },
    { what: "followups", n: 5, bytes: 1200, oldest: null },
    { what: "checklists", n: 3, bytes: 18_400, oldest: null },
    { what: "numbers", n: 6, bytes: 900, oldest: null },
    { what: "records", n: 7, bytes: 22_000, oldest: null },
  ],
  app: { n: 118, of: 118, bytes: 412_000, ofBytes: 412_000 },
  waiting: { n: 3, bytes: 640_000 },
  storage: { used: 3_400_000, free: 2_100_000_000, persisted: true },
  notifications: { permission: "granted", subscribed: true, lastTest: null, lastPush: null },
}
const search = (/** @type {string} */ words) => async () => {
  await wait()
  const box = /** @type {HTMLInputElement} */ (document.querySelector("#q"))
  box.value = words
  box.dispatchEvent(new InputEvent("input", { bubbles: true }))
  await wait()
}
const inHand = (over) => ({
  case: "c-d",
  office: sample.ME.office.name,
  tel: "077-000-0101",
  about: "ハローワークの人に、仕事をさがしていること",
  answer: "",
  back: false,
  ...over,
})
const inTurn =
  (/** @type {(() => Promise<void>)[]} */ ...acts) =>
  async () => {
    for (const act of acts) await act()
  }
const refuse =
  (code, detail = "") =>
  () =>
    Promise.reject(Object.assign(new Error(code), { code, detail }))

function heldDraft(start, id = "draft-1") {
  const value = signal(start),
    savedAt = signal(Date.parse(sample.NOW))
  return {
    id,
    case: "c-d",
    kind: "visit",
    value,
    savedAt,
    problem: signal(null),
    set: (path, v) => {
      value.value = setAt(value.peek(), path, v)
    },
    flush: async () => {},
    discard: async () => {},
    addPhoto: async () => ({}),
    photoUrl: async () => "/static/icons/icon-512.png",
    removePhoto: async () => {},
  }
}

const documents = () =>
  new Map([
    ["me", sample.ME],
    ["numbers", { numbers: sample.NUMBERS }],
    ["followups", { followups: sample.FOLLOWUPS }],
    ["checklist/continuing_visit", sample.CHECKLIST],
    ...sample.CASES.map((one) => [`case/${one.id}`, one]),
    ["record/v-0207", sample.RECORD_DOC],
  ])
const HANDED_ON = {
  may: [
    { to: "子育て支援課", told: ["needs", "address"] },
    { to: "ハローワーク", told: [] },
  ],
  sent: [
    {
      handover: "h-1",
      to: "ハローワーク",
      at: "2024-02-20T01:00:00Z",
      text: "仕事の見学について",
      answerBy: "2024-03-05",
      answer: null,
    },
  ],
}
const ROAD = {
  unsent: 2,
  oldest: "2024-02-20T08:40:00Z",
  lastContact: "2024-02-20T23:12:00Z",
  officeTime: "2024-02-20T23:12:00Z",
  busy: false,
  problem: null,
  silentSince: null,
}
const SHARERS = [
  { profile: "", mark: "青", unsent: 2 },
  { profile: "b", mark: "", unsent: 0 },
]
const WORDS_ONLY = { unlockWays: signal({ passkey: false, passphrase: true }) }
const READY = { ok: true, missing: [], cases: 4, checkedAt: "2024-02-20T23:12:00Z" }

function door(over = {}) {
  const { draft, ...rest } = over
  const opened = new Map()
  return {
    state: signal("open"),
    documents: signal(documents()),
    records: signal(sample.RECORDS),
    road: signal(ROAD),
    numbers: signal(sample.NUMBERS),
    unlockWays: signal({ passkey: true, passphrase: true }),
    autoLockMinutes: signal(5),
    lease: signal({ over: false, until: "2024-03-06T00:00:00Z" }),
    drafts: {
      list: signal([]),
      open: (caseId, kind, begin) => {
        const key = `${caseId} ${kind}`
        if (!opened.has(key)) opened.set(key, heldDraft(draft ?? begin?.value ?? {}))
        return opened.get(key)
      },
    },
    ready: () => READY,
    enrol: () => new Promise(() => {}),
    unlock: () => new Promise(() => {}),
    lock: () => {},
    choosePassphrase: () => ["さくら", "てがみ", "みずうみ", "つくえ"],
    confirmPassphrase: refuse("words_differ"),
    choosePasskey: refuse("passkey_declined"),
    passkeysPossible: () => true,
    dayPlan: signal({ day: "", order: [], trips: [], legs: {} }),
    planDay: async () => {},
    save: async () => "v-new",
    write: async () => {},
    writeAll: async () => {},
    bodyOf: async () => ({}),
    events: signal([]),
    inventory: async () => INVENTORY,
    checkOffered: () => {},
    changeUnlock: async () => {},
    changes: signal([]),
    changesRead: async () => {},
    outing: signal(null),
    alarms: signal([]),
    depart: async () => true,
    extendOuting: async () => {},
    backSafe: async () => {},
    syncNow: async () => {},
    notifications: {
      state: () => ({ permission: "default", subscribed: false, lastTest: null, lastPush: null }),
      ask: async () => {},
      test: async () => {},
    },
    cleared: signal(false),
    beginAnew: () => {},
    sharing: signal([]),
    own: "",
    dayCodeGone: signal(false),
    handTo: async () => {},
    makeRoom: async () => {},
    keepMark: async () => {},
    askIn: () => new Promise(() => {}),
    keptPhotos: { list: signal([]) },
    setAside: signal([]),
    rescue: {
      holds: async () => ({ envelopes: 3, photos: 2 }),
      copy: async () => new Uint8Array(9000),
      bringIn: async () => ({ taken: 3, left: 0 }),
    },
    sendAgain: async () => {},
    askToDiscard: async () => ({}),
    discard: refuse("changed"),
    eraseThisPhone: refuse("unsent"),
    startAgain: async () => {},
    setAutoLock: () => {},
    ...rest,
  }
}

const record = (over = {}) => ({
  occurredAt: "2024-02-21T01:00:00Z",
  endedAt: "2024-02-21T01:32:00Z",
  channel: "visit",
  planned: "as_planned",
  outcome: "met_person",
  metWith: ["m-d"],
  alone: true,
  staff: ["s-1"],
  place: "living_room",
  topics: ["趣味", "駅前"],
  interests: ["将棋"],
  reaction: 3,
  stage: 5,
  stageEvent: "一局さし、行きたい場所を自分の言葉で話した。",
  notes: {
    fact: "居間で約30分。将棋盤を出して待っていた。目が合う。髪を切っていた。Bさんは隣の部屋で休んでいた。",
    quote: "D「駅前の将棋、見るだけなら行けるかも」",
    thirdParty: "民生委員：先週の夕方、本人が一人で郵便受けまで出ていた。",
    view: "外の話が初めて本人から出た。急がず、次回は日だけ決める。",
  },
  living: { meals: "good", sleep: "attention" },
  risk: Object.fromEntries(
    [
      "self_harm",
      "harm_to_others",
      "abuse",
      "self_neglect",
      "sudden_illness",
      "fire_housing",
      "exploitation",
      "danger_to_worker",
    ].map((key) => [key, "none"]),
  ),
  riskCall: null,
  left: { what: "詰将棋の本", taken: "taken" },
  hook: "駅前の将棋、どんなところか見てきましたよ",
  next: { with: "person", mayCome: "agreed" },
  reflection: "",
  promises: [{ id: "p-9", text: "駅前の将棋会の曜日を調べる", due: "2024-03-06", to: "Dさん" }],
  checklist: null,
  photos: [],
  ...over,
})
const writing = (over = {}, rec = {}) => ({
  record: record(rec),
  followup: { at: "2024-03-06T01:00:00Z", kind: "visit", with: "person", note: "", remind: true },
  closes: ["f-1"],
  moves: null,
  stageMove: "same",
  step: "notes",
  ...over,
})
const blank = {
  outcome: "",
  metWith: [],
  place: undefined,
  topics: [],
  interests: [],
  reaction: null,
  stage: null,
  stageEvent: "",
  notes: { fact: "", quote: "", thirdParty: "", view: "" },
  living: {},
  risk: {},
  left: { what: "", taken: "" },
  hook: "",
  next: undefined,
  promises: [],
}
const running = writing(
  { checklist: sample.CHECKLIST, step: "checklist" },
  { checklist: { id: "continuing_visit", version: 1, answers: sample.ANSWERS } },
)
const letter = (over = {}) => ({
  to: "健康増進課",
  ground: "consent",
  law: "",
  reason: "",
  told: ["health"],
  text: "Bさんのことです。せきが続き、受診が先月からあいています。",
  answerBy: "2024-03-06",
  ...over,
})
/** Twelve visits in one day, and a name that is a whole address. */
const full = () => {
  const day = Array.from({ length: 12 }, (_, n) => ({
    ...sample.FOLLOWUPS[n % 3],
    followup: `f-${n + 1}`,
    at: `2024-02-21T${String(n + 1).padStart(2, "0")}:00:00Z`,
  }))
  return new Map([...documents(), ["followups", { followups: day }]])
}
const LONG = "木川町の青い屋根の家・山本 アレクサンドラ様ご一家（母と息子）"
const longNamed = () => new Map([...documents(), ["case/c-d", { ...sample.CASE_D, title: LONG }]])
const atCase = { case: "c-d", followup: "f-1" }
const CODE = "0000000000000000" + checkSymbol("0000000000000000")
const inBrowser = press("install.tab", "install.tab.do")
const state = (name) => () => door({ state: signal(name) })

const NOTICES = [
  {
    notice: "n-1",
    at: "2024-02-21T01:30:00Z",
    who: "青い屋根の家の方",
    place: "木川町",
    noticed: "雨戸がずっと閉まったままです。新聞が5日分たまっています。",
    named: "no",
    answer: null,
    pending: true,
  },
  {
    notice: "n-2",
    at: "2024-02-19T01:30:00Z",
    who: "",
    place: "駅前の団地",
    noticed: "夜中に一人で歩いている若い人を、よく見かけます。",
    named: "yes",
    answer: null,
  },
  {
    notice: "n-3",
    at: "2024-02-10T01:30:00Z",
    who: "角の家のご夫婦",
    place: "西町",
    noticed: "このごろ、お二人とも集会に来られません。",
    named: "yes",
    answer: {
      answer: "taken_up",
      words: "教えてくださり助かりました。",
      by: "中川 真理",
      at: "2024-02-12T01:30:00Z",
    },
  },
]
const noticing = (notices = NOTICES, draft = undefined) =>
  door({
    draft,
    documents: signal(
      new Map([
        ["me", { ...sample.ME, worker: { id: "s-9", name: "木村", role: "commissioner" } }],
        ["numbers", { numbers: sample.NUMBERS }],
        ["notices", { notices, watched: [{ name: "さとう はな", place: "西町" }] }],
      ]),
    ),
    records: signal([]),
    road: signal({ ...ROAD, unsent: 1 }),
  })
const KEPT = {
  list: signal([
    {
      blob: "b",
      key: "k",
      size: 90_000,
      type: "image/jpeg",
      width: 512,
      height: 512,
      note: "色見本",
      visit: "v-0207",
      case: "c-d",
    },
  ]),
  url: async () => "/static/icons/icon-512.png",
  remove: async () => {},
}
const PLAN = {
  day: "2024-02-21",
  order: [...sample.FOLLOWUPS].reverse().map(({ followup }) => followup),
  trips: [
    { left: "2024-02-20T23:40:00Z", back: "2024-02-21T00:50:00Z" },
    { left: "2024-02-21T01:20:00Z", back: null },
  ],
  legs: { "- c-f": 3.2, "c-e c-f": 1.4 },
}
const quieted = () =>
  new Map([
    ...documents(),
    [
      "me",
      {
        ...sample.ME,
        quiet: [
          { from: "21:00", until: "07:00" },
          { from: "12:00", until: "13:00" },
        ],
      },
    ],
  ])
const ASIDE = [
  {
    envelope: "e-1",
    reason: "too_big",
    photos: 1,
    events: [
      {
        id: "v-new",
        type: "visit.logged",
        case: "c-d",
        at: sample.NOW,
        body: { occurredAt: "2024-02-21T01:00:00Z", channel: "visit" },
      },
      { id: "f-9", type: "followup.scheduled", case: "c-d", at: sample.NOW, body: {} },
    ],
  },
  {
    envelope: "e-2",
    reason: "malformed",
    photos: 0,
    events: [{ id: "p-9", type: "promise.kept", case: "c-e", at: sample.NOW, body: {} }],
  },
  { envelope: "e-3", reason: "bad_signature", photos: 0, events: [] },
]
const aside = () => door({ setAside: signal(ASIDE) })
/** A file chosen by hand. */
const bring = async () => {
  await wait()
  const input = /** @type {HTMLInputElement} */ (document.querySelector("input[type=file]"))
  const chosen = new DataTransfer()
  chosen.items.add(new File(["sotto"], "a.sotto"))
  input.files = chosen.files
  input.dispatchEvent(new Event("change", { bubbles: true }))
  await wait()
}

/** @type {Record<string, { door: () => any, route?: string, carried?: any, crisis?: any, then?: () => any }>} */
export const SCENES = {
  install: { door: state("new") },
  "install-tab": { door: state("new"), then: press("install.tab") },
  enrol: { door: state("new"), then: inBrowser },
  "enrol-symbol": { door: state("new"), then: inTurn(inBrowser, type("#code", "7777-7777-7777-7777-7")) },
  "enrol-expired": {
    door: () => door({ state: signal("new"), enrol: refuse("code_expired") }),
    then: inTurn(inBrowser, type("#code", CODE)),
  },
  "enrol-offline": {
    door: () => door({ state: signal("new"), enrol: refuse("no_signal") }),
    then: inTurn(inBrowser, type("#code", CODE)),
  },
  words: {
    door: () =>
      door({
        state: signal("new"),
        enrol: async () => ({
          words: [
            { ja: "せんむ", en: "kite" },
            { ja: "のこす", en: "rubber" },
          ],
          confirmed: new Promise(() => {}),
        }),
      }),
    then: inTurn(inBrowser, type("#code", CODE)),
  },
  "choose-unlock": { door: state("choose_unlock") },
  passphrase: { door: state("choose_unlock"), then: press("unlock.passphrase") },
  lock: {
    door: () =>
      door({
        state: signal("locked"),
        documents: signal(new Map()),
        numbers: signal(sample.NUMBERS.map((one) => ({ ...one, label: { ja: "", en: "" } }))),
      }),
  },
  "lock-words": {
    door: () =>
      door({
        state: signal("locked"),
        unlockWays: signal({ passkey: false, passphrase: true }),
        numbers: signal([]),
        road: signal({ ...ROAD, unsent: 0 }),
      }),
  },
  "lock-shared": {
    door: () => door({ state: signal("locked"), documents: signal(new Map()), sharing: signal(SHARERS) }),
  },
  "lock-day-code-gone": {
    door: () => door({ state: signal("locked"), ...WORDS_ONLY, dayCodeGone: signal(true) }),
  },
  "way-in": { door: () => door({ state: signal("locked") }), route: "way-in" },
  "let-in": { door: () => door({ state: signal("locked") }), route: "let-in" },
  "passphrase-differs": {
    door: state("choose_unlock"),
    then: inTurn(press("unlock.passphrase", "passphrase.written"), type("#words", "さくら てがみ")),
  },
  "passkey-declined": { door: state("choose_unlock"), then: press("unlock.passkey") },
  "lock-wrong": {
    door: () => door({ state: signal("locked"), unlock: refuse("wrong_passphrase") }),
    then: inTurn(press("lock.passphrase"), type("#words", "さくら てがみ みず つくえ")),
  },
  "lock-wait": {
    door: () => door({ state: signal("locked"), unlock: refuse("wait", "20") }),
    then: inTurn(press("lock.passphrase"), type("#words", "さくら てがみ みず つくえ")),
  },
  "urgent-locked": {
    door: () => door({ state: signal("locked"), documents: signal(new Map()) }),
    route: "urgent",
  },
  today: { door: () => door(), route: "today" },
  "today-not-ready": {
    door: () =>
      door({
        ready: () => ({
          ...READY,
          ok: false,
          missing: [
            { what: "numbers", key: "tel" },
            { what: "storage", key: "12" },
          ],
        }),
        road: signal({
          ...ROAD,
          unsent: 0,
          silentSince: "2024-02-17T00:00:00Z",
          problem: { code: "storage_full" },
        }),
        drafts: {
          list: signal([
            { id: "draft-1", case: "c-d", kind: "visit", savedAt: Date.parse(sample.NOW), step: "notes" },
          ]),
          open: () => heldDraft({}),
        },
      }),
    route: "today",
  },
  "today-empty": {
    door: () =>
      door({
        documents: signal(new Map([["me", sample.ME]])),
        records: signal([]),
        road: signal({ ...ROAD, unsent: 0 }),
        ready: () => ({
          ...READY,
          ok: false,
          missing: [
            { what: "case", key: "" },
            { what: "checklist", key: "" },
          ],
        }),
      }),
    route: "today",
  },
  "today-full": { door: () => door({ documents: signal(full()) }), route: "today" },
  ...Object.fromEntries(
    ["today", "cases", "case", "log-notes", "contact", "take-back", "pass-on"].map((route) => [
      `${route}-long`,
      {
        door: () =>
          door({
            documents: signal(longNamed()),
            draft: { "pass-on": letter(), case: {} }[route] ?? writing(),
          }),
        route,
        carried: { ...atCase, visit: "v-0207" },
      },
    ]),
  ),
  cases: { door: () => door(), route: "cases" },
  pick: { door: () => door(), route: "log" },
  case: { door: () => door(), route: "case", carried: atCase },
  "case-change": { door: () => door(), route: "case", carried: atCase, then: press("change") },
  "case-unfolded": { door: () => door(), route: "case", carried: atCase, then: press("as_table", "as_list") },
  "case-gone": { door: () => door(), route: "case", carried: { case: "elsewhere" } },
  contacts: { door: () => door(), route: "contacts", carried: { case: "c-d" } },
  roles: { door: () => door(), route: "roles", carried: atCase },
  "roles-none": { door: () => door(), route: "roles", carried: { case: "c-f" } },
  "pass-on": { door: () => door({ draft: letter() }), route: "pass-on", carried: atCase },
  "pass-on-blank": {
    door: () => door({ draft: letter({ to: "", ground: "", told: [], text: "" }) }),
    route: "pass-on",
    carried: atCase,
  },
  "taking-part": { door: () => door(), route: "taking-part", carried: atCase },
  "taking-part-writing": {
    door: () => door(),
    route: "taking-part",
    carried: { ...atCase, match: "m-1", side: "person", period: "week" },
  },
  "taking-part-host": {
    door: () => door(),
    route: "taking-part",
    carried: { ...atCase, match: "m-1", side: "host", period: "week" },
  },
  "case-bare": { door: () => door(), route: "case", carried: { case: "c-f" } },
  contact: { door: () => door(), route: "contact", carried: { case: "c-d", visit: "v-0207" } },
  outcome: { door: () => door({ draft: writing({}, blank) }), route: "log", carried: atCase },
  "outcome-picked": { door: () => door({ draft: writing() }), route: "log", carried: atCase },
  "outcome-absent": {
    door: () => door({ draft: writing({}, { ...blank, outcome: "not_met_left_note", reaction: 0 }) }),
    route: "log",
    carried: atCase,
  },
  "outcome-change": {
    door: () => door({ draft: writing() }),
    route: "log",
    carried: atCase,
    then: press("change"),
  },
  notes: { door: () => door({ draft: writing() }), route: "log-notes", carried: atCase },
  "notes-blank": {
    door: () =>
      door({ draft: writing({ followup: null, stageMove: "" }, { ...blank, outcome: "met_person" }) }),
    route: "log-notes",
    carried: atCase,
  },
  "notes-photo": {
    door: () =>
      door({
        draft: writing(
          {},
          {
            photos: [{ blob: "b", key: "k", size: 1, type: "image/jpeg", width: 512, height: 512, note: "" }],
            risk: { self_harm: "urgent" },
          },
        ),
      }),
    route: "log-notes",
    carried: atCase,
  },
  "notes-absent": {
    door: () => door({ draft: writing({}, { ...blank, outcome: "not_met_left_note", reaction: 0 }) }),
    route: "log-notes",
    carried: atCase,
  },
  "checklist-before": {
    door: () => door({ draft: running }),
    route: "log-checklist",
    carried: atCase,
    then: press("phase.before"),
  },
  "checklist-after": {
    door: () => door({ draft: running }),
    route: "log-checklist",
    carried: atCase,
    then: press("phase.after"),
  },
  "checklist-pick": { door: () => door({ draft: writing() }), route: "log-checklist", carried: atCase },
  checklist: { door: () => door({ draft: running }), route: "log-checklist", carried: atCase },
  check: { door: () => door({ draft: writing() }), route: "log-check", carried: atCase },
  "check-needed": {
    door: () =>
      door({
        draft: writing(
          { stageMove: "near" },
          { stageEvent: "", risk: { self_harm: "urgent" }, reaction: null },
        ),
      }),
    route: "log-check",
    carried: atCase,
  },
  "check-refused": {
    door: () => door({ draft: writing(), save: refuse("storage_full") }),
    route: "log-check",
    carried: atCase,
    then: press("check.save"),
  },
  "check-throw-away": {
    door: () => door({ draft: writing() }),
    route: "log-check",
    carried: atCase,
    then: press("draft.put_away"),
  },
  saved: { door: () => door(), route: "saved", carried: { case: "c-d", visit: "v-new" } },
  sync: { door: () => door(), route: "sync" },
  "sync-done": {
    door: () =>
      door({
        records: signal(
          sample.RECORDS.filter(({ state: at, held, unsentBlobs }) => at === "read" && !held && !unsentBlobs),
        ),
        road: signal({ ...ROAD, unsent: 0 }),
      }),
    route: "sync",
  },
  "sync-offline": {
    door: () => door({ road: signal({ ...ROAD, problem: { code: "no_signal" } }) }),
    route: "sync",
  },
  "saved-sent": {
    door: () => door({ records: signal([{ ...sample.RECORDS[0], state: "at_office", unsentBlobs: 0 }]) }),
    route: "saved",
    carried: { case: "c-d", visit: "v-new" },
  },
  "sync-aside": {
    door: () =>
      door({
        setAside: signal(ASIDE),
        records: signal([
          { ...sample.RECORDS[0], refused: "too_big", envelope: "e-1" },
          ...sample.RECORDS.slice(1),
        ]),
      }),
    route: "sync",
  },
  "set-aside": { door: aside, route: "set-aside", carried: { envelope: "e-1" } },
  "set-aside-brought": { door: aside, route: "set-aside", carried: { envelope: "e-3" } },
  discard: { door: aside, route: "discard", carried: { envelope: "e-1" } },
  "discard-changed": {
    door: aside,
    route: "discard",
    carried: { envelope: "e-1" },
    then: press("aside.discard.sure", "aside.discard.do"),
  },
  "discard-gone": { door: () => door(), route: "discard", carried: { envelope: "e-1" } },
  rescue: { door: () => door(), route: "rescue" },
  "rescue-nothing": {
    door: () => door({ rescue: { holds: async () => ({ envelopes: 0, photos: 0 }) } }),
    route: "rescue",
  },
  "rescue-brought": { door: () => door(), route: "rescue", then: bring },
  "rescue-foreign": {
    door: () =>
      door({
        rescue: { holds: async () => ({ envelopes: 3, photos: 0 }), bringIn: refuse("unknown_office") },
      }),
    route: "rescue",
    then: bring,
  },
  "notice-home": { door: noticing, route: "today" },
  "notice-none": { door: () => noticing([]), route: "today" },
  "notice-write": { door: noticing, route: "notice-write" },
  "notice-written": {
    door: () =>
      noticing(NOTICES, {
        who: "青い屋根の家の方",
        place: "木川町",
        noticed: "雨戸がずっと閉まったままです。新聞が5日分たまっています。",
        named: "no",
      }),
    route: "notice-write",
  },
  notice: { door: noticing, route: "notice", carried: { notice: "n-1" } },
  "notice-thanks": { door: noticing, route: "notice", carried: { notice: "n-3" } },
  "notice-gone": { door: noticing, route: "notice", carried: { notice: "n-9" } },
  "contact-photos": {
    door: () => door({ keptPhotos: KEPT }),
    route: "contact",
    carried: { case: "c-d", visit: "v-0207" },
  },
  "hand-day": { door: () => door(), route: "hand-day" },
  "hand-day-own": { door: () => door(), route: "hand-day", then: press("cover_day.own") },
  "hand-day-theirs": { door: () => door(), route: "hand-day", then: press("cover_day.theirs") },
  "today-covered": {
    door: () =>
      door({
        documents: signal(
          new Map([
            ...documents(),
            [
              "me",
              {
                ...sample.ME,
                covers: [
                  { cover: "x", staff: "s-2", to: "s-1", on: "2024-02-21", state: "granted" },
                  { cover: "y", staff: "s-1", to: null, on: "2024-02-21", state: "asked" },
                ],
              },
            ],
          ]),
        ),
      }),
    route: "today",
  },
  plan: { door: () => door({ dayPlan: signal(PLAN) }), route: "plan" },
  "plan-none": { door: () => door({ documents: signal(new Map([["me", sample.ME]])) }), route: "plan" },
  "today-ordered": { door: () => door({ dayPlan: signal(PLAN) }), route: "today" },
  calendar: { door: () => door({ documents: signal(quieted()) }), route: "calendar" },
  "calendar-change": { door: () => door(), route: "calendar", then: press("calendar.change") },
  "calendar-empty": {
    door: () => door({ documents: signal(new Map([["me", sample.ME]])) }),
    route: "calendar",
  },
  "notifications-quiet": { door: () => door({ documents: signal(quieted()) }), route: "notifications" },
  "review-more": {
    door: () => door(),
    route: "review",
    carried: { visit: "v-0207" },
    then: press("review.correct_too"),
  },
  review: { door: () => door(), route: "review", carried: { visit: "v-0207" } },
  correct: {
    door: () =>
      door({
        documents: signal(
          new Map([...documents(), ["record/v-0207", { ...sample.RECORD_DOC, review: null }]]),
        ),
      }),
    route: "review",
    carried: { visit: "v-0207" },
  },
  urgent: { door: () => door(), route: "urgent" },
  "urgent-ask": {
    door: () => door(),
    route: "urgent",
    crisis: { step: 1, asked: { thoughts: "yes", plan: "yes", means: "yes" } },
  },
  "urgent-hand-over": {
    door: () => door(),
    route: "urgent",
    carried: { case: "c-d" },
    crisis: { step: 2, call: { to: "田中SV", at: "2024-02-21T01:20:00Z", result: "現地へ向かう" } },
  },
  "urgent-notice": {
    door: noticing,
    route: "urgent",
    crisis: { step: 2, call: { to: "田中SV", at: "2024-02-21T01:20:00Z", result: "現地へ向かう" } },
  },
  "urgent-safe": { door: () => door(), route: "urgent", crisis: { step: 3 } },
  "urgent-connect": { door: () => door(), route: "urgent", crisis: { step: 4 } },
  "urgent-after": { door: () => door(), route: "urgent", crisis: { step: 5 } },
  cover: {
    door: () => door(),
    route: "case",
    carried: atCase,
    then: async () => {
      cover()
      await wait()
    },
  },
  "hand-over": { door: () => door(), route: "hand-over", carried: { case: "c-d" } },
  "pass-on": {
    door: () =>
      door({
        documents: signal(
          new Map([...documents(), ["case/c-d", { ...documents().get("case/c-d"), handovers: HANDED_ON }]]),
        ),
      }),
    route: "pass-on",
    carried: { case: "c-d" },
  },
  "handed-explain": {
    door: state("locked"),
    then: async () => {
      handed.value = inHand({ page: "explain" })
      await wait()
    },
  },
  "handed-consent": {
    door: state("locked"),
    then: async () => {
      handed.value = inHand({ page: "consent" })
      await wait()
    },
  },
  "handed-thanks": {
    door: state("locked"),
    then: async () => {
      handed.value = inHand({ page: "consent", answer: "no" })
      await wait()
    },
  },
  consent: {
    door: () => door(),
    route: "consent",
    carried: { case: "c-d", about: "ハローワークの人に、仕事をさがしていること", answer: "no" },
  },
  "consent-aloud": { door: () => door(), route: "consent", carried: { case: "c-d" } },
  "cases-found": { door: () => door(), route: "cases", then: search("将棋") },
  "cases-not-found": { door: () => door(), route: "cases", then: search("図書館") },
  "contact-new": {
    door: () => door({ records: signal([{ ...sample.RECORDS.at(-1), written: sample.NOW }]) }),
    route: "contact",
    carried: { case: "c-d", visit: "v-0207" },
  },
  "take-back": { door: () => door(), route: "take-back", carried: { case: "c-d", visit: "v-0207" } },
  misfiled: { door: () => door(), route: "misfiled", carried: { case: "c-d", visit: "v-0207" } },
  begin: { door: () => door(), route: "begin" },
  "urgent-told": {
    door: () => door(),
    route: "urgent",
    crisis: { step: 4, told: { child: { to: "市の児童相談室", at: "2024-02-21T01:30:00Z" } } },
  },
  "today-urgent": {
    door: () => door(),
    route: "today",
    crisis: { call: { to: "田中SV", at: "2024-02-21T01:20:00Z", result: "" } },
  },
  ready: { door: () => door(), route: "ready" },
  "ready-not": {
    door: () =>
      door({
        ready: () => ({
          ...READY,
          ok: false,
          missing: [
            { what: "case", key: "" },
            { what: "release", key: "" },
          ],
        }),
        inventory: async () => ({
          ...INVENTORY,
          app: { n: 90, of: 118, bytes: 300_000, ofBytes: 412_000 },
          notifications: { permission: "denied", subscribed: false },
          storage: { used: 1, free: 12_000_000, persisted: false },
        }),
        road: signal({ ...ROAD, problem: { code: "no_signal" } }),
      }),
    route: "ready",
  },
  "today-changed": {
    door: () =>
      door({
        changes: signal([
          { kind: "safety", id: "c-d" },
          { kind: "case", id: "c-e" },
          { kind: "case_gone", id: "x" },
          { kind: "returned", id: "r" },
        ]),
      }),
    route: "today",
  },
  lost: { door: state("new"), then: press("lost.link") },
  own: { door: () => door(), route: "own" },
  "change-unlock": { door: () => door(), route: "change-unlock" },
  "change-unlock-words": { door: () => door(), route: "change-unlock", then: press("unlock.change.words") },
  "change-unlock-present": {
    door: () => door(),
    route: "change-unlock",
    then: press("unlock.change.passkey"),
  },
  departing: { door: () => door(), route: "departing", carried: { case: "c-d" } },
  "departing-named": { door: () => door(), route: "departing", carried: {}, then: press("change") },
  ...Object.fromEntries(
    /** @type {const} */ ([
      ["watched", 30],
      ["waiting", 30],
      ["ending", 30],
      ["late", -5],
    ]).map(([name, minutes]) => [
      `today-out-${name}`,
      {
        door: () =>
          door({
            outing: signal({
              tag: "t",
              case: "c-d",
              until: Date.parse(sample.NOW) + minutes * 60_000,
              state: name === "late" ? "watched" : name,
              incarnation: "",
            }),
          }),
        route: "today",
      },
    ]),
  ),
  "today-alarm": {
    door: () => door({ alarms: signal([{ device: "d-2", tag: "t", at: "2024-02-21T01:20:00Z" }]) }),
    route: "today",
  },
  settings: { door: () => door(), route: "settings" },
  sharing: { door: () => door({ sharing: signal(SHARERS) }), route: "sharing" },
  "change-unlock-day": { door: () => door({ ...WORDS_ONLY }), route: "change-unlock" },
  "today-storage-gone": {
    door: () =>
      door({
        road: signal({ ...ROAD, problem: { code: "storage_gone" }, clockBehind: "2024-02-24T00:00:00Z" }),
      }),
    route: "today",
  },
  notifications: { door: () => door(), route: "notifications" },
  erase: { door: () => door(), route: "erase" },
  "notifications-on": {
    door: () =>
      door({
        notifications: {
          state: () => ({
            permission: "granted",
            subscribed: true,
            lastTest: 1708000000000,
            lastPush: 1708400000000,
          }),
          ask: async () => {},
          test: async () => {},
        },
      }),
    route: "notifications",
  },
  "notifications-denied": {
    door: () =>
      door({
        notifications: {
          state: () => ({ permission: "denied", subscribed: false }),
          ask: async () => {},
          test: async () => {},
        },
      }),
    route: "notifications",
  },
  "erase-refused": { door: () => door(), route: "erase", then: press("erase.sure_unsent", "erase.do") },
  broken: {
    door: () =>
      door({
        records: {
          get value() {
            throw new Error("on purpose")
          },
        },
      }),
    route: "sync",
  },
  cleared: { door: () => door({ state: signal("new"), cleared: signal(true) }) },
  wiped: { door: state("wiped") },
  "wiped-shared": { door: () => door({ state: signal("wiped"), sharing: signal(SHARERS.slice(1)) }) },
  unsupported: { door: state("unsupported") },
}
