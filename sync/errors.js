// One error for the whole protocol: a stable code for programs, a sentence for people who debug.

/** Why an end keeps something aside instead of applying it (SPEC 3.4-3.5, 4.2-4.3, 10). */
export const HELD_REASONS = Object.freeze([
  "unreadable",
  "unknown_body",
  "unknown_event",
  "malformed",
  "conflict",
  "fork",
  "old_run",
])

/** Why an end turns away from an enrolment (SPEC 8). These never cross the wire. */
export const ENROLMENT_CODES = Object.freeze(["bad_code", "bad_mac"])

/** Something was refused or is held. `detail` never carries contents. */
export class SyncError extends Error {
  /**
   * @param {string} code  of SPEC 7, HELD_REASONS or ENROLMENT_CODES
   * @param {string} [detail]
   * @param {string | null} [envelope]  id of the envelope it is about, where that much could be read
   */
  constructor(code, detail = "", envelope = null) {
    super(detail ? `${code}: ${detail}` : code)
    this.name = "SyncError"
    this.code = code
    this.detail = detail
    this.envelope = envelope
  }
}
