// Where each record of this phone truly is: on this phone, sent, at the office, read by NAME. Told
// from what lies in the outbox and from what the office's documents say; never hoped.
//
// A short memo of each visit (case, time, channel: no text) outlives the event, so that the worker
// still sees the record after the office has it safe and the phone has forgotten its contents.

import { signal } from "../../vendor/preact.js"
import { covers } from "../../../sync/chain.js"
import { outbox } from "./outbox_db.js"
import { afterCorrection } from "./pending_overlay.js"
import { vaultDb } from "./vault_db.js"

/** @import { Rows } from "./sealed_rows.js" */
/** @import { EnvelopeRow, BlobRow, EventRow } from "./outbox_db.js" */
/** @typedef {import("../transport/pack.js").Event} Event */
/** @typedef {{ visit: string, case: string | null, at: string, channel: string, blobs: string[], undone?: "withdrawn" | "misfiled" }} Memo */
/** @typedef {"on_phone" | "sent" | "at_office" | "read"} State */
/** @typedef {{ envelope: string, reason: string, photos: number, events: Event[] }} Aside what the relay will not take as it is;
 *   no events: brought in from another phone, and nobody here can read it */

export const ORDER = /** @type {State[]} */ (["on_phone", "sent", "at_office", "read"])
const NOWHERE = { run: 0, n: 0, id: "-" }

export class Records {
  /** @param {Rows} rows */
  constructor(rows) {
    this.rows = rows
    /** @type {Map<string, Event>} row name -> event, so that each is opened once */
    this.opened = new Map()
    /** @type {Map<string, Memo>} */
    this.memos = new Map()
    this.list = signal(/** @type {any[]} */ ([]))
    this.aside = signal(/** @type {Aside[]} */ ([]))
    /** @type {Map<string, Event>} every event still on this phone, by id */
    this.events = new Map()
    /** @type {Event[]} the same, oldest first */
    this.ordered = []
    /** @type {string | null} when the oldest of those that have not left was written */
    this.oldestUnsent = null
  }

  async load() {
    const row = /** @type {ArrayBuffer | undefined} */ (await vaultDb.get("settings", "memos"))
    const memos = row ? await this.rows.open("settings", "memos", row) : []
    this.memos = new Map(memos.map((/** @type {Memo} */ memo) => [memo.visit, memo]))
  }

  /** Look again. @param {Map<string, any>} documents path -> body */
  async refresh(documents) {
    const box = await readOutbox()
    await this.#openNew(box)
    this.#sortEvents(box)
    await this.#keepMemos(documents)
    /** @type {Map<string, { event: Event, envelope: EnvelopeRow | undefined }[]>} */
    const byVisit = new Map()
    this.aside.value = this.#setAside(box)
    box.names.forEach((name, i) => {
      const event = this.opened.get(name)
      const visit = event && visitOf(event)
      if (!event || !visit) return
      const list = byVisit.get(visit) ?? []
      list.push({ event, envelope: box.envelopes.get(box.events[i].envelope) })
      byVisit.set(visit, list)
    })
    this.list.value = [...this.memos.values()]
      .map((memo) =>
        recordOf(memo, byVisit.get(memo.visit) ?? [], documents.get(`record/${memo.visit}`), box),
      )
      .sort((a, b) => (a.at < b.at ? 1 : -1))
    return this.list.value
  }

  /** @param {Awaited<ReturnType<typeof readOutbox>>} box @returns {Aside[]} */
  #setAside({ names, events, envelopes }) {
    return [...envelopes.values()]
      .filter(({ state }) => state === "refused")
      .map(({ id, reason, blobs }) => ({
        envelope: id,
        reason,
        photos: blobs.length,
        events: names
          .filter((_, i) => events[i].envelope === id)
          .flatMap((name) => this.opened.get(name) ?? []),
      }))
  }

  /** Given up by the worker: no list shows it as if it lay somewhere. @param {Event[]} events */
  async letGo(events) {
    for (const { id, type, body } of events) {
      this.memos.delete(id)
      const memo = type in UNDONE && this.memos.get(body.visit)
      if (memo) this.memos.set(body.visit, { ...memo, undone: undefined })
    }
    await this.#storeMemos()
  }

  /** What the worker wrote, while it is still on this phone. @param {string} visit @returns {any | null} */
  bodyOf(visit) {
    return this.events.get(visit)?.body ?? null
  }

  /** @param {Awaited<ReturnType<typeof readOutbox>>} box */
  async #openNew({ names, events }) {
    const there = new Set(names)
    for (const name of this.opened.keys()) if (!there.has(name)) this.opened.delete(name)
    await Promise.all(
      names.map(async (name, i) => {
        if (this.opened.has(name)) return
        const event = await this.rows.open("events", name, events[i].sealed).catch(() => null)
        if (event) this.opened.set(name, event)
      }),
    )
  }

  /** @param {Awaited<ReturnType<typeof readOutbox>>} box */
  #sortEvents({ names, events, envelopes }) {
    const sorted = names
      .map((name, i) => ({ event: /** @type {Event} */ (this.opened.get(name)), row: events[i] }))
      .filter(({ event }) => event)
      .sort((a, b) => a.row.order - b.row.order)
    this.ordered = sorted.map(({ event }) => event)
    this.events = new Map(this.ordered.map((event) => [event.id, event]))
    this.oldestUnsent = sorted.find(({ row }) => waits(envelopes.get(row.envelope)))?.event.at ?? null
  }

  close() {
    this.opened.clear()
    this.memos.clear()
    this.events = new Map()
    this.ordered = []
    this.list.value = []
    this.aside.value = []
  }

  /** @param {Map<string, any>} documents */
  async #keepMemos(documents) {
    const before = this.memos.size
    let changed = false
    for (const event of this.opened.values()) {
      if (event.type !== "visit.logged" || this.memos.has(event.id)) continue
      const { occurredAt, channel, photos } = event.body
      this.memos.set(event.id, {
        visit: event.id,
        case: event.case,
        at: occurredAt,
        channel,
        blobs: (photos ?? []).map((/** @type {any} */ photo) => photo.blob),
      })
      changed = true
    }
    for (const { type, body } of this.opened.values()) {
      const memo = type in UNDONE ? this.memos.get(body.visit) : undefined
      if (!memo || memo.undone) continue
      this.memos.set(body.visit, { ...memo, undone: UNDONE[type] })
      changed = true
    }
    for (const [path, body] of documents) {
      if (path.startsWith("record/") && !this.memos.has(body.visit)) {
        this.memos.set(body.visit, memoFromOffice(body, documents))
        changed = true
      }
    }
    for (const visit of [...this.memos.keys()]) {
      // The office's documents are the measure of what is still of interest (60 days), the outbox of what is not yet there.
      if (
        documents.has("me") &&
        !documents.has(`record/${visit}`) &&
        !this.events.has(visit) &&
        !this.#fresh(visit)
      ) {
        this.memos.delete(visit)
        changed = true
      }
    }
    // What does not fit on a full disk is told again by outbox and documents the next time.
    if (changed || before !== this.memos.size) await this.#storeMemos().catch(() => {})
  }

  /** Just forgotten by the phone; its record document may still be on the way. @param {string} visit */
  #fresh(visit) {
    const memo = this.memos.get(visit)
    return !!memo && Date.now() - Date.parse(memo.at) < 60 * 86_400_000
  }

  async #storeMemos() {
    await vaultDb.put(
      "settings",
      await this.rows.seal("settings", "memos", [...this.memos.values()]),
      "memos",
    )
  }
}

/** @type {Record<string, "withdrawn" | "misfiled">} */
const UNDONE = { "visit.withdrawn": "withdrawn", "visit.misfiled": "misfiled" }

/** The visit an event belongs to. @param {Event} event @returns {string | null} */
function visitOf(event) {
  if (event.type === "visit.logged") return event.id
  return event.type === "visit.corrected" || event.type in UNDONE ? event.body.visit : null
}

/** @param {any} body @param {Map<string, any>} documents @returns {Memo} */
function memoFromOffice(body, documents) {
  const sheet = documents.get(`case/${body.case}`)
  const contact = sheet?.contacts?.find((/** @type {any} */ one) => one.id === body.visit)
  return {
    visit: body.visit,
    case: body.case,
    at: contact?.occurredAt ?? body.versions?.[0]?.at ?? "",
    channel: contact?.channel ?? "other",
    blobs: [],
  }
}

/**
 * @param {Memo} memo @param {{ event: Event, envelope: EnvelopeRow | undefined }[]} here
 * @param {any} doc record/VISIT, if the office has sent it @param {Awaited<ReturnType<typeof readOutbox>>} box
 */
function recordOf(memo, here, doc, box) {
  const atOffice = doc ? (doc.readBy?.length ? "read" : "at_office") : null
  const known = new Set((doc?.versions ?? []).map((/** @type {any} */ version) => version.id))
  // The record is where its least advanced part is: an answer still on the phone is not at the office.
  const parts = here.map(({ event, envelope }) =>
    (event.type === "visit.logged" && atOffice) || known.has(event.id)
      ? (atOffice ?? "at_office")
      : stateOf(envelope, box.held),
  )
  const state =
    parts.length === 0
      ? (atOffice ?? "at_office")
      : ORDER[Math.min(...parts.map((part) => ORDER.indexOf(/** @type {State} */ (part))))]
  const underWay = here
    .map(({ event }) => event)
    .filter(({ id, type }) => type === "visit.corrected" && !known.has(id))
  const undoing = here.find(({ event }) => event.type in UNDONE)
  const refused = here.find(({ envelope }) => envelope?.state === "refused")?.envelope
  return {
    visit: memo.visit,
    case: doc?.case ?? memo.case,
    at: memo.at,
    channel: memo.channel,
    state,
    readBy: doc?.readBy ?? [],
    held: doc?.state === "held" ? { reason: doc.reason ?? "held" } : null,
    review: underWay.reduce((review, { body }) => afterCorrection(review, body.answers), doc?.review ?? null),
    versions: doc?.versions ?? [],
    written:
      here.find(({ event }) => event.type === "visit.logged")?.event.at ?? doc?.versions?.[0]?.at ?? null,
    undone: undoing ? UNDONE[undoing.event.type] : (doc?.undone ?? memo.undone ?? null),
    unsentBlobs: memo.blobs.filter((id) => box.waiting.has(id)).length,
    refused: refused?.reason ?? null,
    envelope: refused?.id ?? null,
  }
}

/** Work of the worker's own that has not left. @param {EnvelopeRow | undefined} envelope */
const waits = (envelope) => !envelope || (envelope.state !== "sent" && !envelope.quiet)

/** @param {EnvelopeRow | undefined} envelope @param {{ run: number, n: number }} held @returns {State} */
function stateOf(envelope, held) {
  if (!envelope) return "on_phone"
  if (envelope.state === "sent")
    return covers(/** @type {any} */ (held), envelope.run, envelope.n) ? "at_office" : "sent"
  return "on_phone"
}

async function readOutbox() {
  return outbox.run(["envelopes", "events", "blobs", "chain"], "readonly", async (tx) => {
    const [names, events, held, waiting] = await Promise.all([
      tx.objectStore("events").getAllKeys(),
      tx.objectStore("events").getAll(),
      tx.objectStore("chain").get("held"),
      tx.objectStore("blobs").index("state").getAllKeys("waiting"),
    ])
    /** @type {Map<string, EnvelopeRow>} */
    const envelopes = new Map()
    for (
      let cursor = await tx.objectStore("envelopes").openCursor();
      cursor;
      cursor = await cursor.continue()
    ) {
      envelopes.set(cursor.value.id, { ...cursor.value, frame: new ArrayBuffer(0) })
    }
    return {
      names: /** @type {string[]} */ (names),
      events: /** @type {EventRow[]} */ (events),
      envelopes,
      held: held ?? NOWHERE,
      waiting: new Set(/** @type {string[]} */ (waiting)),
    }
  })
}
