// Several workers on one phone. A page is one worker's for as long as it lives: whose turn it is next is noted, the
// phone is locked, and the page begins anew.

import { signal } from "../../vendor/preact.js"
import { serveAll } from "../road/everyone.js"
import { own, choose } from "../store/profile.js"
import { begun, everyone, setMark, sharers } from "../store/profiles.js"
import { relay } from "./here.js"
import { lock } from "./lock.js"

export { own } from "../store/profile.js"

/** Who has moved in on this phone: `{profile, mark, unsent}`. */
export const sharing = signal(/** @type {import("../store/profiles.js").Sharer[]} */ ([]))

export async function lookWhoShares() {
  sharing.value = await sharers()
}

/** @param {string} profile */
export async function handTo(profile) {
  await lock()
  choose(profile)
  history.replaceState(null, "", location.pathname)
  location.reload()
}

/** Somebody who is not on this phone yet joins with a code of their own. */
export const makeRoom = async () => handTo(await begun())

/** What stands on the lock screen for this worker. @param {string} mark */
export async function keepMark(mark) {
  await setMark(own, mark)
  await lookWhoShares()
}

/** What the others have written goes too, and an order to erase them is heard. */
export async function serveOthers() {
  const others = (await everyone()).filter((profile) => profile !== own)
  if (others.length === 0) return
  await serveAll(relay, others)
  await lookWhoShares()
}
