// A photo, sealed under a key used once (SPEC 6.6).

import { blobId, tag } from "./encoding.js"
import { SyncError } from "./errors.js"
import { MAX_BLOB_BYTES } from "./limits.js"

/** @import { Bytes } from "./encoding.js" */

const KEY_BYTES = 32
const TAG_BYTES = 16
// The key seals one blob and no other, so the nonce may stand still.
const PARAMETERS = { name: "AES-GCM", iv: new Uint8Array(12), additionalData: tag("blob") }

/**
 * Key and media type travel in the event; id and size in the header.
 * @param {Bytes} photo
 * @returns {Promise<{ id: string, key: Bytes, sealed: Bytes }>}
 */
export async function sealBlob(photo) {
  if (photo.length + TAG_BYTES > MAX_BLOB_BYTES) throw new SyncError("too_big", "photo too large")
  const key = crypto.getRandomValues(new Uint8Array(KEY_BYTES))
  const aes = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt"])
  const sealed = new Uint8Array(await crypto.subtle.encrypt(PARAMETERS, aes, photo))
  return { id: await blobId(sealed), key, sealed }
}

/**
 * The photo, or `unreadable`.
 * @param {Bytes} key
 * @param {Bytes} sealed
 * @returns {Promise<Bytes>}
 */
export async function openBlob(key, sealed) {
  if (key.length !== KEY_BYTES || sealed.length < TAG_BYTES) {
    throw new SyncError("unreadable", "not a sealed photo")
  }
  const aes = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["decrypt"])
  try {
    return new Uint8Array(await crypto.subtle.decrypt(PARAMETERS, aes, sealed))
  } catch {
    throw new SyncError("unreadable", "photo does not open with this key")
  }
}
