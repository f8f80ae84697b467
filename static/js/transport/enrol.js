// How a phone joins an office (SPEC 8). Keys are made here and live in memory until the worker has
// chosen how to unlock; a phone that dies before that starts again with a new code, and no half of an
// enrolment is left behind.

import { b64u, nameOf, unb64u } from "../../../sync/encoding.js"
import { derive, makeP1, readCode, readP2, twoWords } from "../../../sync/enrolment.js"
import { SyncError } from "../../../sync/errors.js"
import { generateSealKey } from "../../../sync/sealing.js"
import { generateSignKey } from "../../../sync/signing.js"
import { PULL_TAG, signRequest } from "../../../sync/wire.js"
import { buffer } from "../store/open_db.js"
import { outbox } from "../store/outbox_db.js"
import { wordLists } from "../store/passphrase.js"
import { createVault } from "../store/vault.js"
import { nextRun } from "../../../sync/chain.js"

/** @import { Relay } from "./relay.js" */
/** @import { Rows } from "../store/sealed_rows.js" */
/** @import { How, DeviceKeys } from "../store/vault.js" */

const ASK_EVERY = 1_500
export const CODE_LIVES = 600_000

/** @import { Bytes } from "../../../sync/encoding.js" */
/** @import { KeyPair } from "../../../sync/signing.js" */
/** @typedef {{ sign: KeyPair, seal: KeyPair, device: string, office: string, officeSign: Bytes, officeSeal: Bytes }} Newcomer */

/** What this phone answered to a code. Signal may go just after: another answer would be taken for another phone's.
 * @type {{ slot: string, sign: KeyPair, seal: KeyPair, p1: { bytes: string, sig: string, mac: string } } | null} */
let answering = null

/**
 * @param {string} typed the code as the worker typed it
 * @param {Relay} relay
 * @returns {Promise<{ words: {ja: string, en: string}[], confirmed: Promise<void>, newcomer: Newcomer }>}
 * @throws {SyncError} bad_code (nothing was asked of the relay), code_used, code_expired, not_found, no_signal, bad_mac
 */
export async function meet(typed, relay) {
  const secrets = await derive(readCode(typed))
  if (answering?.slot !== secrets.slot) answering = await newAnswer(secrets)
  const { sign, seal, p1 } = answering
  const bytes = unb64u(p1.bytes)
  await relay.postP1(secrets.slot, p1)
  const until = Date.now() + CODE_LIVES
  const answer = await answered(until, () => welcomeOf(relay, secrets.slot), new Set(["not_ready"]))
  const device = await nameOf(sign.public)
  const welcome = await readP2(secrets.deskKey, answer, bytes, device)
  const newcomer = {
    sign,
    seal,
    device,
    office: welcome.office,
    officeSign: welcome.sign,
    officeSeal: welcome.seal,
  }
  const words = await twoWords(bytes, welcome.bytes, await wordLists())
  return { words, newcomer, confirmed: confirmed(newcomer, secrets.slot, relay, until) }
}

/** @param {{ slot: string, phoneKey: Bytes }} secrets */
async function newAnswer({ slot, phoneKey }) {
  const sign = await generateSignKey()
  const seal = await generateSealKey()
  return { slot, sign, seal, p1: await makeP1(phoneKey, sign, seal.public) }
}

/** The supervisor pressed *same*: the device stands in the roster, so a signed pull is answered. Or *differ*: the slot is closed.
 * @param {Newcomer} newcomer @param {string} slot @param {Relay} relay @param {number} until */
async function confirmed(newcomer, slot, relay, until) {
  const { office, device, sign } = newcomer
  await answered(
    until,
    async () => {
      await takenIn(relay, slot)
      const { nonce, incarnation } = await relay.nonce({ office, device })
      const { body, signature } = await signRequest(sign, PULL_TAG, {
        office,
        device,
        nonce,
        cursor: { incarnation, number: 0 },
        follow: { run: 0, n: 0, id: "-" },
        highest: 0,
        gap: false,
        unsent: 0,
        app: "",
      })
      await relay.pull(body, signature)
    },
    new Set(["unknown_device", "not_ready"]),
  )
}

/**
 * Keep the new identity. What the service worker needs comes first; the wraps make it an enrolled
 * phone, in one transaction.
 * @param {Newcomer} newcomer @param {How} how @param {Relay} relay
 * @returns {Promise<{ rows: Rows, keys: DeviceKeys }>}
 */
export async function settleIn({ sign, seal, device, office, officeSign, officeSeal }, how, relay) {
  await outbox.run(["chain", "meta", "events"], "readwrite", async (tx) => {
    tx.objectStore("events").clear() // of an earlier device: sealed under a key that is gone
    tx.objectStore("chain").clear()
    tx.objectStore("chain").put(
      { run: nextRun(Math.floor(Date.now() / 1000), 0), n: 0, id: "-", order: 0 },
      "up",
    )
    tx.objectStore("meta").delete("wiped")
    tx.objectStore("meta").delete("tries")
    await tx
      .objectStore("meta")
      .put({ office, device, officeSign: buffer(officeSign), relay: relay.origin }, "identity")
  })
  /** @type {DeviceKeys} */
  const keys = {
    sign: b64u(sign.private),
    seal: b64u(seal.private),
    signPublic: b64u(sign.public),
    sealPublic: b64u(seal.public),
    officeSeal: [{ id: await nameOf(officeSeal), key: b64u(officeSeal) }],
  }
  const rows = await createVault(how, keys, { device, officeSeal })
  answering = null
  sign.private.fill(0)
  seal.private.fill(0)
  return { rows, keys }
}

/** @param {Relay} relay @param {string} slot */
async function takenIn(relay, slot) {
  const { known } = await relay.p2(slot).catch((/** @type {any} */ error) => {
    throw error.code === "code_used"
      ? new SyncError("office_differs", "the office has closed this code")
      : error
  })
  if (!known) throw new SyncError("not_ready", "the office has not taken this phone in yet")
}

/** @param {Relay} relay @param {string} slot */
export async function welcomeOf(relay, slot) {
  const { p2 } = await relay.p2(slot)
  if (!p2) throw new SyncError("not_ready", "the office has not answered yet")
  return p2
}

/**
 * Ask until there is an answer or the code's time is over. Lost signal in between is waited out.
 * @template T @param {number} until @param {() => Promise<T>} ask @param {Set<string>} notYet
 * @returns {Promise<T>}
 */
export async function answered(until, ask, notYet) {
  for (;;) {
    try {
      return await ask()
    } catch (/** @type {any} */ error) {
      const away = ["no_signal", "unavailable"].includes(error?.code)
      if (!away && !notYet.has(error?.code)) throw error
      if (Date.now() > until)
        throw away ? error : new SyncError("code_expired", "the code's ten minutes are over")
    }
    await new Promise((done) => setTimeout(done, ASK_EVERY))
  }
}
