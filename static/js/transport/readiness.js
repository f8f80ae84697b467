// Is this phone ready for a home without signal? Names what is missing, so that it can be mended
// while there is signal.

import { lockedNumbers } from "../store/emergency_numbers.js"
import { meta } from "../store/outbox_db.js"

/** @import { Unlocked } from "../session/unlocked.js" */
/** @typedef {{ what: "documents" | "me" | "numbers" | "locked_numbers" | "checklist" | "followups" | "case" | "release" | "storage" | "lease" | "sync", key: string }} Missing */

const NEEDED_BYTES = 50 * 1_048_576

/**
 * @param {Unlocked | null} here
 * @returns {Promise<{ ok: boolean, missing: Missing[], cases: number, checkedAt: string }>}
 */
export async function readiness(here) {
  const documents = here?.documents.bodies.peek() ?? new Map()
  const paths = [...documents.keys()]
  const missing = [...(await missingDocuments(documents, paths, here)), ...(await missingAround())]
  if (here?.lease.peek().over) missing.push({ what: "lease", key: "" })
  return {
    ok: missing.length === 0,
    missing,
    cases: paths.filter((path) => path.startsWith("case/")).length,
    checkedAt: new Date().toISOString(),
  }
}

/** @param {Map<string, any>} documents @param {string[]} paths @param {Unlocked | null} here @returns {Promise<Missing[]>} */
async function missingDocuments(documents, paths, here) {
  /** @type {Missing[]} */
  const missing = []
  for (const what of /** @type {const} */ (["me", "numbers", "followups"])) {
    if (!documents.has(what)) missing.push({ what, key: what })
  }
  const dialled = documents.get("numbers")?.numbers?.some((/** @type {any} */ one) => one.tel)
  // A lock screen dials them too: there they lie a moment later.
  if (documents.has("numbers")) {
    if (!dialled) missing.push({ what: "numbers", key: "tel" })
    else if ((await lockedNumbers()).length === 0) missing.push({ what: "locked_numbers", key: "" })
  }
  if (!paths.some((path) => path.startsWith("checklist/"))) missing.push({ what: "checklist", key: "" })
  // The office names the cases of this worker; each must be here, whole.
  for (const id of documents.get("me")?.cases ?? []) {
    if (!documents.has(`case/${id}`)) missing.push({ what: "case", key: id })
  }
  if (here && here.documents.staged.size > 0) missing.push({ what: "documents", key: "snapshot" })
  return missing
}

/** @returns {Promise<Missing[]>} */
async function missingAround() {
  /** @type {Missing[]} */
  const missing = []
  const release = /** @type {any} */ (await meta("release"))
  if (!release || release.begun || !(await caches.has(`sotto-release-${release.version}`)))
    missing.push({ what: "release", key: "" })
  const { usage = 0, quota = Infinity } = (await navigator.storage?.estimate?.().catch(() => undefined)) ?? {}
  if (quota - usage < NEEDED_BYTES)
    missing.push({ what: "storage", key: String(Math.round((quota - usage) / 1_048_576)) })
  return missing
}
