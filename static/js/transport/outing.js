// Out alone under a timer at the relay (SPEC 6.7). What the relay holds is a time and a random tag; where somebody went lies
// sealed here and goes to the office as an event. What could not be told for want of signal is told at the next round.

import { signal } from "../../vendor/preact.js"
import { TIMER_TAG } from "../../../sync/wire.js"
import { newId } from "../store/ids.js"
import { readSetting, writeSetting } from "../store/settings.js"
import { askSigned } from "./signed.js"

/** @import { Open } from "../store/keys.js" */
/** @import { Relay } from "./relay.js" */
/**
 * @typedef {object} Out
 * @property {string} tag
 * @property {string | null} case
 * @property {number} until ms of this phone's clock, for the eye; the relay counts by its own
 * @property {"waiting" | "watched" | "ending"} state  waiting: not told yet; ending: back, and not told yet
 * @property {string} incarnation of the relay that was told
 */

const KEY = "outing"

/** The page's, for a lock and an unlock make another Outing. @type {Promise<void>} */
let turn = Promise.resolve()

export class Outing {
  /** @param {Open} open @param {Relay} relay */
  constructor(open, relay) {
    this.open = open
    this.relay = relay
    this.out = signal(/** @type {Out | null} */ (null))
  }

  async load() {
    this.out.value = (await readSetting(this.open.rows, KEY)).value ?? null
  }

  /** @param {string | null} caseId @param {number} seconds @returns {Promise<boolean>} whether somebody watches */
  async depart(caseId, seconds) {
    await this.#keep({
      tag: newId(),
      case: caseId,
      until: Date.now() + seconds * 1000,
      state: "waiting",
      incarnation: "",
    })
    await this.round()
    return this.out.peek()?.state === "watched"
  }

  /** @param {number} seconds more than now is left */
  async extend(seconds) {
    const out = this.out.peek()
    if (!out) return
    await this.#keep({ ...out, until: Math.max(out.until, Date.now()) + seconds * 1000, state: "waiting" })
    await this.round()
  }

  async back() {
    const out = this.out.peek()
    if (!out) return
    await this.#keep({ ...out, state: "ending" })
    await this.round()
  }

  /** Tell the relay what it does not know yet, one request after another: a slow one must not begin again what was ended.
   * Never throws for the network. @param {string} [incarnation] of the relay as last seen @returns {Promise<void>} */
  round(incarnation) {
    turn = turn.then(() => this.#tell(incarnation))
    return turn
  }

  /** @param {string} [incarnation] */
  async #tell(incarnation) {
    const out = this.out.peek()
    if (!out) return
    if (out.state === "watched" && (!incarnation || incarnation === out.incarnation)) return
    const seconds = out.state === "ending" ? 0 : Math.max(1, Math.ceil((out.until - Date.now()) / 1000))
    try {
      const said = await askSigned(
        this.open,
        this.relay,
        TIMER_TAG,
        { tag: out.tag, seconds },
        (body, signature) => this.relay.timer(body, signature),
      )
      if (this.out.peek() !== out) return // moved meanwhile: what came later is told by its own round
      await this.#keep(seconds === 0 ? null : { ...out, state: "watched", incarnation: said.incarnation })
    } catch {
      // No signal, or a relay that does not know timers yet: the screen says that nobody watches.
    }
  }

  /** @param {Out | null} out */
  async #keep(out) {
    this.out.value = out
    await writeSetting(this.open.rows, KEY, out)
  }
}
