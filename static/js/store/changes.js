// What is different from the last time one looked: reviews that came back, cases gained and given up, safety cards that
// changed. Kept sealed; it grows until the worker says that it was read.

import { signal } from "../../vendor/preact.js"
import { readSetting, writeSetting } from "./settings.js"

/** @import { Rows } from "./sealed_rows.js" */
/** @typedef {{ cases: Record<string, string>, returned: string[] }} Looked  case id -> its safety flags in one text */
/** @typedef {{ kind: "case" | "case_gone" | "safety" | "returned", id: string }} Change */

const KEY = "looked"

export class Since {
  /** @param {Rows} rows */
  constructor(rows) {
    this.rows = rows
    /** @type {Looked | null} */
    this.last = null
    this.changes = signal(/** @type {Change[]} */ ([]))
  }

  async load() {
    this.last = (await readSetting(this.rows, KEY)).value ?? null
  }

  /** @param {Map<string, any>} documents of the office */
  async compare(documents) {
    if (!documents.has("me")) return
    const looked = lookedAt(documents)
    if (!this.last) await this.#keep(looked) // the first time everything is new, and nothing is news
    this.changes.value = differing(/** @type {Looked} */ (this.last), looked)
  }

  /** @param {Map<string, any>} documents @returns {Promise<() => Promise<void>>} what takes that back */
  async read(documents) {
    const { last } = this,
      looked = lookedAt(documents)
    await this.#keep(looked)
    this.changes.value = []
    return async () => {
      if (!last || this.last !== looked) return // read once more since
      await this.#keep(last)
      this.changes.value = differing(last, looked)
    }
  }

  /** @param {Looked} looked */
  async #keep(looked) {
    this.last = looked
    await writeSetting(this.rows, KEY, looked)
  }
}

/** @param {Map<string, any>} documents @returns {Looked} */
export function lookedAt(documents) {
  const all = [...documents]
  return {
    cases: Object.fromEntries(
      all
        .filter(([path]) => path.startsWith("case/"))
        .map(([, { id, safety = [] }]) => [
          id,
          safety
            .map((/** @type {any} */ { flag, text, reviewOn }) => [flag, text, reviewOn].join(" "))
            .sort()
            .join("\n"),
        ]),
    ),
    returned: all
      .filter(([path, body]) => path.startsWith("record/") && body.review?.status === "returned")
      .map(([, { review }]) => review.review)
      .sort(),
  }
}

/** @param {Looked} before @param {Looked} after @returns {Change[]} */
export function differing(before, after) {
  const cases = Object.keys(after.cases)
  return [
    ...cases
      .filter((id) => id in before.cases && before.cases[id] !== after.cases[id])
      .map((id) => ({ kind: /** @type {const} */ ("safety"), id })),
    ...cases.filter((id) => !(id in before.cases)).map((id) => ({ kind: /** @type {const} */ ("case"), id })),
    ...Object.keys(before.cases)
      .filter((id) => !(id in after.cases))
      .map((id) => ({ kind: /** @type {const} */ ("case_gone"), id })),
    ...after.returned
      .filter((id) => !before.returned.includes(id))
      .map((id) => ({ kind: /** @type {const} */ ("returned"), id })),
  ]
}
