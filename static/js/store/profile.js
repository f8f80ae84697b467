// Several workers may share one phone: each has a profile, two databases of its own, sealed under a key of its own.
// The first worker's databases bear the names they always had. A page belongs to one profile for as long as it
// lives; another is chosen by loading the page anew, so that nothing of two people is ever in memory together.
//
// Loaded by the page and by the service worker (which goes through all of them): no DOM.

export const FIRST = ""
const KEPT = "sotto-profile"
const page = /** @type {any} */ (globalThis)

/** @param {string} database @param {string} profile */
export const nameIn = (database, profile) => (profile === FIRST ? database : `${database}.${profile}`)

/** Whose page this is: chosen in this tab, or last on this phone. In the worker: the first. */
export const own = chosen()

function chosen() {
  try {
    return page.sessionStorage?.getItem(KEPT) ?? page.localStorage?.getItem(KEPT) ?? FIRST
  } catch {
    return FIRST // storage is forbidden here: the databases are as well
  }
}

/** From the next load on. @param {string} profile */
export function choose(profile) {
  page.sessionStorage.setItem(KEPT, profile)
  page.localStorage.setItem(KEPT, profile)
}
