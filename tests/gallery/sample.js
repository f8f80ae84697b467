// Plain documents shaped like sync/EVENTS.md, about invented people. The days are those of the look's pictures.

export const NOW = "2024-02-21T10:34:00+09:00"

const notes = (fact = "", quote = "", thirdParty = "", view = "") => ({ fact, quote, thirdParty, view })
const visit = (over) => ({
  channel: "visit", planned: "as_planned", outcome: "met_person", metWith: ["m-d"], alone: true, staff: ["s-1"], topics: [], interests: [],
  reaction: null, stage: null, stageEvent: "", notes: notes(), living: {}, risk: {}, riskCall: null, left: { what: "", taken: "" }, hook: "",
  reflection: "", promises: [], checklist: null, photos: [], by: "田村", review: "approved", ...over,
})

export const CONTACTS = [
  visit({ id: "v-0207", occurredAt: "2024-02-07T01:10:00Z", endedAt: "2024-02-07T01:50:00Z", place: "living_room", reaction: 3, stage: 5, stageEvent: "自分から将棋の話。一局", hook: "この前の将棋の続き、教えてもらえますか", review: "returned",
    notes: notes("居間で約40分。将棋の話を自分からした。表情がやわらかい。", "D「次は詰将棋の本がほしい」", "", "急がない。"), risk: { self_harm: "none", harm_to_others: "none", abuse: "none", self_neglect: "concern", sudden_illness: "none", fire_housing: "none", exploitation: "none", danger_to_worker: "none" },
    living: { meals: "good", sleep: "attention" }, next: { with: "person", mayCome: "agreed" } }),
  visit({ id: "v-0117", occurredAt: "2024-01-17T01:00:00Z", place: "entrance", reaction: 2, stage: 4, stageEvent: "好きな棋士の話が続いた", notes: notes("玄関で15分。") }),
  visit({ id: "v-1220", occurredAt: "2023-12-20T02:00:00Z", channel: "letter", outcome: "note_taken", reaction: 1, stage: 3, stageEvent: "受け取ってもらえた" }),
  visit({ id: "v-1206", occurredAt: "2023-12-06T01:00:00Z", outcome: "refused_at_door", reaction: -1, stage: 3 }),
]

export const LINE = [
  ["2023-06-06", "agency_call", "reached", 0, 0], ["2023-06-14", "visit", "met_family_only", 1, 0], ["2023-06-28", "visit", "cancelled_by_household", 1, 0],
  ["2023-07-12", "visit", "cancelled_by_household", 1, 0], ["2023-07-26", "visit", "met_family_only", 2, 0], ["2023-08-23", "left_note", "not_met_left_note", 2, 0],
  ["2023-09-13", "visit", "voice_through_door", 3, 1], ["2023-10-04", "letter", "note_taken", 3, 1], ["2023-10-25", "visit", "met_person", 3, 2],
  ["2023-11-15", "visit", "met_person", 4, 2], ["2023-12-06", "visit", "refused_at_door", 3, -1], ["2023-12-20", "letter", "note_taken", 3, 1],
  ["2024-01-17", "visit", "met_person", 4, 2], ["2024-02-07", "visit", "met_person", 5, 3],
].map(([day, channel, outcome, stage, reaction]) => ({ at: `${day}T01:00:00Z`, channel, outcome, stage, reaction, stageEvent: "" }))

export const FOLLOWUPS = [
  { followup: "f-1", case: "c-d", at: "2024-02-21T01:00:00Z", kind: "visit", with: "person", note: "先に電話を一本", state: "open", remind: true },
  { followup: "f-2", case: "c-e", at: "2024-02-21T04:30:00Z", kind: "phone", with: "family", note: "", state: "open", remind: true },
  { followup: "f-3", case: "c-f", at: "2024-02-21T06:00:00Z", kind: "visit", with: "us", note: "", state: "open", remind: true },
  { followup: "f-4", case: "c-c", at: "2024-02-19T05:00:00Z", kind: "accompaniment", with: "person", note: "住まいの相談", state: "open", remind: true },
  { followup: "f-5", case: "c-e", at: "2024-02-26T05:00:00Z", kind: "visit", with: "family", note: "", state: "open", remind: true },
]

const small = (id, title, count, stage, safety = []) => ({
  id, no: id, title, household: { members: Array.from({ length: count }, (_, i) => ({ id: `${id}-${i}`, label: "ABCDE"[i], inHousehold: true, index: i === 0 })) },
  safety, safetyCheckedOn: "2024-02-01", contacts: [], line: [{ at: "2023-12-01T01:00:00Z", stage, reaction: 1, outcome: "met_family_only", channel: "visit" }],
  hook: null, promises: [], next: FOLLOWUPS.find((one) => one.case === id) ?? null, worked: [], avoid: [],
})

export const CASE_D = {
  id: "c-d", no: "R5-014", title: "Dさん", kana: "でぃー", sample: true,
  person: { id: "m-d", label: "D", ageBand: "30s", index: true, inHousehold: true },
  household: {
    summary: "本人と高齢の両親等の4人世帯。", unions: [],
    members: [
      { id: "m-a", label: "A", role: "parent", roleCertainty: "inferred", sex: "unknown", ageBand: "elderly", inHousehold: true },
      { id: "m-b", label: "B", role: "parent", roleCertainty: "stated", sex: "unknown", ageBand: "elderly", labels: ["体調不良が続く"], inHousehold: true },
      { id: "m-c", label: "C", role: "unknown", sex: "unknown", inHousehold: true },
      { id: "m-d", label: "D", role: "child", sex: "unknown", ageBand: "30s", index: true, labels: ["ひきこもり状態（長年）"], inHousehold: true },
    ],
    parentage: [{ child: "m-d", parents: ["m-b"], certainty: "stated" }, { child: "m-d", parents: ["m-a"], certainty: "inferred" }, { child: "m-c", parents: ["m-a", "m-b"], certainty: "inferred" }],
  },
  plan: {
    monitorOn: "2024-06-26",
    roles: [
      { lead: true, organisation: "宅老所心（アウトリーチ）", person: "小林 悠", role: "3週ごとに訪問。意向や想いを聞く", contact: "", own: true },
      { lead: false, organisation: "地域包括支援センター", person: "坂井 文", role: "A、Bさんの訪問。Bさんの受診と体調", contact: "坂井 文 077-000-0131", own: false },
      { lead: false, organisation: "参加支援", person: "", role: "静かに過ごせる場を三つ挙げる", contact: "窓口", own: false },
    ],
    balls: [
      { organisation: "地域包括支援センター", person: "坂井 文", what: "Bさんの受診の様子を聞いて、平井さんに知らせる", until: "2024-02-19", heardOn: "2024-02-20", own: false },
      { organisation: "宅老所心（アウトリーチ）", person: "小林 悠", what: "伝えてよい範囲を聞く", until: "2024-04-10", heardOn: null, own: true },
    ],
  },
  handovers: {
    may: [{ to: "健康増進課", told: ["address", "health"] }, { to: "住宅課", told: [] }, { to: "困窮の窓口", told: [] }],
    sent: [
      { handover: "h-2", at: "2024-02-20T05:00:00Z", by: "小林 悠", to: "地域包括支援センター", person: "", ground: "consent", told: ["health"], text: "Aさんの足", answerBy: "2024-03-05", withdrawn: false, stopped: false, answer: null },
      { handover: "h-1", at: "2024-02-10T05:00:00Z", by: "小林 悠", to: "住宅課", person: "", ground: "unnamed", told: [], text: "段差の手すり", answerBy: "2024-02-24", withdrawn: false, stopped: false,
        answer: { answer: "taken", why: "電話で説明しました。来月、見に行きます。", by: "石田 剛", on: "2024-02-19" } },
    ],
  },
  consent: "not_yet", triage: { class: "B", conferenceKind: "support", conferenceStatus: "planned" },
  safety: [
    { flag: "s-1", kind: "dog", text: "玄関に犬（つないである）", source: "地域包括", setOn: "2023-12-01", reviewOn: "2024-06-01" },
    { flag: "s-2", kind: "place", text: "話は居間まで。出口側に座る", source: "初回訪問", setOn: "2023-11-15", reviewOn: "2024-05-15" },
  ],
  safetyCheckedOn: "2024-02-07", contacts: CONTACTS, line: LINE, hook: { text: "「この前の将棋の続き、教えてもらえますか」", at: "2024-02-07T01:10:00Z" },
  promises: [
    { id: "p-1", text: "将棋の本を持っていく", due: null, to: "Dさん", madeOn: "2024-02-07", kept: true },
    { id: "p-2", text: "通院の送迎を調べて伝える", due: "2024-02-21", to: "Bさん", madeOn: "2024-01-17", kept: false },
  ],
  next: FOLLOWUPS[0], preferences: "午前中。先に電話を一本。インターホンは鳴らさない", worked: ["将棋の話", "短く切り上げる"], avoid: ["仕事や学校の話", "大きな声"],
  issues: [{ no: 1, text: "家族からの相談にはつながらなかった" }, { no: 2, text: "約束しても予定どおり訪問できない状態が続いた" }], readyAt: "2024-02-21T00:00:00Z",
}

const SAFE_F = [{ flag: "s-9", kind: "two", text: "2人で訪問（中村さんと）", source: "スーパーバイザー", setOn: "2023-06-01", reviewOn: "2023-12-01" }]
export const CASES = [CASE_D, small("c-e", "Eさん", 2, 2), small("c-f", "Fさん", 1, 3, SAFE_F), small("c-c", "Cさん", 3, 2)]

export const NUMBERS = [
  ["supervisor", "田中SV", "077-000-0001"], ["office_night", "課の夜間連絡", "077-000-0002"], ["health_centre", "保健所", "077-000-0003"], ["psychiatric", "精神科救急", ""],
  ["helpline", "#いのちSOS", "0120-061-338"], ["helpline", "よりそいホットライン", "0120-279-338"], ["helpline", "こころの健康相談統一ダイヤル", "0570-064-556"],
].map(([kind, ja, tel], i) => ({ id: `n-${i}`, kind, label: { ja, en: "" }, tel }))

const item = (id, phase, must, parts, ja, en, choices) => ({ id, phase, must, parts, text: { ja, en }, ...(choices ? { choices } : {}) })
export const CHECKLIST = {
  id: "continuing_visit", version: 1, title: { ja: "継続訪問チェック", en: "Continuing visit" }, intro: { ja: "本人に読み上げる質問票ではありません。思い出しながら、2分で。", en: "Not to be read aloud. From memory, in two minutes." },
  items: [
    item("B1", "before", true, ["b", "t"], "前回の約束・宿題を確認", "Last promises and my homework"), item("B4", "before", true, ["b"], "安全カードの更新／単独・複数", "Safety card; alone or pair"),
    item("B5", "during", true, ["c"], "会えた人・場所・時間", "Met whom, where, how long", [{ id: "person", ja: "本人", en: "Person" }, { id: "family", ja: "家族のみ", en: "Family only" }]),
    item("B6", "during", false, ["b"], "本人と二人で話せる時間があった", "Had time alone with the person"), item("B8", "during", false, ["t"], "話題・興味（新しく出たもの）", "Topics newly appeared"),
    item("B9", "during", true, ["t"], "今の希望・困りごと", "Present wish or trouble in own words"), item("B10", "during", false, ["c"], "困りごとへの対応", "Did something about a trouble", [{ id: "tool", ja: "道具（将棋の本を渡した）", en: "Tools" }, { id: "no", ja: "まだ", en: "Not yet" }]),
    item("B11", "during", false, ["c"], "生活・健康の変化", "Change in life and health", [{ id: "good", ja: "良", en: "Better" }, { id: "same", ja: "同じ", en: "Same" }, { id: "bad", ja: "悪", en: "Worse" }]),
    item("B12", "during", true, ["c"], "命・安全のサインはありましたか", "Danger signs", [{ id: "none", ja: "なし", en: "None" }, { id: "concern", ja: "気になる", en: "Concern" }, { id: "urgent", ja: "至急", en: "Urgent", urgent: true }]),
    item("B13", "during", false, ["c"], "同意の範囲の確認", "Consent scope re-checked", [{ id: "same", ja: "同じ", en: "Same" }, { id: "changed", ja: "変わった", en: "Changed" }]), item("B15", "during", true, ["c", "d"], "次回を本人と決めた", "Next visit set with the person", [{ id: "yes", ja: "決めた", en: "Set" }, { id: "no", ja: "まだ", en: "Not yet" }]),
    item("B16", "after", true, ["b"], "退出連絡・記録4区分", "Left-report; four note boxes"), item("B17", "after", false, ["n", "t"], "関係段階とその根拠の出来事", "Stage and the event that shows it"),
  ],
}
export const ANSWERS = { B1: { b: "yes" }, B4: { b: "yes" }, B5: { c: "person" }, B6: { b: "yes" }, B8: { t: "詰将棋" }, B9: { t: "見るだけなら行けるかも" }, B10: { c: "tool" }, B11: { c: "good" } }

export const RETURNED = { review: "r-1", status: "returned", by: "田中SV", at: "2024-02-08T00:05:00Z", field: "notes.fact", question: "将棋の話を引き出せたこと、大きいですね。今の距離を「話せる・一緒にやる」にした根拠として、一緒にしたことを一文足してもらえますか。" }
export const RECORD_DOC = {
  visit: "v-0207", case: "c-d", state: "at_office", readBy: [{ name: "田中SV", at: "2024-02-08T00:05:00Z" }], review: RETURNED, photos: [],
  versions: [{ id: "e-1", at: "2024-02-07T02:00:00Z", by: "田村" }, { id: "e-2", at: "2024-02-07T09:00:00Z", by: "田村", changed: ["hook"], was: { hook: "" }, comment: "書き忘れていた" }],
}
const row = (visitId, caseId, at, channel, state, over = {}) => ({ visit: visitId, case: caseId, at, channel, state, readBy: [], held: null, review: null, unsentBlobs: 0, refused: null, envelope: null, ...over })
export const RECORDS = [
  row("v-new", "c-d", "2024-02-21T01:34:00Z", "visit", "on_phone", { unsentBlobs: 1 }), row("v-e", "c-e", "2024-02-20T08:40:00Z", "left_note", "on_phone"),
  row("v-g", "c-f", "2024-02-20T06:10:00Z", "phone", "at_office", { held: { reason: "unknown_event" } }), row("v-r", "c-c", "2024-02-20T03:00:00Z", "phone", "on_phone", { refused: "too_big", envelope: "x" }),
  row("v-c", "c-c", "2024-02-20T02:05:00Z", "phone", "sent"), row("v-f", "c-f", "2024-02-16T07:20:00Z", "visit", "at_office"),
  row("v-0207", "c-d", "2024-02-07T01:50:00Z", "visit", "read", { readBy: [{ name: "田中SV", at: "2024-02-08T00:05:00Z" }], review: RETURNED }),
]
export const ME = { office: { id: "o", name: "人とくらしのサポートセンター", lead: "" }, worker: { id: "s-1", name: "田村", role: "worker" }, staff: [{ id: "s-1", name: "田村", phone: true, woken: true }, { id: "s-2", name: "中村", phone: true, woken: true }, { id: "s-3", name: "中川", phone: true, woken: true }], onCall: ["s-3"], watchers: ["s-2"], watching: [{ device: "d-2", staff: "s-2" }], leaseDays: 14, sample: true }
