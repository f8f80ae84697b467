// What the office sent, kept as it came: one sealed row for the documents of an envelope. What the rows add up to is
// worked out when the phone is unlocked, and all of it is open while it is (it is small: a worker's own cases). A
// snapshot's parts lie beside the old documents and replace them with the last one, so that a phone that loses signal
// half-way still shows yesterday's case sheets, not half of today's.

import { signal } from "../../vendor/preact.js"
import { add, fromRows } from "./documents_fold.js"
import { sameRow } from "./settings.js"
import { vaultDb } from "./vault_db.js"

/** @import { Rows } from "./sealed_rows.js" */
/** @import { Doc, Entry } from "./documents_fold.js" */
/** @typedef {{ store: string, name: string, row: ArrayBuffer | null }} Write */
/**
 * `keep`: the names of all rows that remain, or null for all; `parts`: the rows of a snapshot that is not whole yet.
 * @typedef {{ writes: Write[], keep: Set<string> | null, current: Map<string, Doc>, staged: Map<string, Doc>, parts: string[], rows: number }} Plan
 */

const STORE = "documents"
const MOST_ROWS = 64 // then they are written anew as what they add up to
const DOCS_IN_ROW = 500

export class Documents {
  /** @param {Rows} rows */
  constructor(rows) {
    this.rows = rows
    /** @type {Map<string, Doc>} */
    this.current = new Map()
    /** @type {Map<string, Doc>} parts of a snapshot that is not whole yet */
    this.staged = new Map()
    /** @type {string[]} their rows */
    this.parts = []
    this.count = 0
    /** @type {ArrayBuffer | undefined} the setting "down" as it stood when these documents were read */
    this.stamp = undefined
    /** path -> body */
    this.bodies = signal(/** @type {Map<string, any>} */ (new Map()))
  }

  /** Open every row. A row that does not open is left alone: the next snapshot replaces it.
   * @returns {Promise<boolean>} whether all opened */
  async load() {
    const [names, sealed, stamp] = await vaultDb.run([STORE, "settings"], "readonly", (tx) =>
      Promise.all([
        tx.objectStore(STORE).getAllKeys(),
        tx.objectStore(STORE).getAll(),
        tx.objectStore("settings").get("down"),
      ]),
    )
    this.stamp = stamp
    const opened = await Promise.all(
      names.map((/** @type {string} */ name, /** @type {number} */ i) =>
        this.rows.open(STORE, name, sealed[i]).then(
          (entry) => ({ ...entry, name }),
          () => null,
        ),
      ),
    )
    Object.assign(this, fromRows(opened.filter((entry) => entry !== null)))
    this.count = names.length
    this.#show()
    return opened.every((entry) => entry !== null)
  }

  /** Another page may have moved on: a plan is made only over what lies on the disk. @param {ArrayBuffer | undefined} stamp */
  async upTo(stamp) {
    if (!sameRow(stamp, this.stamp)) await this.load()
  }

  /** @param {string} path @returns {number} the highest rev held */
  rev(path) {
    return this.current.get(path)?.rev ?? 0
  }

  /** A plan that changes nothing here. @returns {Plan} */
  asTheyAre() {
    return {
      writes: [],
      keep: null,
      current: this.current,
      staged: this.staged,
      parts: this.parts,
      rows: this.count,
    }
  }

  /**
   * What one envelope from the office changes, sealed and ready for one transaction.
   * @param {Entry} entry
   * @returns {Promise<Plan>}
   */
  async plan(entry) {
    if (!entry.docs.length && !entry.snapshot && !entry.first) return this.asTheyAre()
    const sum = { current: new Map(this.current), staged: new Map(this.staged), parts: this.parts }
    const name = await this.rows.name(STORE, `${entry.run}/${entry.n}`)
    const whole = add(sum, { ...entry, name })
    if (!whole && !sum.staged.size && this.count >= MOST_ROWS) return this.#anew(sum.current, entry)
    const write = { store: STORE, name, row: await this.rows.seal(STORE, name, entry) }
    return {
      ...sum,
      writes: [write],
      keep: whole && new Set(whole),
      rows: whole ? whole.length : this.count + 1,
    }
  }

  /**
   * Commit a plan together with settings, if the setting `guard` is still the row it was when read.
   * @param {Plan} plan
   * @param {Write[]} settings
   * @param {{ key: string, row: ArrayBuffer | undefined }} guard
   * @param {"strict" | "relaxed"} [durability] relaxed: a later strict one brings it to the disk with its own
   * @returns {Promise<boolean>} false: another page was quicker
   */
  async commit(plan, settings, guard, durability = "strict") {
    const done = await vaultDb.run(
      [STORE, "settings"],
      "readwrite",
      async (tx) => {
        if (!sameRow(await tx.objectStore("settings").get(guard.key), guard.row)) return false
        if (plan.keep) {
          for (const name of await tx.objectStore(STORE).getAllKeys())
            if (!plan.keep.has(name)) tx.objectStore(STORE).delete(name)
        }
        for (const { store, name, row } of [...plan.writes, ...settings]) {
          if (row) tx.objectStore(store).put(row, name)
          else tx.objectStore(store).delete(name)
        }
        return true
      },
      durability,
    )
    if (done) {
      const { current, staged, parts } = plan
      const other = current !== this.current
      Object.assign(this, { current, staged, parts, count: plan.rows })
      this.stamp = settings.find(({ name }) => name === guard.key)?.row ?? this.stamp
      if (other) this.#show()
    }
    return done
  }

  /** All rows as few. @param {Map<string, Doc>} current @param {Entry} entry the last one of them @returns {Promise<Plan>} */
  async #anew(current, { run, n }) {
    const docs = [...current.values()]
    const writes = []
    for (let at = 0; at < docs.length; at += DOCS_IN_ROW) {
      const name = await this.rows.name(STORE, `${run}/${n}/${at}`)
      const row = await this.rows.seal(STORE, name, {
        run,
        n,
        at,
        first: at === 0,
        docs: docs.slice(at, at + DOCS_IN_ROW),
      })
      writes.push({ store: STORE, name, row })
    }
    return {
      writes,
      keep: new Set(writes.map(({ name }) => name)),
      current,
      staged: new Map(),
      parts: [],
      rows: writes.length,
    }
  }

  #show() {
    this.bodies.value = new Map([...this.current].map(([path, doc]) => [path, doc.body]))
  }
}
