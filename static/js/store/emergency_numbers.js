// Emergency numbers, readable while the phone is locked: a life is worth more than a telephone list.
// In the clear stand only kind and number, never whose they are.

import { vaultDb } from "./vault_db.js"

/** @typedef {{ id: string, label: {ja: string, en: string}, tel: string, kind: string }} OfficeNumber */

/** @param {OfficeNumber[]} numbers */
export async function keepNumbers(numbers) {
  const bare = numbers
    .filter(({ tel }) => tel)
    .map(({ kind, tel }) => ({ kind: String(kind), tel: String(tel) }))
  const before = await vaultDb.get("settings", "numbers")
  if (JSON.stringify(before) !== JSON.stringify(bare)) await vaultDb.put("settings", bare, "numbers")
}

/** @returns {Promise<OfficeNumber[]>} without labels; the screen names them by their kind */
export async function lockedNumbers() {
  const bare = /** @type {{ kind: string, tel: string }[] | undefined} */ (
    await vaultDb.get("settings", "numbers")
  )
  return (bare ?? []).map(({ kind, tel }, i) => ({
    id: `${kind}-${i}`,
    kind,
    tel,
    label: { ja: "", en: "" },
  }))
}
