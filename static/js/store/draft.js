// One record that is being written. What is typed is in memory at once and on the disk, sealed,
// within 300 ms. If another window writes the same draft, the two become one (merge.js); if it saved the draft or
// threw it away, what is written here afterwards goes on as a copy, and the screen says so.

import { signal } from "../../vendor/preact.js"
import { openBlob, sealBlob } from "../../../sync/blob_sealing.js"
import { b64u, unb64u } from "../../../sync/encoding.js"
import { SyncError } from "../../../sync/errors.js"
import { buffer } from "./open_db.js"
import { newId } from "./ids.js"
import { merge, same } from "./merge.js"
import { setAt } from "./change_paths.js"
import { vaultDb } from "./vault_db.js"

/** @import { Bytes } from "../../../sync/encoding.js" */
/** @import { Rows } from "./sealed_rows.js" */
/** @typedef {{ id: string, case: string | null, kind: string, about: string | null, value: any, at: number }} DraftRow */
/** @typedef {{ blob: string, key: string, size: number, type: string, width: number, height: number, note: string }} Photo */

const STORE = "drafts"
const REST = 100 // ms after the last input
const LONGEST = 200 // ms after the first input that is not on the disk yet
const STAYS = new Set(["changed_elsewhere", "gone_elsewhere"]) // a write that went well does not make these untrue

export class Draft {
  /**
   * @param {Rows} rows
   * @param {DraftRow} row
   * @param {number} version 0: not on the disk yet
   * @param {(draft: Draft) => void} told called after each commit
   * @param {(id: string) => Promise<{row: DraftRow, version: number} | null>} [read] the draft as it is on the disk
   */
  constructor(rows, row, version, told, read = async () => null) {
    this.rows = rows
    this.id = row.id
    this.case = row.case
    this.kind = row.kind
    this.about = row.about
    this.version = version
    this.told = told
    this.read = read
    this.base = row.value // what was last on the disk, as far as this window knows
    /** Counts what another window wrote: text boxes look again. */
    this.outside = signal(0)
    this.value = signal(row.value)
    /** @type {import("../../vendor/preact.js").Signal<number | null>} when it was last on the disk, ms */
    this.savedAt = signal(version ? row.at : null)
    /** @type {import("../../vendor/preact.js").Signal<{code: string} | null>} storage_full, changed_elsewhere … */
    this.problem = signal(null)
    /** @type {Map<string, string>} */
    this.urls = new Map()
    this.dirty = false
    this.ended = false
    this.since = 0
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined
    /** @type {Promise<void>} */
    this.writing = Promise.resolve()
  }

  /** @param {string} path like "record.notes.fact" @param {unknown} v */
  set(path, v) {
    if (this.ended) return
    this.value.value = setAt(this.value.peek(), path, v)
    this.#later()
  }

  /** Everything typed so far is on the disk when this resolves; it rejects if it could not be. */
  async flush() {
    clearTimeout(this.timer)
    this.writing = this.writing.catch(() => {}).then(() => this.#commit())
    await this.writing
  }

  /** Before it is saved: nothing that another window wrote may be missing. @throws {SyncError} gone_elsewhere */
  async gather() {
    await this.flush()
    if (!(await this.#takeIn())) throw this.#gone()
    await this.flush()
  }

  async discard() {
    this.close()
    this.told(this)
    await this.writing.catch(() => {})
    const photos = [...this.#photos(), ...(this.value.peek()?.putBack ?? [])]
    const names = [
      await this.#name(),
      ...(await Promise.all(photos.map(({ blob }) => photoName(this.rows, blob)))),
    ]
    await vaultDb.run([STORE], "readwrite", async (tx) => {
      for (const name of names) tx.objectStore(STORE).delete(name)
    })
    this.told(this)
  }

  /** Stop writing and let go of previews. */
  close() {
    this.ended = true
    clearTimeout(this.timer)
    for (const url of this.urls.values()) URL.revokeObjectURL(url)
    this.urls.clear()
  }

  /** Seal a photo at once. `bytes` is a JPEG that was scaled already (photos.js), without metadata.
   * @param {Bytes} bytes @param {{ width: number, height: number }} size @returns {Promise<Photo>} */
  async addPhoto(bytes, { width, height }) {
    const { id, key, sealed } = await sealBlob(bytes)
    const name = await photoName(this.rows, id)
    await vaultDb.put(STORE, { photo: buffer(sealed), at: Date.now() }, name)
    const photo = {
      blob: id,
      key: b64u(key),
      size: sealed.length,
      type: "image/jpeg",
      width,
      height,
      note: "",
    }
    this.set("record.photos", [...this.#photos(), photo])
    await this.flush()
    return photo
  }

  /** Out of the record; the picture stays sealed until the draft ends, so that the tap can be taken back.
   * @param {Photo} photo */
  async removePhoto(photo) {
    this.set("putBack", [...(this.value.peek()?.putBack ?? []), photo])
    this.set(
      "record.photos",
      this.#photos().filter((one) => one.blob !== photo.blob),
    )
    await this.flush()
  }

  /** @param {Photo} photo @returns {Promise<string>} an object URL, revoked when the draft is closed */
  async photoUrl(photo) {
    const known = this.urls.get(photo.blob)
    if (known) return known
    const sealed = await this.sealedPhoto(photo.blob)
    const plain = await openBlob(unb64u(photo.key, 32), sealed)
    const url = URL.createObjectURL(new Blob([plain], { type: "image/jpeg" }))
    this.urls.set(photo.blob, url)
    return url
  }

  /** @param {string} blob @returns {Promise<Bytes>} */
  async sealedPhoto(blob) {
    const row = await vaultDb.get(STORE, await photoName(this.rows, blob))
    if (!row) throw new SyncError("photo_missing", "a photo of this draft is not on the phone")
    return new Uint8Array(/** @type {any} */ (row).photo)
  }

  /** Another window has written this draft. @param {number} version */
  async elsewhere(version) {
    if (!this.ended && version > this.version) await this.#takeIn()
  }

  /** Another window has saved this draft, or thrown it away. What is still typed here goes on as a copy. */
  goneElsewhere() {
    if (!this.ended) this.problem.value = { code: "gone_elsewhere" }
  }

  /** What stands on the disk and what was typed here become one. @returns {Promise<boolean>} false: nothing stands there */
  async #takeIn() {
    const found = await this.read(this.id)
    if (!found) return false
    if (this.ended || found.version <= this.version) return true
    const { value, gaveWay } = merge(this.base, this.value.peek(), found.row.value)
    this.base = found.row.value
    this.version = found.version
    this.value.value = value
    if (gaveWay.length > 0) this.problem.value = { code: "changed_elsewhere" }
    if (same(value, found.row.value)) this.savedAt.value = found.row.at
    else this.#later()
    this.outside.value += 1
    return true
  }

  #gone() {
    this.goneElsewhere()
    return new SyncError("gone_elsewhere", "another window saved this draft, or threw it away")
  }

  /** @returns {Photo[]} */
  #photos() {
    return this.value.peek()?.record?.photos ?? []
  }

  #later() {
    const now = Date.now()
    if (!this.dirty) this.since = now
    this.dirty = true
    clearTimeout(this.timer)
    const wait = Math.max(0, Math.min(REST, this.since + LONGEST - now))
    this.timer = setTimeout(() => this.flush().catch(() => {}), wait)
  }

  async #commit() {
    if (!this.dirty || this.ended) return
    this.dirty = false
    this.since = Date.now()
    try {
      while (!(await this.#put(this.value.peek()))) {
        if (await this.#takeIn()) continue
        this.goneElsewhere()
        this.id = newId()
        this.version = 0
      }
    } catch (/** @type {any} */ error) {
      this.dirty = true
      this.problem.value = { code: error instanceof SyncError ? error.code : "not_saved" }
      throw error
    }
    if (!STAYS.has(this.problem.peek()?.code ?? "")) this.problem.value = null
    this.savedAt.value = Date.now()
    this.told(this)
  }

  /** @param {any} value @returns {Promise<boolean>} false: somebody else's version is there */
  async #put(value) {
    const before = this.version // of this value: what is taken in while it is sealed makes another of it
    const name = await this.#name()
    const row = { id: this.id, case: this.case, kind: this.kind, about: this.about, value, at: Date.now() }
    const sealed = await this.rows.seal(STORE, name, row)
    const next = before + 1
    const stored = await vaultDb.run([STORE], "readwrite", async (tx) => {
      const there = await tx.objectStore(STORE).get(name)
      if ((there?.version ?? 0) !== before) return false
      tx.objectStore(STORE).put({ draft: sealed, version: next }, name)
      return true
    })
    if (stored && this.version < next) {
      this.version = next
      this.base = value
    }
    return stored
  }

  #name() {
    return draftName(this.rows, this.id)
  }
}

/** @param {Rows} rows @param {string} id */
export const draftName = (rows, id) => rows.name(STORE, `draft/${id}`)
/** @param {Rows} rows @param {string} blob */
export const photoName = (rows, blob) => rows.name(STORE, `photo/${blob}`)
