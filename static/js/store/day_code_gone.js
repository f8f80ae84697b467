// Earlier releases let six digits open this phone for a day: the storage key lay wrapped under them, and what a browser
// once wrote to its disk nobody can be sure to erase. The wraps go, on every profile of this phone
// (docs/decisions/0011-no-day-code.md).

import { everyone } from "./profiles.js"
import { own } from "./outbox_db.js"
import { vaultDb, vaultOf } from "./vault_db.js"

const KIND = "day"
const USED = "day" // in settings: true while the worker had turned it on

/** Of every worker who has this phone, opened or not. */
export async function dropDayCodes() {
  for (const profile of await everyone()) {
    const door = profile === own ? vaultDb : vaultOf(profile)
    if ((await door.run(["wraps"], "readonly", (tx) => tx.objectStore("wraps").getKey(KIND))) !== undefined) {
      await door.run(["wraps"], "readwrite", (tx) => tx.objectStore("wraps").delete(KIND))
    }
    if (profile !== own) door.close()
  }
}

/** The worker has opened this phone with the sentence before them: it is said no more. */
export async function heardOfDayCode() {
  if ((await vaultDb.get("settings", USED)) === undefined) return
  await vaultDb.run(["settings"], "readwrite", (tx) => tx.objectStore("settings").delete(USED))
}
