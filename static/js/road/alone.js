// One at a time: a push runs in one place only, of all tabs and the service worker. Where Web Locks
// are missing it runs one at a time in each place; the protocol bears two at once (SPEC 4.3, 6.2).

/** @type {Map<string, Promise<unknown>>} */
const queues = new Map()

/** @template T @param {string} name @param {() => Promise<T>} work @returns {Promise<T>} */
export function alone(name, work) {
  const locks = self.navigator?.locks
  if (locks) return /** @type {Promise<T>} */ (locks.request(`sotto-${name}`, work))
  const before = queues.get(name) ?? Promise.resolve()
  const turn = before.then(work, work)
  queues.set(name, turn.catch(() => {}))
  return turn
}

/** To the other tabs and the worker of this phone. Where a browser refuses its storage it refuses this as well: then
 * nobody is there to hear. @param {string} name @returns {BroadcastChannel} */
export function tabs(name) {
  try {
    return new BroadcastChannel(name)
  } catch {
    return /** @type {any} */ ({ postMessage() {}, close() {}, onmessage: null })
  }
}
