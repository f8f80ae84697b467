// A request the relay takes once: signed over a nonce it gave (SPEC 6.5). A used one is asked again once, with the fresh
// nonce of the refusal.

import { signRequest } from "../../../sync/wire.js"

/** @import { Open } from "../store/keys.js" */
/** @import { Relay } from "./relay.js" */

/**
 * @template T
 * @param {Open} open @param {Relay} relay @param {string} tag @param {object} told
 * @param {(body: Uint8Array, signature: string) => Promise<T>} send
 * @returns {Promise<T>}
 */
export async function askSigned(open, relay, tag, told, send) {
  const { office, device } = open.identity
  let { nonce } = await relay.nonce({ office, device })
  for (let attempt = 0; ; attempt++) {
    const { body, signature } = await signRequest(open.sign, tag, { office, device, nonce, ...told })
    try {
      return await send(body, signature)
    } catch (/** @type {any} */ error) {
      if (error?.code !== "bad_nonce" || attempt > 0 || typeof error.answer?.nonce !== "string") throw error
      nonce = error.answer.nonce
    }
  }
}
