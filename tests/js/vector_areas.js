// What the JavaScript twin answers to a case of sync/vectors/: "accept" or a code.
//
// Runs in Node and in a browser alike, so it needs neither. `tests/sync/vector_runner.py` is its twin.

import { openBlob } from "../../sync/blob_sealing.js"
import * as chain from "../../sync/chain.js"
import { b64u, blobId, isDate, isTime, nameOf, parseInt15, unb64u, utf8 } from "../../sync/encoding.js"
import * as enrolment from "../../sync/enrolment.js"
import { makeBatch, parseBatch, verifyEnvelope } from "../../sync/envelope.js"
import * as conditions from "../../sync/conditions.js"
import { SyncError } from "../../sync/errors.js"
import { checkBody, checkEvent } from "../../sync/events.js"
import { fold, wordsOf } from "../../sync/folding.js"
import { headerBytes, parseHeader } from "../../sync/header.js"
import { pack, paddedSize, unpack } from "../../sync/plaintext.js"
import { readRoster } from "../../sync/roster.js"
import { openSealed } from "../../sync/sealing.js"
import { verify } from "../../sync/signing.js"
import { readJson, writeJson } from "../../sync/strict_json.js"
import { readOrder } from "../../sync/wipe.js"
import {
  deskTag,
  frameAnswer,
  parseAnswer,
  readReceipt,
  readRequest,
  readStatement,
} from "../../sync/wire.js"

/** Each also checks what the case says must come out. @type {Record<string, (c: any) => unknown>} */
export const AREAS = {
  b64u(c) {
    const bytes = unb64u(c.text)
    equal(hex(bytes), c.hex)
    equal(b64u(bytes), c.text)
  },
  int: (c) => equal(parseInt15(c.text), c.value),
  date: (c) => refuseUnless(isDate(c.value)),
  time: (c) => refuseUnless(isTime(c.value)),
  condition(c) {
    conditions.parse(c.text)
    const held = { id: "held", parts: ["t"], when: c.text }
    equal(conditions.asked([...c.items, held], c.answers).includes("held"), c.holds)
  },
  asked(c) {
    equal(conditions.asked(c.items, c.answers), c.asked)
    equal(conditions.required(c.items, c.answers), c.required)
  },
  fold(c) {
    equal(fold(c.text), c.folded)
    equal(wordsOf(c.text), c.words)
  },
  json(c) {
    const value = readJson(unb64u(c.bytes))
    equal(readJson(writeJson(value)), value)
  },
  name: async (c) => equal(await nameOf(unb64u(c.public)), c.is_name),
  header(c) {
    const bytes = utf8(c.text)
    const header = parseHeader(bytes)
    equal(headerBytes(header), bytes)
    equal(header, c.header)
  },
  signature: (c) => verify(unb64u(c.public), c.tag, unb64u(c.digest), unb64u(c.sig)),
  async envelope(c) {
    const envelope = await verified(c)
    equal(envelope.id, c.id)
    equal(b64u(makeBatch([envelope])), c.frame)
  },
  async opening(c) {
    const envelope = await verified(c)
    const key = { private: unb64u(c.seal_private), public: unb64u(c.seal_public) }
    equal(await unpack(await openSealed(key, envelope.headerBytes, envelope.sealed)), c.body)
  },
  async batch(c) {
    const found = await parseBatch(unb64u(c.batch))
    equal(
      found.map((one) => (one instanceof SyncError ? one.code : one.id)),
      c.ids,
    )
    equal(
      true,
      found.every((one) => !(one instanceof SyncError) || one.envelope),
    )
  },
  padding: (c) => equal(paddedSize(c.size), c.padded),
  async plaintext(c) {
    const body = await unpack(unb64u(c.plain))
    if (c.body === undefined) equal(writeJson(body).length, c.body_bytes)
    else equal(body, c.body)
    equal(await unpack(await pack(body)), body)
  },
  judge(c) {
    const { id, ...header } = c.envelope
    equal(chain.judge(c.position, { id, header }, c.known && new Set(c.known)), c.says)
  },
  takes: (c) => equal(chain.takes(c.position, c.run, c.n), c.says),
  after_receipt({ chain: told, receipt, says, forgets }) {
    const kept = new Map(Object.entries(told.kept).map(([n, id]) => [Number(n), id]))
    const up = { ...told, kept }
    equal(chain.afterReceipt(up, receipt.held), says)
    equal(chain.mayForget(up, receipt.held, receipt.safe), forgets)
  },
  send_again(c) {
    const sent = c.sent.map(([run, n]) => ({ run, n }))
    const again = chain.toSendAgain(sent, c.held, c.box)
    equal(
      again.map(({ run, n }) => [run, n]),
      c.again,
    )
  },
  next_run: (c) => equal(chain.nextRun(c.now, c.highest), c.run),
  async roster(c) {
    const roster = await readRoster(unb64u(c.bytes), unb64u(c.sig), c.office)
    equal(roster.serial, c.serial)
    equal(
      roster.devices.map(({ id }) => id),
      c.devices,
    )
    equal(
      roster.devices.map(({ up }) => [up.run, up.n, up.id]),
      c.up,
    )
  },
  async statement(c) {
    const body = await readRequest(unb64u(c.body), c.signature, c.tag, unb64u(c.public))
    equal(readStatement(body), c.statement)
  },
  async desk_request(c) {
    const body = await readRequest(unb64u(c.body), c.signature, deskTag(c.verb), unb64u(c.public))
    equal(body, c.says)
  },
  receipt: (c) => equal(readReceipt(c.receipt), c.receipt),
  answer(c) {
    const { body, batch } = parseAnswer(unb64u(c.answer))
    equal([body, b64u(batch)], [c.body, c.batch])
    equal(b64u(frameAnswer(body, batch)), c.answer)
  },
  async wipe(c) {
    const order = await readOrder(unb64u(c.bytes), unb64u(c.sig), unb64u(c.office_public), c.office, c.device)
    equal(order.serial, c.serial)
  },
  async blob(c) {
    const sealed = unb64u(c.sealed)
    equal(b64u(await openBlob(unb64u(c.key), sealed)), c.photo)
    equal(await blobId(sealed), c.id)
  },
  code: (c) => equal(enrolment.readCode(c.text), c.code),
  async derive(c) {
    const { slot, phoneKey, deskKey } = await enrolment.derive(c.code)
    equal([slot, b64u(phoneKey), b64u(deskKey)], [c.slot, c.phone_key, c.desk_key])
  },
  async p1(c) {
    const newcomer = await enrolment.readP1(unb64u(c.phone_key), c.posted)
    equal([newcomer.device, b64u(newcomer.seal)], [c.device, c.seal])
  },
  async p2(c) {
    const welcome = await enrolment.readP2(unb64u(c.desk_key), c.posted, unb64u(c.p1), c.device)
    equal([welcome.office, b64u(welcome.seal), welcome.time], [c.office, c.seal, c.time])
  },
  async words(c) {
    const [p1, p2] = [unb64u(c.p1), unb64u(c.p2)]
    equal(await enrolment.wordIndices(p1, p2), c.indices)
    const found = await enrolment.twoWords(p1, p2, c.lists)
    equal(
      found.map(({ ja, en }) => [ja, en]),
      c.words,
    )
  },
  event: (c) => checkEvent(c.event),
  body: (c) => checkBody(c.type, c.v, c.body, c.at),
}

/**
 * "accept" or a code. An expected value that differs is an error of another kind.
 * @param {any} c
 */
export async function answer(c) {
  try {
    await AREAS[c.area](c)
    return "accept"
  } catch (error) {
    if (error instanceof SyncError) return error.code
    throw error
  }
}

/** @param {any} c */
async function verified(c) {
  const [envelope] = await parseBatch(unb64u(c.frame))
  if (envelope instanceof SyncError) throw envelope
  await verifyEnvelope(envelope, unb64u(c.public))
  return envelope
}

/** @param {boolean} good */
function refuseUnless(good) {
  if (!good) throw new SyncError("malformed")
}

/** @param {Uint8Array} bytes */
function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
}

/**
 * Equal as JSON, members in any order.
 * @param {unknown} found
 * @param {unknown} wanted
 */
function equal(found, wanted) {
  const [a, b] = [ordered(found), ordered(wanted)]
  if (a !== b) throw new Error(`found ${a.slice(0, 300)}, wanted ${b.slice(0, 300)}`)
}

/** @param {unknown} value */
function ordered(value) {
  const sorted = (/** @type {string} */ _name, /** @type {any} */ inner) => {
    if (inner instanceof Uint8Array) return b64u(inner)
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner
    return Object.fromEntries(Object.entries(inner).sort(([x], [y]) => (x < y ? -1 : 1)))
  }
  return JSON.stringify(value, sorted) ?? "undefined"
}
