// What `session.js` needs once a code is typed or the phone is opened; it loads this late, and all at once.

export { takeUpCrises } from "./crisis.js"
export { meet, settleIn } from "./road/enrol.js"
export { inventory } from "./road/inventory.js"
export { Outing } from "./road/outing.js"
export * as pushes from "./road/notifications.js"
export { readiness } from "./road/readiness.js"
export { syncRound } from "./road/sync.js"
export { knowOwnKey } from "./store/crisis_rows.js"
export { openKeys } from "./store/keys.js"
export { newPassphrase } from "./store/passphrase.js"
export { Unlocked } from "./store/unlocked.js"
export { addWay, openVault } from "./store/vault.js"
