// Everything an open phone has in memory, made at unlock and let go of at lock.

import { computed, signal } from "../../vendor/preact.js"
import { unb64u } from "../../../sync/encoding.js"
import { eventsOf, oneEvent } from "../transport/draft_events.js"
import { pack } from "../transport/pack.js"
import { readDown, change as changeDown } from "../transport/down_position.js"
import { DayPlan } from "../store/day_plan.js"
import { Documents } from "../store/documents.js"
import { Drafts } from "../store/drafts.js"
import { closeKeys } from "../store/keys.js"
import { DEFAULT_DAYS, passed, standing } from "../store/lease.js"
import { KeptPhotos } from "../store/kept_photos.js"
import { withOwnWork } from "../store/pending_overlay.js"
import { outbox } from "../store/outbox_db.js"
import { Records } from "../store/record_states.js"
import { Since } from "../store/changes.js"

/** @import { Open } from "../store/keys.js" */
/** @import { Draft } from "../store/draft.js" */
/** @import { Rows } from "../store/sealed_rows.js" */

export class Unlocked {
  /** @param {Open} open */
  constructor(open) {
    this.open = open
    this.documents = new Documents(open.rows)
    this.drafts = new Drafts(open.rows)
    this.records = new Records(open.rows)
    this.since = new Since(open.rows)
    this.plan = new DayPlan(open.rows)
    this.kept = new KeptPhotos(open.rows)
    this.outing = /** @type {import("../transport/outing.js").Outing | null} */ (null)
    this.down = signal(/** @type {import("../transport/down_position.js").Down | null} */ (null))
    this.events = signal(/** @type {import("../transport/pack.js").Event[]} */ ([]))
    this.lease = computed(() =>
      standing(this.down.value?.lease, this.documents.bodies.value.get("me")?.leaseDays ?? DEFAULT_DAYS),
    )
    // After the lease nothing the office sent is shown; drafts, outbox and emergency numbers stay.
    this.shown = computed(() =>
      this.lease.value.over ? new Map() : withOwnWork(this.documents.bodies.value, this.events.value),
    )
    this.ticked = performance.now()
  }

  async load() {
    const [whole] = await Promise.all([
      this.documents.load(),
      this.records.load(),
      this.since.load().catch(() => {}),
      this.plan.load().catch(() => {}),
      this.kept.load().catch(() => {}),
    ])
    // What does not open any more was the office's: it is asked for everything anew (SPEC 4.6).
    if (!whole)
      await changeDown(this.open, this.documents, (down) => ({ ...down, gap: true })).catch(() => {})
    await this.refresh()
    await Promise.all([
      this.tickLease().catch(() => {}), // a full disk must not keep the worker out
      this.drafts.load(
        (id) => this.records.events.has(id) || this.records.memos.has(id),
        (draft) => this.#keepPhotos(draft),
      ),
    ])
  }

  /** Look again at what other tabs, the worker or the road changed. */
  async refresh() {
    const { down, row } = await readDown(this.open)
    await this.documents.upTo(row)
    this.open.seen = down.position
    if (down.seal) this.open.officeSeal = down.seal.map(({ id, key }) => ({ id, bytes: unb64u(key, 65) }))
    this.down.value = down
    await this.records.refresh(this.documents.bodies.peek())
    this.events.value = this.records.ordered
    await Promise.all([
      // a full disk must not keep the worker out
      this.since.compare(this.documents.bodies.peek()).catch(() => {}),
      this.kept.follow(this.shown.peek()).catch(() => {}),
    ])
  }

  /** Durable when it resolves; if it rejects, the draft is as it was. @param {Draft} draft @returns {Promise<string>} visit id */
  async save(draft) {
    await draft.gather()
    const events = eventsOf(draft, this.documents.rev(`case/${draft.case}`))
    const blobs = []
    for (const { blob } of events[0].body.photos ?? events[0].body.record?.photos ?? []) {
      const sealed = await draft.sealedPhoto(blob).catch(() => null) // a correction names photos sent before
      if (sealed) blobs.push({ id: blob, sealed })
    }
    await pack(this.open, events, blobs).catch((error) => {
      draft.problem.value = { code: error.code ?? "not_saved" }
      throw error
    })
    this.drafts.letGo(draft)
    return draft.kind === "correction" ? events[0].body.visit : events[0].id
  }

  /** The draft has done its work; the lists follow. @param {Draft} draft */
  async afterSave(draft) {
    await this.refresh()
    await this.#keepPhotos(draft).catch(() => {}) // they are on their way to the office all the same
    await draft.discard()
  }

  /** @param {Draft} draft */
  async #keepPhotos(draft) {
    const { keep = [], record } = draft.value.peek()
    for (const photo of record?.photos ?? []) {
      if (keep.includes(photo.blob))
        await this.kept.keep(
          { ...photo, visit: draft.id, case: draft.case ?? "" },
          await draft.sealedPhoto(photo.blob),
        )
    }
  }

  /** @param {any[][]} told [type, case, body, id?] */
  async writeAll(told) {
    await pack(
      this.open,
      told.map(([type, caseId, body, id]) =>
        oneEvent(type, caseId, body, caseId ? this.documents.rev(`case/${caseId}`) : 0, id),
      ),
    )
    await this.refresh()
  }

  /** @param {string} type @param {string | null} caseId @param {any} body @returns {Promise<string>} event id */
  async write(type, caseId, body) {
    const event = oneEvent(type, caseId, body, caseId ? this.documents.rev(`case/${caseId}`) : 0)
    await pack(this.open, [event])
    await this.refresh()
    return event.id
  }

  /** Time passes: the lease runs, also while the clock is put back. */
  async tickLease() {
    const now = performance.now()
    const elapsed = now - this.ticked
    this.ticked = now
    await changeDown(this.open, this.documents, (down) =>
      down.lease ? { ...down, lease: passed(down.lease, Date.now(), elapsed) } : down,
    )
    this.down.value = (await readDown(this.open)).down
  }

  /** When the oldest record that has not left was written, or null. */
  oldestUnsent() {
    return this.records.oldestUnsent
  }

  async close() {
    await this.drafts.close()
    closeKeys(this.open)
    this.documents.current.clear()
    this.documents.staged.clear()
    this.documents.bodies.value = new Map()
    this.records.close()
    this.plan.close()
    this.kept.close()
    this.events.value = []
    outbox.close()
  }
}
