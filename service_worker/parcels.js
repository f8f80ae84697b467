// Many files of a release in one answer (SPEC 12.4). What is in it is not believed here: `release.js` keeps a file
// only if it is the one the signed list names.

export const FIRST = "/phone/release.first"
export const REST = "/phone/release.rest"

/** @typedef {{ path: string, bytes: Uint8Array<ArrayBuffer>, headers: Record<string, string> }} Brought */

/** @param {Uint8Array<ArrayBuffer>} parcel @returns {Brought[]} none from a parcel that does not read */
export function filesOf(parcel) {
  try {
    const start = 4 + new DataView(parcel.buffer, parcel.byteOffset).getUint32(0)
    const { headers, files } = JSON.parse(new TextDecoder().decode(parcel.subarray(4, start)))
    let at = start
    return files.map((/** @type {[string, number, number]} */ [path, size, kind]) => ({
      path,
      bytes: parcel.slice(at, (at += size)),
      headers: headers[kind] ?? {},
    }))
  } catch {
    return []
  }
}
