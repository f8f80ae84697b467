// The envelopes that have not left, this phone's own before what another's copy brought, oldest first, read from the disk ahead of the line, and how much of them one
// request carries: what this line brought through lately in a few seconds, so that a weak line loses little when it
// breaks and a good one is asked seldom.
//
// Loaded by the page and by the service worker: no DOM.

import { KIB, MIB } from "../../../sync/limits.js"

/** @import { Door } from "../store/open_db.js" */
/** @import { EnvelopeRow } from "../store/outbox_db.js" */

const LEAST = 16 * KIB
const FIRST = 256 * KIB // as one answer to a pull: within a request's time limit at 64 kbit/s
const MOST = 512 * KIB // on a line that has shown it just now
const SECONDS = 4
const AHEAD = 2 * MIB // read while the first request is on its way
const TAIL = 1.25 // a last small piece goes with the one before it
const READ_AT_ONCE = 300

/** Kept while the page or worker lives: the line is most likely as it was, or weaker. */
let carried = FIRST

/** A small quick request says what the line does at least. @param {number} bytes that were answered @param {number} ms */
export function wentWell(bytes, ms) {
  const shown = (bytes / Math.max(ms, 1)) * 1000 * SECONDS
  const little = bytes < carried / 2 && ms < 1000 * SECONDS
  carried = Math.min(MOST, Math.max(LEAST, shown, little ? carried : 0))
}

export function wentWrong() {
  carried = Math.max(LEAST, carried / 4)
}

export class Leaving {
  /** @type {EnvelopeRow[]} */
  #rows = []
  /** @type {IDBValidKey | undefined} */
  #end = undefined
  #over = false
  #brought = false // own ones are read, and now what was brought
  #tried = new Set()
  #reading = Promise.resolve()
  #round = 0

  /** @param {Door} box whose outbox it is @param {string | undefined} device whose phone: its own go first, no copy delays them */
  constructor(box, device) {
    this.box = box
    this.device = device ?? ""
    carried = Math.min(carried, FIRST)
  }

  /** Oldest first, as much as one request should carry; at least one if there is one. @param {number} most envelopes */
  async take(most) {
    await this.#reading.catch(() => {}) // what was read ahead may do
    while (!this.#over && sizeOf(this.#rows) <= carried * TAIL) await this.#read() // enough to know whether a tail is all that follows
    const size = this.#over && sizeOf(this.#rows) <= carried * TAIL ? Infinity : carried
    let bytes = 0
    let count = 0
    const own = this.#isOwn(this.#rows[0])
    for (const row of this.#rows.slice(0, most)) {
      const { frame } = row
      if (count > 0 && (bytes + frame.byteLength > size || this.#isOwn(row) !== own)) break
      bytes += frame.byteLength
      count += 1
    }
    const batch = this.#rows.splice(0, count)
    for (const { id } of batch) this.#tried.add(id)
    return batch
  }

  /** These were not offered after all. @param {EnvelopeRow[]} batch */
  giveBack(batch) {
    this.#rows.unshift(...batch)
    for (const { id } of batch) this.#tried.delete(id)
  }

  /** Begin anew: some that had left are to leave once more. What was tried is not tried again now. */
  again() {
    this.#round += 1
    this.#rows = []
    this.#end = undefined
    this.#over = false
    this.#brought = false
  }

  /** @param {EnvelopeRow | undefined} row */
  #isOwn(row) {
    return row?.from === this.device
  }

  /** Read on while a request is on its way; whoever takes waits for no more than it needs. */
  async ahead() {
    while (!this.#over && sizeOf(this.#rows) < AHEAD) await this.#read()
  }

  /** One page after another, whoever asks. */
  #read() {
    this.#reading = this.#reading.catch(() => {}).then(() => this.#page())
    return this.#reading
  }

  async #page() {
    if (this.#over) return
    const round = this.#round
    const [some, rows] = await this.box.run(["envelopes"], "readonly", (tx) =>
      Promise.all([
        tx.objectStore("envelopes").index("state").count("packed"),
        tx.objectStore("envelopes").index("order").getAll(this.#range(), READ_AT_ONCE),
      ]),
    )
    if (round !== this.#round) return // begun anew meanwhile
    for (const row of /** @type {EnvelopeRow[]} */ (rows)) {
      this.#end = [row.from, row.run, row.n]
      if (row.state === "packed" && !this.#tried.has(row.id) && this.#isOwn(row) !== this.#brought)
        this.#rows.push(row)
    }
    if (some && rows.length === READ_AT_ONCE) return
    this.#over = !some || this.#brought
    this.#brought = true
    this.#end = undefined
  }

  /** @returns {IDBKeyRange | null} */
  #range() {
    const own = [
      [this.device, 0, 0],
      [this.device, Infinity, Infinity],
    ]
    if (!this.#brought) return IDBKeyRange.bound(this.#end ?? own[0], own[1], this.#end !== undefined)
    return this.#end === undefined ? null : IDBKeyRange.lowerBound(this.#end, true)
  }
}

/** @param {EnvelopeRow[]} rows */
const sizeOf = (rows) => rows.reduce((sum, { frame }) => sum + frame.byteLength, 0)
