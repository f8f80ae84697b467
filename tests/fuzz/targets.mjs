// The JavaScript twins of `targets.py`: reads a JSON list of cases from the standard input, prints what was said to each.

import { openBlob } from "../../sync/blob_sealing.js"
import { b64u, unb64u } from "../../sync/encoding.js"
import * as enrolment from "../../sync/enrolment.js"
import { parseBatch } from "../../sync/envelope.js"
import { SyncError } from "../../sync/errors.js"
import { checkBody, checkEvent } from "../../sync/events.js"
import { headerBytes, parseHeader } from "../../sync/header.js"
import { unpack } from "../../sync/plaintext.js"
import { readRoster } from "../../sync/roster.js"
import { readJson } from "../../sync/strict_json.js"
import { readOrder } from "../../sync/wipe.js"
import { PULL_TAG, parseAnswer, readReceipt, readRequest, readStatement } from "../../sync/wire.js"

const TARGETS = {
  header(bytes) {
    const h = parseHeader(bytes)
    if (b64u(headerBytes(h)) !== b64u(bytes)) throw new Error("parse then print is not the same")
    return [h.from, h.to, h.key, h.run, h.n, h.prev, h.seen, h.blobs]
  },
  batch: async (bytes) => (await parseBatch(bytes)).map((one) => (one instanceof SyncError ? [one.envelope, one.code] : one.id)),
  plaintext: (bytes) => unpack(bytes),
  json: (bytes) => readJson(bytes),
  answer(bytes) {
    const { body, batch } = parseAnswer(bytes)
    return [body, batch]
  },
  statement: (bytes) => readStatement(readJson(bytes)),
  receipt: (bytes) => readReceipt(readJson(bytes)),
  request: (bytes, c) => readRequest(bytes, c.sig, PULL_TAG, unb64u(c.public)),
  async roster(bytes, c) {
    const { serial, time, devices } = await readRoster(bytes, unb64u(c.sig), c.name)
    return [serial, time, devices.map(({ id }) => id), devices.map(({ status }) => status)]
  },
  async wipe(bytes, c) {
    const { serial, time } = await readOrder(bytes, unb64u(c.sig), unb64u(c.public), c.name, c.name)
    return [serial, time]
  },
  async p1(bytes, { bytes: posted, sig, mac, key }) {
    const { device, sign, seal } = await enrolment.readP1(unb64u(key), { bytes: posted, sig, mac })
    return [device, sign, seal]
  },
  async p2(bytes, { bytes: posted, mac, key, name }) {
    const { office, seal, time } = await enrolment.readP2(unb64u(key), { bytes: posted, mac }, unb64u(key), name)
    return [office, seal, time]
  },
  code: (bytes) => enrolment.readCode(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes)),
  blob: (bytes) => openBlob(Uint8Array.from({ length: 32 }, (_, i) => i + 1), bytes),
  event(bytes) {
    const event = readJson(bytes)
    checkEvent(event)
    checkBody(event.type, event.v, event.body, event.at)
    return event.id
  },
}

async function answer(c) {
  try {
    return `accept ${canonical(await TARGETS[c.target](unb64u(c.bytes), c))}`
  } catch (error) {
    return error instanceof SyncError ? error.code : `FAULT ${error}`
  }
}

/** Members in the order of UTF-16, whatever order an object keeps names like "48" in. */
function canonical(value) {
  if (value instanceof Uint8Array) return canonical(b64u(value))
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`
  if (typeof value !== "object" || value === null) return inAscii(JSON.stringify(value))
  return `{${Object.keys(value).sort().map((key) => `${inAscii(JSON.stringify(key))}:${canonical(value[key])}`).join(",")}}`
}

const inAscii = (text) => text.replace(/[\u007f-\uffff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`)

const parts = []
for await (const part of process.stdin) parts.push(part)
const answers = []
for (const one of JSON.parse(Buffer.concat(parts).toString("utf8"))) answers.push(await answer(one))
process.stdout.write(JSON.stringify(answers))
