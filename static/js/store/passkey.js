// A passkey of this phone whose PRF gives a secret for the storage key. Works without a network.
//
// The credential never leaves this file: with its extension results it would carry the secret out.

import { SyncError } from "../../../sync/errors.js"

const ES256 = -7
const RS256 = -257

/** @typedef {{ credential: ArrayBuffer, salt: ArrayBuffer }} PasskeyRow */

/** @returns {boolean} whether it is worth offering */
export function passkeysThere() {
  return typeof PublicKeyCredential === "function" && !!navigator.credentials?.create
}

/**
 * Make a passkey and evaluate its PRF twice: an authenticator that gives two answers would lock
 * the worker out for good.
 * @returns {Promise<{ row: PasskeyRow, secret: Uint8Array }>} the caller zeroes the secret
 */
export async function makePasskey() {
  if (!passkeysThere()) throw new SyncError("passkey_unsupported", "this browser has no passkeys")
  const credential = /** @type {PublicKeyCredential | null} */ (
    await asked(() =>
      navigator.credentials.create({
        publicKey: {
          challenge: random(32),
          rp: { name: "Sotto" },
          // Neutral: this name may be shown by the phone's password list.
          user: { id: random(16), name: "Sotto", displayName: "Sotto" },
          pubKeyCredParams: [
            { type: "public-key", alg: ES256 },
            { type: "public-key", alg: RS256 },
          ],
          authenticatorSelection: {
            authenticatorAttachment: "platform",
            residentKey: "preferred",
            userVerification: "required",
          },
          extensions: { prf: {} },
        },
      }),
    )
  )
  if (!credential?.getClientExtensionResults().prf?.enabled) {
    throw new SyncError("passkey_unsupported", "this phone's passkeys give no secret")
  }
  const row = { credential: credential.rawId, salt: random(32).buffer }
  const secret = await passkeySecret(row)
  const again = await passkeySecret(row)
  const same = secret.length === again.length && secret.every((byte, i) => byte === again[i])
  again.fill(0)
  if (!same) throw new SyncError("passkey_unsupported", "the passkey gave two different secrets")
  return { row, secret }
}

/** @param {PasskeyRow} row @returns {Promise<Uint8Array>} 32 bytes; the caller zeroes them */
export async function passkeySecret({ credential, salt }) {
  const found = /** @type {PublicKeyCredential | null} */ (
    await asked(() =>
      navigator.credentials.get({
        publicKey: {
          challenge: random(32),
          allowCredentials: [{ type: "public-key", id: credential }],
          userVerification: "required",
          extensions: { prf: { eval: { first: salt } } },
        },
      }),
    )
  )
  const first = found?.getClientExtensionResults().prf?.results?.first
  if (!first) throw new SyncError("passkey_unsupported", "the passkey gave no secret")
  return new Uint8Array(/** @type {ArrayBuffer} */ (first))
}

/** @template T @param {() => Promise<T>} ask @returns {Promise<T>} */
async function asked(ask) {
  try {
    return await ask()
  } catch (/** @type {any} */ error) {
    if (error?.name === "NotAllowedError" || error?.name === "AbortError") {
      throw new SyncError("passkey_declined", "the passkey was not used")
    }
    throw new SyncError("passkey_unsupported", String(error?.name ?? ""))
  }
}

/** @param {number} length */
const random = (length) => crypto.getRandomValues(new Uint8Array(length))
