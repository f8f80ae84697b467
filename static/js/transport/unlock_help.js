// A worker who cannot open this phone is let in by the office under a fresh code (SPEC 8.6). Nothing on the phone
// changes before the key is back: drafts, records and what waits to be sent stay as they are.

import { b64u, nameOf, unb64u } from "../../../sync/encoding.js"
import { derive, makeP1, readCode, readP2, twoWords } from "../../../sync/enrolment.js"
import { SyncError } from "../../../sync/errors.js"
import { readNote, secondSlot } from "../../../sync/let_in.js"
import { generateSealKey } from "../../../sync/sealing.js"
import { generateSignKey } from "../../../sync/signing.js"
import { identity } from "../store/outbox_db.js"
import { wordLists } from "../store/passphrase.js"
import { officeWrap } from "../store/vault.js"
import { CODE_LIVES, answered, welcomeOf } from "./enrol.js"

/** @import { Bytes } from "../../../sync/encoding.js" */
/** @import { Relay } from "./relay.js" */

/**
 * @param {string} typed the code as the worker typed it @param {Relay} relay
 * @returns {Promise<{ words: {ja: string, en: string}[], key: Promise<Bytes> }>} `key`: the storage key, once the
 *   supervisor has pressed *same*
 * @throws {SyncError} bad_code, code_used, code_expired, not_found, no_signal, bad_mac, unknown_office, not_enrolled
 */
export async function askIn(typed, relay) {
  const secrets = await derive(readCode(typed))
  const [who, wrap] = await Promise.all([identity(), officeWrap()])
  if (!who || !wrap) throw new SyncError("not_enrolled", "this phone has nothing the office could open")
  const [sign, seal] = await Promise.all([generateSignKey(), generateSealKey()])
  const p1 = await makeP1(secrets.phoneKey, sign, seal.public, undefined, {
    device: who.device,
    wrap: b64u(wrap),
  })
  const bytes = unb64u(p1.bytes)
  await relay.postP1(secrets.slot, p1)
  const until = Date.now() + CODE_LIVES
  const answer = await answered(until, () => welcomeOf(relay, secrets.slot), new Set(["not_ready"]))
  const welcome = await readP2(secrets.deskKey, answer, bytes, await nameOf(sign.public))
  if (welcome.office !== who.office) throw new SyncError("unknown_office", "a code of another office")
  const slot = await secondSlot(secrets.slot)
  await relay.postP1(slot, p1)
  const words = await twoWords(bytes, welcome.bytes, await wordLists())
  return { words, key: handedOver() }

  /** The supervisor pressed *same*: the key is there. Or *differ*: the first slot is closed. */
  async function handedOver() {
    const note = await answered(
      until,
      async () => {
        const { p2 } = await relay.p2(slot)
        if (p2) return p2
        await relay.p2(secrets.slot).catch((/** @type {any} */ error) => {
          throw error.code === "code_used"
            ? new SyncError("office_differs", "the office has closed this code")
            : error
        })
        throw new SyncError("not_ready", "the office has not said *same* yet")
      },
      new Set(["not_ready"]),
    )
    return readNote(
      seal,
      new Uint8Array(/** @type {any} */ (who).officeSign),
      note,
      /** @type {any} */ (who).device,
      bytes,
    )
  }
}
