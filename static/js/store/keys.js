// What an unlocked phone holds in memory. The private keys are zeroed when it locks.

import { START } from "../../../sync/chain.js"
import { unb64u } from "../../../sync/encoding.js"

/** @import { Rows } from "./sealed_rows.js" */
/** @import { DeviceKeys } from "./vault.js" */
/** @import { Bytes } from "../../../sync/encoding.js" */
/** @import { KeyPair } from "../../../sync/signing.js" */
/** @import { Position } from "../../../sync/chain.js" */
/** @import { Head, Identity } from "./outbox_db.js" */

/**
 * @typedef {object} Open
 * @property {Rows} rows
 * @property {Identity} identity
 * @property {KeyPair} sign for envelopes and requests
 * @property {KeyPair} seal opens what the office sends
 * @property {{ id: string, bytes: Bytes }[]} officeSeal current first
 * @property {Bytes} officeSign pinned at enrolment
 * @property {Position} seen last accepted from the office, as far as this page knows
 * @property {Head | null} head of our own chain, as far as this page knows; the commit decides
 */

/** @param {Rows} rows @param {DeviceKeys} keys @param {Identity} identity @returns {Open} */
export function openKeys(rows, keys, identity) {
  return {
    rows,
    identity,
    sign: { private: unb64u(keys.sign, 32), public: unb64u(keys.signPublic, 65) },
    seal: { private: unb64u(keys.seal, 32), public: unb64u(keys.sealPublic, 65) },
    officeSeal: keys.officeSeal.map(({ id, key }) => ({ id, bytes: unb64u(key, 65) })),
    officeSign: new Uint8Array(identity.officeSign),
    seen: START,
    head: null,
  }
}

/** @param {Open} open */
export function closeKeys(open) {
  open.sign.private.fill(0)
  open.seal.private.fill(0)
}
