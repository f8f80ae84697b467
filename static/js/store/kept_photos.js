// Photos a worker wants to have at hand: all others leave the phone once the office has them. Sealed twice, as they came
// (under their own key) and by the key kept here; never in the phone's gallery. They go when the case goes.

import { signal } from "../../vendor/preact.js"
import { unb64u } from "../../../sync/encoding.js"
import { openBlob } from "../../../sync/blob_sealing.js"
import { buffer } from "./open_db.js"
import { readSetting, writeSetting } from "./settings.js"
import { vaultDb } from "./vault_db.js"

/** @import { Rows } from "./sealed_rows.js" */
/** @import { Photo } from "../shapes.d.ts" */
/** @typedef {Photo & { visit: string, case: string }} Kept */

const STORE = "settings",
  NAME = "kept" // not beside the drafts, which are all read at unlock

export class KeptPhotos {
  /** @param {Rows} rows */
  constructor(rows) {
    this.rows = rows
    this.list = signal(/** @type {Kept[]} */ ([]))
    /** @type {Map<string, string>} */
    this.urls = new Map()
  }

  async load() {
    this.list.value = (await readSetting(this.rows, NAME)).value ?? []
  }

  /** @param {Kept} photo @param {Uint8Array} sealed */
  async keep(photo, sealed) {
    await vaultDb.put(STORE, buffer(sealed), await this.#name(photo.blob))
    await this.#write([...this.list.peek().filter(({ blob }) => blob !== photo.blob), photo])
  }

  /** @param {Kept} photo @returns {Promise<string>} an object URL, revoked at lock */
  async url({ blob, key }) {
    const known = this.urls.get(blob)
    if (known) return known
    const row = /** @type {ArrayBuffer} */ (await vaultDb.get(STORE, await this.#name(blob)))
    const plain = await openBlob(unb64u(key, 32), new Uint8Array(row))
    const url = URL.createObjectURL(new Blob([plain], { type: "image/jpeg" }))
    this.urls.set(blob, url)
    return url
  }

  /** @param {string} blob */
  async remove(blob) {
    const name = await this.#name(blob)
    await vaultDb.run([STORE], "readwrite", (tx) => tx.objectStore(STORE).delete(name))
    await this.#write(this.list.peek().filter((one) => one.blob !== blob))
    URL.revokeObjectURL(this.urls.get(blob) ?? "")
    this.urls.delete(blob)
  }

  /** A case that is no longer this worker's takes its photos along. @param {Map<string, any>} documents */
  async follow(documents) {
    const me = documents.get("me")
    if (!me?.cases) return
    const held = new Set([...me.cases, ...Object.keys(me.joined ?? {})])
    for (const { blob, case: id } of this.list.peek())
      if (!held.has(id) && !documents.has(`case/${id}`)) await this.remove(blob)
  }

  close() {
    for (const url of this.urls.values()) URL.revokeObjectURL(url)
    this.urls.clear()
    this.list.value = []
  }

  /** @param {Kept[]} list */
  async #write(list) {
    await writeSetting(this.rows, NAME, list)
    this.list.value = list
  }

  /** @param {string} blob */
  #name(blob) {
    return this.rows.name(STORE, `kept/${blob}`)
  }
}
