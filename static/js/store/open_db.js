// One door to an IndexedDB database: opens it when needed, opens it again after the browser has
// closed it (iOS does under memory pressure), writes with strict durability, and says in codes what a
// person must know: `storage_full`, `database_closed` (the browser does not give it back), `storage_gone`
// (it was cleared while a page had it open). It never swallows a failed write, and never begins anew
// under a page that holds keys: what it wrote then could be read by nobody.
//
// Loaded by the page and by the service worker: no DOM.

import { openDB } from "../../vendor/idb.js"
import { SyncError } from "../../../sync/errors.js"

const RETRIES = 2
const LOST = new Set(["UnknownError", "TimeoutError", "NotReadableError"]) // what browsers say of a disk they cannot read

/**
 * @typedef {any} Database   idb's database
 * @typedef {any} Transaction  idb's transaction
 */

export class Door {
  /**
   * @param {string} name
   * @param {number} version
   * @param {(db: Database, oldVersion: number) => void} upgrade
   * @param {boolean} [keyed] its rows are sealed under a key that lies in it: a page never begins it anew
   */
  constructor(name, version, upgrade, keyed = false) {
    this.name = name
    this.version = version
    this.upgrade = upgrade
    /** @type {Promise<Database> | null} */
    this.opened = null
    this.keyed = keyed
    this.met = false // open in this page before
  }

  /**
   * Read or write in one transaction. `work` awaits requests of this transaction and nothing else:
   * an await of anything slower would let the transaction close under it. It may run twice.
   * @template T
   * @param {string[]} stores
   * @param {"readonly" | "readwrite"} mode
   * @param {(tx: Transaction) => Promise<T>} work
   * @param {"strict" | "relaxed"} [durability] relaxed: only for what a later strict one completes
   * @returns {Promise<T>}
   */
  async run(stores, mode, work, durability = "strict") {
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#once(stores, mode, work, durability)
      } catch (error) {
        if (!connectionLost(error) || attempt >= RETRIES) throw told(error)
        this.close()
      }
    }
  }

  /** @template T @param {string} store @param {IDBValidKey} key @returns {Promise<T | undefined>} */
  get(store, key) {
    return this.run([store], "readonly", (tx) => tx.objectStore(store).get(key))
  }

  /** @param {string} store @param {unknown} value @param {IDBValidKey} [key] @returns {Promise<unknown>} */
  put(store, value, key) {
    return this.run([store], "readwrite", (tx) => tx.objectStore(store).put(value, key))
  }

  /** Before this page deletes it by its own will. */
  release() {
    this.met = false
    this.close()
  }

  /** Before it is deleted for good: whatever still runs here does not begin it anew. */
  leave() {
    this.met = true
    this.close()
  }

  close() {
    const opened = this.opened
    this.opened = null
    opened?.then((db) => db.close()).catch(() => {})
  }

  /**
   * @template T
   * @param {string[]} stores
   * @param {"readonly" | "readwrite"} mode
   * @param {(tx: Transaction) => Promise<T>} work
   * @param {"strict" | "relaxed"} durability
   * @returns {Promise<T>}
   */
  async #once(stores, mode, work, durability) {
    const db = await this.#database()
    const tx = db.transaction(stores, mode, { durability })
    // A transaction that fails rejects `done` as well as the request: both must be looked at.
    const done = tx.done.then(
      () => null,
      (/** @type {unknown} */ error) => error ?? new Error("aborted"),
    )
    let result
    try {
      result = await work(tx)
    } catch (error) {
      abort(tx)
      const failed = await done
      throw error instanceof SyncError ? error : (failed ?? error)
    }
    const failed = await done
    if (failed) throw failed
    return result
  }

  #database() {
    this.opened ??= openDB(this.name, this.version, {
      upgrade: (db, oldVersion, _newVersion, tx) => {
        if (oldVersion === 0 && this.met) {
          tx.done.catch(() => {})
          tx.abort()
        } else this.upgrade(db, oldVersion)
      },
      // Another tab erases this phone or brings a newer version: stand aside.
      blocking: () => this.close(),
      terminated: () => this.close(),
    }).then(
      (/** @type {Database} */ db) => {
        this.met = this.keyed
        return db
      },
      (/** @type {any} */ error) => {
        this.opened = null
        throw this.met && error?.name === "AbortError"
          ? new SyncError("storage_gone", "the phone's storage was cleared")
          : error
      },
    )
    return this.opened
  }
}

/** @param {Transaction} tx */
function abort(tx) {
  try {
    tx.abort()
  } catch {
    // it had ended by itself
  }
}

/** @param {any} error */
function connectionLost(error) {
  return (
    error?.name === "InvalidStateError" ||
    /connection .*(lost|clos)|database.*clos/i.test(error?.message ?? "")
  )
}

/** @param {any} error @returns {Error} */
function told(error) {
  if (error?.name === "QuotaExceededError") return new SyncError("storage_full")
  if (connectionLost(error) || LOST.has(error?.name)) return new SyncError("database_closed", error.message)
  return error
}

/** Bytes of their own, as an ArrayBuffer: a Blob in IndexedDB fails in WebKit.
 * @param {Uint8Array} bytes @returns {ArrayBuffer} */
export function buffer(bytes) {
  return bytes.slice().buffer
}
