// What the office sent: sealed at rest, all of it open while the phone is unlocked (it is small: a
// worker's own cases). A snapshot is staged beside the old documents and swapped in whole, so that a
// phone that loses signal half-way still shows yesterday's case sheets, not half of today's.

import { signal } from "../../vendor/preact.js"
import { sameRow } from "./settings.js"
import { vaultDb } from "./vault_db.js"

/** @import { Rows } from "./sealed_rows.js" */
/** @typedef {{ path: string, rev: number, body: any }} Doc   body null: forget it (SPEC 3.7) */
/** @typedef {{ store: string, name: string, row: ArrayBuffer | null }} Write */

const STORE = "documents"

export class Documents {
  /** @param {Rows} rows */
  constructor(rows) {
    this.rows = rows
    /** @type {Map<string, Doc>} */
    this.current = new Map()
    /** @type {Map<string, Doc>} parts of a snapshot that is not whole yet */
    this.staged = new Map()
    /** @type {ArrayBuffer | undefined} the setting "down" as it stood when these documents were read */
    this.stamp = undefined
    /** path -> body */
    this.bodies = signal(/** @type {Map<string, any>} */ (new Map()))
  }

  /** Open every row. A row that does not open is left alone: the next snapshot replaces it. */
  async load() {
    const [names, sealed, stamp] = await vaultDb.run([STORE, "settings"], "readonly", (tx) => Promise.all([
      tx.objectStore(STORE).getAllKeys(), tx.objectStore(STORE).getAll(), tx.objectStore("settings").get("down")]))
    this.stamp = stamp
    const opened = await Promise.all(names.map((/** @type {string} */ name, /** @type {number} */ i) =>
      this.rows.open(STORE, name, sealed[i]).catch(() => null)))
    this.current = new Map()
    this.staged = new Map()
    for (const row of opened) {
      if (row) (row.staged ? this.staged : this.current).set(row.doc.path, row.doc)
    }
    this.#show()
    return opened.every((row) => row !== null)
  }

  /** Another page may have moved on: a plan is made only over what lies on the disk. @param {ArrayBuffer | undefined} stamp */
  async upTo(stamp) {
    if (!sameRow(stamp, this.stamp)) await this.load()
  }

  /** @param {string} path @returns {number} the highest rev held */
  rev(path) {
    return this.current.get(path)?.rev ?? 0
  }

  /**
   * What one envelope from the office changes, sealed and ready for one transaction.
   * @param {Doc[]} docs
   * @param {{ part: number, of: number } | undefined} snapshot
   * @param {boolean} newRun
   * @returns {Promise<{ writes: Write[], current: Map<string, Doc>, staged: Map<string, Doc>, clear: boolean }>}
   */
  async plan(docs, snapshot, newRun) {
    const staging = !!snapshot && snapshot.part < snapshot.of
    const whole = !!snapshot && snapshot.part === snapshot.of
    const staged = newRun ? new Map() : new Map(this.staged)
    const current = new Map(this.current)
    const into = snapshot || staged.size > 0 ? staged : current
    for (const doc of docs) {
      const known = into.get(doc.path)
      if (!known || doc.rev > known.rev) into.set(doc.path, doc)
    }
    if (whole) return this.#swap(staged)
    const drop = newRun ? [...this.staged.keys()] : []
    const writes = [
      ...(await Promise.all(drop.map((path) => this.#write(path, true, null)))),
      ...(await Promise.all(docs.map(({ path }) => {
        const doc = /** @type {Doc} */ (into.get(path))
        return this.#write(path, into === staged, staging || doc.body !== null ? doc : null)
      }))),
    ]
    for (const { path, body } of docs) if (into === current && body === null) current.delete(path)
    return { writes, current, staged, clear: false }
  }

  /**
   * Commit a plan together with settings, if the setting `guard` is still the row it was when read.
   * @param {Awaited<ReturnType<Documents["plan"]>>} plan
   * @param {Write[]} settings
   * @param {{ key: string, row: ArrayBuffer | undefined }} guard
   * @returns {Promise<boolean>} false: another page was quicker
   */
  async commit(plan, settings, guard) {
    const done = await vaultDb.run([STORE, "settings"], "readwrite", async (tx) => {
      if (!sameRow(await tx.objectStore("settings").get(guard.key), guard.row)) return false
      if (plan.clear) tx.objectStore(STORE).clear()
      for (const { store, name, row } of [...plan.writes, ...settings]) {
        if (row) tx.objectStore(store).put(row, name)
        else tx.objectStore(store).delete(name)
      }
      return true
    })
    if (done) {
      this.current = plan.current
      this.staged = plan.staged
      this.stamp = settings.find(({ name }) => name === guard.key)?.row ?? this.stamp
      if (plan.clear || plan.writes.length) this.#show()
    }
    return done
  }

  /** @param {Map<string, Doc>} staged */
  async #swap(staged) {
    const current = new Map([...staged].filter(([, doc]) => doc.body !== null))
    const writes = await Promise.all([...current].map(([path, doc]) => this.#write(path, false, doc)))
    return { writes, current, staged: new Map(), clear: true }
  }

  /** @param {string} path @param {boolean} staged @param {Doc | null} doc @returns {Promise<Write>} */
  async #write(path, staged, doc) {
    const name = await this.rows.name(STORE, (staged ? "staged/" : "") + path)
    return { store: STORE, name, row: doc && (await this.rows.seal(STORE, name, { staged, doc })) }
  }

  #show() {
    this.bodies.value = new Map([...this.current].map(([path, doc]) => [path, doc.body]))
  }
}
