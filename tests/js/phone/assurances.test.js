// Every sentence with which the phone assures somebody of something, in one table, with what makes it true.
// A sentence that
// assures and stands in no row fails here; so does a row without its sentence, in either language.

import assert from "node:assert/strict"
import { existsSync, readFileSync } from "node:fs"
import { test } from "node:test"
import { answersToSend } from "../../../static/js/visit/checklist.js"
import {
  coverSays,
  draftIsKept,
  heldNext,
  isWoken,
  outStands,
  ringSays,
  whoIsTold,
} from "../../../static/js/visit/assured.js"

const root = new URL("../../../", import.meta.url)
const words = (/** @type {string} */ language) =>
  Object.assign(
    {},
    ...["common", "phone", "field"].map((name) =>
      JSON.parse(readFileSync(new URL(`static/texts/${language}/${name}.json`, root), "utf8")),
    ),
  )
const ja = words("ja"),
  en = words("en")

/** How assurance is worded: it arrives, is safe, stays, goes by itself, somebody is told, nobody can read it. */
const ASSURES =
  /届きます|届いています|届きました|届けます|無事|残って(い|お)|残ります|残しています|消しません|消えません|消えず|お知らせします|知らせを(出|行)|自動で|読めません|読めます|だれにも|そのままです|そのまま残|へ送ります|送り直します|で送ります|見えず|準備ができて|見守り中|すべて送り|出ません|1度だけ/
const ASSURES_EN =
  /\b(safe|is kept|are kept|keeps? (its|the|records)|stays?|remains?|reach(es)?|arrives?|by (itself|themselves)|nothing is lost|never|word (goes|was)|is sent|are sent)\b/i

// People in an office of five: s-1 holds this phone.
const staff = [
  ["s-1", true, true],
  ["s-2", true, true],
  ["s-3", true, false],
  ["s-4", false, false],
  ["s-5", true, true],
].map(([id, phone, shows]) => ({ id, name: String(id), phone, woken: shows }))
const me = (/** @type {string[] | undefined} */ watchers, /** @type {string[]} */ onCall) =>
  /** @type {any} */ ({ worker: { id: "s-1" }, staff, watchers, onCall })
const told = (/** @type {string[]} */ watchers, /** @type {string[]} */ onCall) =>
  whoIsTold(me(watchers, onCall)).key
const now = new Date("2026-11-30T05:00:00Z"),
  later = new Date("2026-11-30T06:00:00Z")
const out = (/** @type {string} */ state, at = later, /** @type {any} */ whose = me(["s-2"], [])) =>
  outStands({ state, until: at.getTime() }, whose, now)
const woken = { permission: "granted", subscribed: true },
  open = { state: "open", remind: true }
const rings = (/** @type {any} */ followup, /** @type {any} */ standing, rung = later, moved = false) =>
  ringSays(followup, rung, moved, standing, now)
const cover = (/** @type {any} */ one, whose = me([], [])) =>
  coverSays({ cover: "c", staff: "s-2", on: "2026-11-30", ...one }, whose)
/** Whether an answer stays in the draft when the one it hangs on is this. @param {object} hurt */
const notAsked = (hurt) => answersToSend(checklist, { hurt, where: { t: "左の手" } }).kept > 0
const checklist = /** @type {any} */ ({
  items: [
    { id: "hurt", parts: ["b"] },
    { id: "where", parts: ["t"], when: "${hurt} = 'yes'" },
  ],
})

/** Sentence -> [what it is, whether it is said] in states in which it is true, and in states in which it is not.
 * @type {Record<string, { said: [any, string][], not: any[] }>} */
const WHEN = {
  "out.tells": {
    said: [
      [told(["s-2"], []), "out.tells"],
      [told(["s-2"], ["s-4"]), "out.tells"],
    ],
    not: [told(["s-3"], []), told([], ["s-2"])],
  },
  "out.tells_both": {
    said: [[told(["s-2"], ["s-5"]), "out.tells_both"]],
    not: [told(["s-2"], ["s-2"]), told(["s-2"], ["s-3"]), told(["s-2"], ["s-1"])],
  },
  "out.tells_on_call": {
    said: [[told([], ["s-5"]), "out.tells_on_call"]],
    not: [told([], ["s-3"]), told(["s-4"], ["s-5"])],
  },
  "out.tells_later": {
    said: [[told(["s-3", "s-4"], ["s-5"]), "out.tells_later"]],
    not: [told(["s-2"], ["s-5"]), told(["s-4"], ["s-4"])],
  },
  "out.tells_nobody": {
    said: [
      [told(["s-3"], ["s-4", "s-1"]), "out.tells_nobody"],
      [whoIsTold(undefined).key, "out.tells_nobody"],
    ],
    not: [told(["s-2"], [])],
  },
  "out.watched.title": {
    said: [[out("watched"), "watched"]],
    not: [out("waiting"), out("ending"), out("watched", later, me(["s-3"], [])), out("watched", new Date(0))],
  },
  "out.unwatched": { said: [[out("waiting"), "unwatched"]], not: [out("watched")] },
  "out.unheard": {
    said: [[out("watched", later, me(["s-4"], ["s-3"])), "unheard"]],
    not: [out("watched"), out("waiting", later, me([], []))],
  },
  "out.late": {
    said: [[out("watched", new Date(0)), "late"]],
    not: [out("watched"), out("watched", new Date(0), me(["s-4"], []))],
  },
  "out.late_unheard": {
    said: [[out("watched", new Date(0), me(["s-4"], ["s-3"])), "late_unheard"]],
    not: [
      out("watched", new Date(0)),
      out("watched", later, me(["s-4"], ["s-3"])),
      out("ending", new Date(0), me([], [])),
    ],
  },
  "out.ending": { said: [[out("ending"), "ending"]], not: [out("watched")] },
  "cover_day.granted.what": {
    said: [[cover({ state: "granted", to: "s-3" }), "cover_day.granted.what"]],
    not: [
      cover({ state: "granted", to: "s-4" }),
      cover({ state: "granted", to: "s-1" }),
      cover({ state: "asked", to: "s-3", pending: true }),
    ],
  },
  "cover_day.granted.here": {
    said: [[cover({ state: "granted", to: "s-1" }), "cover_day.granted.here"]],
    not: [cover({ state: "granted", to: "s-3" })],
  },
  "cover_day.granted.no_phone": {
    said: [
      [cover({ state: "granted", to: "s-4" }), "cover_day.granted.no_phone"],
      [cover({ state: "granted", to: "gone" }), "cover_day.granted.no_phone"],
    ],
    not: [cover({ state: "granted", to: "s-3" })],
  },
  "cover_day.refused.what": {
    said: [[cover({ state: "refused", to: null }), "cover_day.refused.what"]],
    not: [cover({ state: "asked", to: null })],
  },
  "calendar.rings": {
    said: [[rings(open, woken), "calendar.rings"]],
    not: [
      rings(open, { permission: "default", subscribed: false }),
      rings(open, { permission: "granted", subscribed: false }),
      rings({ ...open, pending: true }, woken),
      rings({ ...open, remind: false }, woken),
      rings({ state: "done", remind: true }, woken),
      rings(open, woken, new Date(0)),
      rings(open, null),
      rings(open, woken, later, true),
    ],
  },
  "calendar.rings_at": {
    said: [[rings(open, woken, later, true), "calendar.rings_at"]],
    not: [rings(open, { permission: "denied", subscribed: true }, later, true)],
  },
  "calendar.rings_not": {
    said: [[rings(open, { permission: "denied", subscribed: true }), "calendar.rings_not"]],
    not: [rings(open, woken)],
  },
  "calendar.rings_pending": {
    said: [[rings({ ...open, pending: true }, woken), "calendar.rings_pending"]],
    not: [rings(open, woken)],
  },
  "notifications.work": {
    said: [[isWoken(woken), true]],
    not: [
      isWoken({ permission: "granted", subscribed: false }),
      isWoken({ permission: "default", subscribed: true }),
      isWoken(null),
    ],
  },
  "notifications.work.what": {
    said: [[isWoken(woken), true]],
    not: [isWoken({ permission: "denied", subscribed: true })],
  },
  "check.draft_kept": {
    said: [[draftIsKept({ savedAt: 1, problem: null }), true]],
    not: [
      draftIsKept({ savedAt: null, problem: null }),
      draftIsKept({ savedAt: 1, problem: { code: "storage_full" } }),
    ],
  },
  "check.not_asked": { said: [[notAsked({ b: "no" }), true]], not: [notAsked({ b: "yes" })] },
  "held.next": {
    said: [
      [heldNext("unknown_event"), "held.next"],
      [heldNext("unknown_body"), "held.next"],
    ],
    not: ["conflict", "fork", "malformed", "unreadable", "old_run", "later", undefined].map(heldNext),
  },
}

/** Said by what the phone counts or is told, each where it is tested with true parts, true and false. */
const SHOWN_BY = {
  "tests/browser/core/test_road.py": [
    "saved.at_office",
    "saved.at_office.why",
    "saved.on_phone.why",
    "saved.sent",
    "saved.sent.why",
    "sync.nothing_left",
    "sync.tried",
    "sync.auto",
    "sync.kept",
    "notice.at_office",
    "notice.on_phone",
    "notice.sent",
    "cover_day.pending",
    "trouble.put_back",
    "trouble.unavailable",
  ],
  "tests/browser/core/test_full.py": [
    "trouble.full",
    "trouble.not_ready",
    "trouble.too_many",
    "trouble.no_signal",
  ],
  "tests/browser/core/test_on_the_way.py": ["trouble.refused_on_way"],
  "tests/browser/core/test_misfortune.py": [
    "silent.since",
    "clock.behind",
    "trouble.lease_ended",
    "update.kept",
  ],
  "tests/browser/core/test_set_aside.py": [
    "refused.next",
    "refused.bad_signature",
    "refused.malformed",
    "refused.other",
    "refused.too_big",
    "refused.unknown_version",
    "aside.trouble.not_found",
    "aside.discard.lost",
    "aside.discard.copy_first",
    "aside.brought.what",
    "refused.unknown_device",
  ],
  "tests/browser/journeys/test_rescue.py": [
    "rescue.out.note",
    "rescue.out.nothing",
    "rescue.out.then",
    "rescue.in.what",
    "rescue.in.then",
    "rescue.what",
    "aside.ways.what",
  ],
  "tests/browser/core/test_leaving.py": [
    "lost.unsent",
    "lost.locked",
    "trouble.revoked",
    "wiped.do",
    "erase.what",
    "erase.unsent.what",
    "cleared.why",
    "trouble.unsent",
  ],
  "tests/browser/journeys/test_sharing.py": ["share.what", "way_in.another.what"],
  "tests/browser/journeys/test_forgotten_words.py": [
    "let_in.note",
    "way_in.let_in.what",
    "unlock.change.note",
  ],
  "tests/browser/journeys/test_urgent.py": ["urgent.sealed", "urgent.under_way.why", "urgent.offline"],
  "tests/browser/journeys/test_field.py": [
    "photos.help",
    "photos.kept",
    "photos.let_go.sure",
    "case.offline",
    "ready.what",
    "ready.yes",
    "broken.why",
    "photos.away",
    "photos.gone",
    "photos.waits",
  ],
  "tests/browser/journeys/test_undo.py": ["undo.take_back.what", "begin.what", "undo.misfiled.what"],
  "tests/browser/journeys/test_review.py": ["review.stays"],
  "tests/browser/journeys/test_reminders.py": [
    "notifications.denied.what",
    "notifications.when",
    "next.remind.when",
    "notifications.says.what",
    "notifications.why",
    "quiet.what",
  ],
  "tests/browser/journeys/test_alone.py": ["out.what_happens", "out.unwatched.title"],
  "tests/faults/test_poison.py": [
    "held.conflict",
    "held.fork",
    "held.malformed",
    "held.other",
    "held.unknown_event",
    "held.unreadable",
    "trouble.unknown_device",
    "trouble.unknown_version",
  ],
}

/** True wherever it is said, and why. */
const ALWAYS = {
  "pass.ground.consent.why":
    "what is sent is what was ticked (sync/events: told), and the desk's gate holds it to the ledger",
  "pass.ground.law.why": "law and reason are members of the event",
  "pass.lacks.text": "asks",
  "pass.text": "a label",
  "pass.text.help": "the text of the event is the text of the box",
  "case.gone.why": "what was written lies in the outbox and goes at the next round",
  "cover_day.rights": "the desk writes documents for a phone only of assigned cases (access.py)",
  "enrol.trouble.no_signal": "the code stays in its field: nothing clears it",
  "disclosed.as_is": "a rule of disclosure, not of this phone",
  "notes.why": "a rule of disclosure",
  "field.room.kept": "said only where the browser granted persistence (navigator.storage.persisted)",
  "field.too_long": "the box cuts nothing; what is too long is not sent",
  "lock.sends": "the outbox is sealed already: a locked phone sends it",
  "passphrase.nobody": "the words never leave the phone",
  "outcome.implied": "the record holds the reaction that follows from the outcome",
  "own.short": "there is no other person's number on the phone",
  "own.note": "the same",
  "photos.keep.what": "photos leave once their blob is confirmed (SPEC 4.4)",
  "trouble.storage_gone": "says that nothing is kept",
  "trouble.wrong_passphrase": "canonical() takes every spelling",
  "unlock.choose.note": "keys lie on this phone",
  "urgent.connect.never": "no event of the phone goes to a family",
  "urgent.ask.doubt": "nothing is computed",
  "about.lease.until": "each answer of the office renews the lease",
  "about.what": "bodies are sealed to this phone and the office",
  "calendar.reach": "what the office puts into followups",
  "case.contacts.some": "what the office puts into a case",
  "install.apple.why": "a fact of the platform",
  "left.left": "what became of a note: no assurance",
  "draft.put_away.sure": "says what goes",
  "aside.discard.sure": "says what is lost",
  "install.why": "a fact of the platform",
  "install.tab.sure": "warns",
  "notifications.short": "asks",
  "rescue.out.holds": "a number",
  "urgent.next.safe": "a label",
  "urgent.safe.title": "a label",
  "urgent.step.safe": "a label",
  "safe.who": "a label",
  "out.back": "a label",
  "out.until": "an instruction",
  "trouble.not_a_picture": "says that nothing was taken",
  "urgent.now.stay": "an instruction",
  "ready.missing.storage": "what is missing",
}

const assures = Object.keys(ja).filter((key) => ASSURES.test(ja[key]) || ASSURES_EN.test(en[key] ?? ""))

test("every sentence of assurance has its row, and every row its sentence in both languages", () => {
  const rows = new Set([...Object.keys(WHEN), ...Object.values(SHOWN_BY).flat(), ...Object.keys(ALWAYS)])
  assert.deepEqual(
    assures.filter((key) => !rows.has(key)),
    [],
  )
  assert.deepEqual(
    [...rows].filter((key) => !(key in ja) || !(key in en)),
    [],
  )
})

for (const [key, { said, not }] of Object.entries(WHEN))
  test(`${key} is said when it is so, and only then`, () => {
    assert.ok(said.length > 0 && not.length > 0)
    for (const [found, wanted] of said) assert.equal(found, wanted)
    for (const found of not) assert.notEqual(found, said[0][1])
  })

test("what true parts show is shown where it says", () => {
  for (const file of Object.keys(SHOWN_BY)) assert.ok(existsSync(new URL(file, root)), file)
})
