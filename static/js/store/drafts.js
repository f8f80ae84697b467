// The drafts of this phone. Locking keeps them; only saving or the worker's own act removes one.

import { signal } from "../../vendor/preact.js"
import { tabs } from "./locks.js"
import { Draft, draftName, photoName } from "./draft.js"
import { newId } from "./ids.js"
import { vaultDb } from "./vault_db.js"

/** @import { Rows } from "./sealed_rows.js" */
/** @import { DraftRow } from "./draft.js" */
/** @typedef {{ id: string, case: string | null, kind: string, about: string | null, savedAt: number, step: any }} Listed */

const STORE = "drafts"
const DAY = 86_400_000

export class Drafts {
  /** @param {Rows} rows */
  constructor(rows) {
    this.rows = rows
    /** @type {Map<string, { row: DraftRow, version: number }>} as they are on the disk */
    this.known = new Map()
    /** @type {Set<Draft>} open on a screen */
    this.live = new Set()
    this.listed = signal(/** @type {Listed[]} */ ([]))
    this.channel = tabs("sotto-drafts")
    this.channel.onmessage = ({ data }) => void this.#heard(data)
  }

  /**
   * @param {(id: string) => boolean} alreadySaved a draft whose visit was packed before the page died
   * @param {(draft: Draft) => Promise<unknown>} finish what still follows on saving it
   */
  async load(alreadySaved, finish) {
    const [names, stored] = await vaultDb.run([STORE], "readonly", (tx) =>
      Promise.all([tx.objectStore(STORE).getAllKeys(), tx.objectStore(STORE).getAll()]),
    )
    const rows = await Promise.all(
      names.map(async (/** @type {string} */ name, /** @type {number} */ i) =>
        stored[i].draft
          ? { row: await this.rows.open(STORE, name, stored[i].draft), version: stored[i].version }
          : null,
      ),
    )
    this.known = new Map()
    for (const found of rows) if (found && !alreadySaved(found.row.id)) this.known.set(found.row.id, found)
    const done = rows.filter((found) => found && alreadySaved(found.row.id))
    for (const found of done)
      if (found) await finish(new Draft(this.rows, found.row, found.version, () => {})).catch(() => {})
    await this.#sweep(
      names,
      stored,
      done.map((found) => /** @type {any} */ (found).row),
    )
    this.#list()
  }

  list() {
    return this.listed
  }

  /**
   * The draft under way for this case and kind, or a new one.
   * @param {string | null} caseId @param {string} kind "visit", "correction", "crisis"
   * @param {{ about?: string | null, value?: any, id?: string }} [begin]
   */
  open(caseId, kind, { about = null, value = {}, id } = {}) {
    const fits = (/** @type {any} */ one) =>
      id ? one.id === id : one.case === caseId && one.kind === kind && (about === null || one.about === about)
    const live = [...this.live].find(fits)
    if (live) return live
    const found = [...this.known.values()]
      .filter(({ row }) => fits(row))
      .sort((a, b) => b.row.at - a.row.at)[0]
    const row = found?.row ?? { id: newId(), case: caseId, kind, about, value, at: Date.now() }
    const draft = new Draft(
      this.rows,
      row,
      found?.version ?? 0,
      (one) => this.#told(one),
      (name) => this.#read(name),
    )
    this.live.add(draft)
    return draft
  }

  async flushAll() {
    await Promise.allSettled([...this.live].map((draft) => draft.flush()))
  }

  /** Saved or thrown away: from now on another draft is opened for this case. @param {Draft} draft */
  letGo(draft) {
    draft.close()
    this.live.delete(draft)
    this.known.delete(draft.id)
    this.#list()
  }

  /** Every draft with something typed is on the disk, then nothing stays readable here. */
  async close() {
    await this.flushAll()
    for (const draft of this.live) draft.close()
    this.live.clear()
    this.known.clear()
    this.listed.value = []
    this.channel.close()
  }

  /** @param {Draft} draft */
  #told(draft) {
    if (draft.ended) {
      this.letGo(draft)
    } else {
      const { id, kind, about, version } = draft
      const at = draft.savedAt.peek() ?? Date.now()
      this.known.set(id, {
        version,
        row: { id, case: draft.case, kind, about, value: draft.value.peek(), at },
      })
    }
    this.channel.postMessage({ id: draft.id, version: draft.version, gone: draft.ended })
    this.#list()
  }

  /** @param {{ id: string, version: number, gone: boolean }} news */
  async #heard({ id, version, gone }) {
    if (gone) {
      this.known.delete(id)
      for (const draft of this.live) if (draft.id === id) draft.goneElsewhere()
    } else {
      const found = await this.#read(id)
      if (found) this.known.set(id, found)
      for (const draft of this.live) if (draft.id === id) await draft.elsewhere(version)
    }
    this.#list()
  }

  /** @param {string} id */
  async #read(id) {
    const name = await draftName(this.rows, id)
    const stored = /** @type {any} */ (await vaultDb.get(STORE, name))
    return stored ? { row: await this.rows.open(STORE, name, stored.draft), version: stored.version } : null
  }

  /** Remove saved drafts, and photos that no draft names any more.
   * @param {string[]} names @param {any[]} stored @param {DraftRow[]} saved */
  async #sweep(names, stored, saved) {
    const photosOf = (/** @type {DraftRow} */ row) => [
      ...(row.value?.record?.photos ?? []),
      ...(row.value?.putBack ?? []),
    ]
    const named = new Set(
      await Promise.all(
        [...this.known.values()].flatMap(({ row }) =>
          photosOf(row).map((/** @type {any} */ photo) => photoName(this.rows, photo.blob)),
        ),
      ),
    )
    const gone = await Promise.all(
      saved.flatMap((row) => [
        draftName(this.rows, row.id),
        ...photosOf(row).map((/** @type {any} */ photo) => photoName(this.rows, photo.blob)),
      ]),
    )
    // A photo of today may belong to a draft that another tab has not committed yet.
    const old = names.filter(
      (name, i) => stored[i].photo && !named.has(name) && stored[i].at < Date.now() - DAY,
    )
    const drop = [...gone, ...old].filter((name) => !named.has(name))
    if (drop.length === 0) return
    await vaultDb.run([STORE], "readwrite", async (tx) => {
      for (const name of drop) tx.objectStore(STORE).delete(name)
    })
  }

  #list() {
    this.listed.value = [...this.known.values()]
      .map(({ row }) => ({
        id: row.id,
        case: row.case,
        kind: row.kind,
        about: row.about,
        savedAt: row.at,
        step: row.value?.step ?? null,
      }))
      .sort((a, b) => b.savedAt - a.savedAt)
  }
}
