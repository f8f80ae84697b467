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
  queues.set(
    name,
    turn.catch(() => {}),
  )
  return turn
}

/**
 * One run at a time in this place: all who ask meanwhile get one that begins after it, for the one under way may have asked too early.
 * @template T @template {any[]} A @param {(...given: A) => Promise<T>} run @returns {(...given: A) => Promise<T>}
 */
export function oneAfterAnother(run) {
  /** @type {Promise<T> | null} */
  let running = null
  /** @type {Promise<T> | null} */
  let following = null
  /** @type {(...given: A) => Promise<T>} */
  const ask = (...given) => {
    if (!running)
      return (running = run(...given).finally(() => {
        running = null
      }))
    const next = () => {
      following = null
      return ask(...given)
    }
    following ??= running.then(next, next)
    return following
  }
  return ask
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
