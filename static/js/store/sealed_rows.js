// Rows of the phone's databases, sealed. The name of a row is a keyed hash, so that no case id
// stands on the disk; its value is AES-256-GCM with the store and the name as additional data, so
// that a row moved to another place does not open.

import { b64u } from "../../../sync/encoding.js"
import { buffer } from "./open_db.js"

const IV = 12
const encoder = new TextEncoder()
const decoder = new TextDecoder("utf-8", { fatal: true })

export class Rows {
  /** @param {CryptoKey} sealKey @param {CryptoKey} nameKey */
  constructor(sealKey, nameKey) {
    this.sealKey = sealKey
    this.nameKey = nameKey
  }

  /** @param {Uint8Array} storageKey 32 bytes; the caller zeroes them afterwards */
  static async under(storageKey) {
    const root = await crypto.subtle.importKey("raw", buffer(storageKey), "HKDF", false, ["deriveKey"])
    const derive = (/** @type {string} */ info, /** @type {any} */ kind, /** @type {KeyUsage[]} */ uses) =>
      crypto.subtle.deriveKey(
        {
          name: "HKDF",
          hash: "SHA-256",
          salt: encoder.encode("sotto/1 storage\n"),
          info: encoder.encode(info),
        },
        root,
        kind,
        false,
        uses,
      )
    const [sealKey, nameKey] = await Promise.all([
      derive("rows", { name: "AES-GCM", length: 256 }, ["encrypt", "decrypt"]),
      derive("names", { name: "HMAC", hash: "SHA-256", length: 256 }, ["sign"]),
    ])
    return new Rows(sealKey, nameKey)
  }

  /** @param {string} store @param {string} key @returns {Promise<string>} */
  async name(store, key) {
    const mac = await crypto.subtle.sign("HMAC", this.nameKey, encoder.encode(`${store}\n${key}`))
    return b64u(new Uint8Array(mac))
  }

  /** @param {string} store @param {string} name @param {unknown} value @returns {Promise<ArrayBuffer>} */
  async seal(store, name, value) {
    const iv = crypto.getRandomValues(new Uint8Array(IV))
    const ct = await crypto.subtle.encrypt(
      { name: "AES-GCM", iv, additionalData: encoder.encode(`${store}\n${name}`) },
      this.sealKey,
      encoder.encode(JSON.stringify(value)),
    )
    const row = new Uint8Array(IV + ct.byteLength)
    row.set(iv)
    row.set(new Uint8Array(ct), IV)
    return row.buffer
  }

  /** @param {string} store @param {string} name @param {ArrayBuffer} row @returns {Promise<any>} */
  async open(store, name, row) {
    const bytes = await crypto.subtle.decrypt(
      {
        name: "AES-GCM",
        iv: new Uint8Array(row, 0, IV),
        additionalData: encoder.encode(`${store}\n${name}`),
      },
      this.sealKey,
      new Uint8Array(row, IV),
    )
    return JSON.parse(decoder.decode(bytes))
  }
}
