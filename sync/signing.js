// ECDSA on P-256 with SHA-256, raw 64-byte signatures (SPEC 1.3).
//
// Keys are bytes here, because only sealed bytes may be stored (raw bytes of a "non-extractable" CryptoKey
// lie in the browser's profile on disk). They become CryptoKeys at the moment of use and are dropped after.

import { b64u, join, tag } from "./encoding.js"
import { SyncError } from "./errors.js"

/** @import { Bytes } from "./encoding.js" */
/** @typedef {{ public: Bytes, private: Bytes }} KeyPair  65-byte point, 32-byte scalar */

export const PUBLIC_BYTES = 65
export const PRIVATE_BYTES = 32
export const SIGNATURE_BYTES = 64

const ECDSA = { name: "ECDSA", namedCurve: "P-256" }
const ECDSA_SHA256 = { name: "ECDSA", hash: "SHA-256" }

/** @returns {Promise<KeyPair>} */
export async function generateSignKey() {
  const pair = await crypto.subtle.generateKey(ECDSA, true, ["sign", "verify"])
  return bytesOf(pair)
}

/**
 * 64 bytes `r ‖ s` over `tag ‖ digest`.
 * @param {KeyPair} key
 * @param {string} tagName
 * @param {Bytes} digest  32 bytes
 * @returns {Promise<Bytes>}
 */
export async function sign(key, tagName, digest) {
  const cryptoKey = await importPrivate(key, ECDSA, ["sign"])
  return new Uint8Array(await crypto.subtle.sign(ECDSA_SHA256, cryptoKey, message(tagName, digest)))
}

/**
 * Rejects with `bad_signature` unless `sig` is over this tag and hash by `publicKey` (`malformed` if not a point).
 * @param {Bytes} publicKey
 * @param {string} tagName
 * @param {Bytes} digest
 * @param {Bytes} sig
 */
export async function verify(publicKey, tagName, digest, sig) {
  const key = await importPublic(publicKey, ECDSA, ["verify"])
  if (sig.length !== SIGNATURE_BYTES) throw new SyncError("bad_signature")
  const good = await crypto.subtle.verify(ECDSA_SHA256, key, sig, message(tagName, digest))
  if (!good) throw new SyncError("bad_signature", tagName)
}

/**
 * Rejects with `malformed` unless this is an uncompressed point on the curve.
 * @param {Bytes} publicKey
 */
export async function checkPublic(publicKey) {
  await importPublic(publicKey, ECDSA, ["verify"])
}

/**
 * @param {Bytes} point
 * @param {{ name: string, namedCurve: string }} algorithm
 * @param {KeyUsage[]} usages
 */
export async function importPublic(point, algorithm, usages) {
  if (point.length !== PUBLIC_BYTES || point[0] !== 4) {
    throw new SyncError("malformed", "a public key is an uncompressed P-256 point")
  }
  try {
    return await crypto.subtle.importKey("raw", point, algorithm, true, usages)
  } catch {
    throw new SyncError("malformed", "a public key off the curve")
  }
}

/**
 * Through JWK: WebCrypto has no raw import of private keys, and PKCS#8 without the point fails in some browsers.
 * @param {KeyPair} key
 * @param {{ name: string, namedCurve: string }} algorithm
 * @param {KeyUsage[]} usages
 */
export async function importPrivate(key, algorithm, usages) {
  if (key.private.length !== PRIVATE_BYTES || key.public.length !== PUBLIC_BYTES) {
    throw new SyncError("malformed")
  }
  const jwk = {
    kty: "EC",
    crv: "P-256",
    d: b64u(key.private),
    x: b64u(key.public.subarray(1, 33)),
    y: b64u(key.public.subarray(33)),
  }
  try {
    return await crypto.subtle.importKey("jwk", jwk, algorithm, false, usages)
  } catch {
    throw new SyncError("malformed")
  }
}

/**
 * @param {CryptoKeyPair} pair
 * @returns {Promise<KeyPair>}
 */
export async function bytesOf(pair) {
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey))
  const jwk = await crypto.subtle.exportKey("jwk", pair.privateKey)
  return { public: point, private: scalar(jwk.d) }
}

/**
 * Some platforms leave out the leading zeros of `d`.
 * @param {string | undefined} d
 * @returns {Bytes}
 */
function scalar(d) {
  const binary = atob((d ?? "").replace(/-/g, "+").replace(/_/g, "/"))
  const bytes = new Uint8Array(PRIVATE_BYTES)
  for (let at = 0; at < binary.length; at += 1) {
    bytes[PRIVATE_BYTES - binary.length + at] = binary.charCodeAt(at)
  }
  return bytes
}

/**
 * @param {string} tagName
 * @param {Bytes} digest
 */
function message(tagName, digest) {
  if (digest.length !== 32) throw new SyncError("malformed")
  return join(tag(tagName), digest)
}
