// HPKE, RFC 9180 base mode, single shot: P-256, HKDF-SHA256, AES-256-GCM (SPEC 1.4).
//
// `info` is the exact header, so sealed bytes moved under another header do not open. Base mode says nothing of
// the sender: the envelope's signature does.

import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from "../static/vendor/hpke.js"
import { join } from "./encoding.js"
import { SyncError } from "./errors.js"
import { bytesOf, importPrivate, importPublic } from "./signing.js"

/** @import { Bytes } from "./encoding.js" */
/** @import { KeyPair } from "./signing.js" */

const ECDH = { name: "ECDH", namedCurve: "P-256" }
const ENC_BYTES = 65
const OVERHEAD = ENC_BYTES + 16

const suite = new CipherSuite({
  kem: new DhkemP256HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
})

/** @returns {Promise<KeyPair>} */
export async function generateSealKey() {
  const pair = await crypto.subtle.generateKey(ECDH, true, ["deriveBits"])
  return bytesOf(pair)
}

/**
 * `enc (65) ‖ ct` for the holder of `publicKey`, bound to the header.
 * @param {Bytes} publicKey
 * @param {Bytes} headerBytes
 * @param {Bytes} plain
 * @returns {Promise<Bytes>}
 */
export async function seal(publicKey, headerBytes, plain) {
  const recipientPublicKey = await importPublic(publicKey, ECDH, [])
  const { enc, ct } = await suite.seal({ recipientPublicKey, info: headerBytes }, plain)
  return join(new Uint8Array(enc), new Uint8Array(ct))
}

/**
 * The plaintext, or `unreadable`: another key, another header, or a changed byte.
 * @param {KeyPair} sealKey
 * @param {Bytes} headerBytes
 * @param {Bytes} sealed
 * @returns {Promise<Bytes>}
 */
export async function openSealed(sealKey, headerBytes, sealed) {
  if (sealed.length < OVERHEAD) throw new SyncError("unreadable", "too short to be sealed")
  const recipientKey = {
    privateKey: await importPrivate(sealKey, ECDH, ["deriveBits"]),
    publicKey: await importPublic(sealKey.public, ECDH, []),
  }
  const enc = sealed.slice(0, ENC_BYTES)
  try {
    return new Uint8Array(await suite.open({ recipientKey, enc, info: headerBytes }, sealed.slice(ENC_BYTES)))
  } catch {
    throw new SyncError("unreadable", "does not open with this key under this header")
  }
}
