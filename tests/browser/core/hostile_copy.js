// Copies for the test of hostile rescue copies, made in the page by the product's own modules: `copy` is a good one of a
// colleague's phone, three records and two photos, and `variants` are what can be wrong with it.

import { b64u, blobId, join, nameOf, u32, utf8 } from "/sync/encoding.js"
import { makeEnvelope, toFrame } from "/sync/envelope.js"
import { generateSignKey } from "/sync/signing.js"
import { bringIn } from "/static/js/transport/rescue.js"
import { identity, outbox } from "/static/js/store/outbox_db.js"

const MAGIC = utf8("sotto/1 rescue\n")
const noise = (size) => crypto.getRandomValues(new Uint8Array(size))

/** @param {{ office?: string, sign?: object, from?: string, blobs?: [string, number][], n?: number }} like */
async function envelope({ office, sign, from, blobs = [], n = 1 }) {
  const header = { from: from ?? (await nameOf(sign.public)), to: office, key: b64u(noise(32)), run: 1_790_000_000, n, prev: n === 1 ? "-" : b64u(noise(32)), seen: [0, 0, "-"], blobs }
  return makeEnvelope(header, noise(600), sign)
}

const file = (frames, others, { magic = MAGIC, count = frames.length } = {}) =>
  join(magic, u32(count), ...[...frames, ...others].flatMap((part) => [u32(part.length), part]))

async function world() {
  const { office, device } = await identity()
  const sign = await generateSignKey()
  const stranger = await generateSignKey()
  const photos = [noise(9000), noise(7000)]
  const named = await Promise.all(photos.map(async (bytes) => [await blobId(bytes), bytes.length]))
  const made = await Promise.all([
    envelope({ office, sign, blobs: named }), envelope({ office, sign, n: 2 }), envelope({ office, sign, n: 3 })])
  const frames = made.map(toFrame)
  const odd = toFrame(await envelope({ office, sign, blobs: [[named[0][0], 42]] })) // names another size than the photo has
  return { office, device, sign, stranger, photos, named, made, frames, odd, key: sign.public }
}

const flipped = (bytes, at) => bytes.map((byte, place) => (place === at ? byte ^ 1 : byte))

/** name -> [bytes, what is told]: a code, or how many are taken in and how many left out */
async function variants(w) {
  const { office, device, sign, stranger, photos, made, frames, odd, key } = w
  const good = file(frames, [...photos, key])
  const signedBy = async (who) => toFrame({ ...made[1], sig: (await envelope({ office, sign: who })).sig })
  const other = await envelope({ office: b64u(noise(32)), sign })
  const planted = toFrame(await envelope({ office, sign: stranger, from: device }))
  const text = (frame, from, to) => {
    const bytes = frame.slice()
    bytes.set(utf8(to), new TextDecoder("latin1").decode(bytes).indexOf(from))
    return bytes
  }
  return {
    "no file at all": [new Uint8Array(), "malformed"],
    "another kind of file": [utf8("%PDF-1.7\n".repeat(50)), "malformed"],
    "of a newer app": [file(frames, photos, { magic: utf8("sotto/2 rescue\n") }), "unknown_version"],
    "an envelope of a newer app": [file([frames[0], text(frames[1], "sotto/1", "sotto/2")], [...photos, key]), "unknown_version"],
    "of another office": [file([toFrame(other)], [key]), "unknown_office"],
    "one of another office among good ones": [file([...frames, toFrame(other)], [...photos, key]), "unknown_office"],
    "more promised than there is": [file(frames, [], { count: 99 }), "malformed"],
    "a huge number": [file(frames, [], { count: 0xffffffff }), "malformed"],
    "a length beyond the end": [join(good.slice(0, -key.length - 4), u32(0xfffffff0), key), "malformed"],
    "a length of nothing": [join(good, u32(0)), { taken: 3, left: 1 }],
    "an envelope larger than any": [file([new Uint8Array(1_100_000)], []), "too_big"],
    "a photo larger than any": [file(frames, [new Uint8Array(1_114_113)]), "too_big"],
    "a crowd of nothings": [join(MAGIC, u32(0), new Uint8Array(4 * 20_001)), "too_many"],
    "a signature of nobody": [file([frames[0], toFrame({ ...made[1], sig: noise(64) }), frames[2]], [...photos, key]), { taken: 2, left: 1 }],
    "a signature of another envelope": [file([frames[0], await signedBy(sign), frames[2]], [...photos, key]), { taken: 2, left: 1 }],
    "a signature of a stranger": [file([frames[0], await signedBy(stranger), frames[2]], [...photos, key]), { taken: 2, left: 1 }],
    "a stranger in the name of this phone": [file([...frames, planted], [...photos, key]), { taken: 3, left: 1 }],
    "this phone's name and no key": [file([planted], []), { taken: 0, left: 0 }],
    "a key that is no point": [file(frames, [...photos, join(new Uint8Array([4]), noise(64))]), "malformed"],
    "two frames in one piece": [file([join(frames[0], frames[1]), frames[2]], [key]), { taken: 1, left: 1 }],
    "noise in the place of a frame": [file([noise(700), frames[1]], [key]), { taken: 1, left: 1 }],
    "only noise": [file([noise(700)], [key]), "malformed"],
    "a photo nobody named": [file(frames, [...photos, noise(5000), key]), { taken: 3, left: 1 }],
    "a photo with a flipped bit": [file(frames, [flipped(photos[0], 5), photos[1], key]), { taken: 3, left: 1 }],
    "a photo of another size than named": [file([odd], [photos[0], key]), { taken: 1, left: 1 }],
    "everything twice": [file([...frames, ...frames], [...photos, ...photos, key]), { taken: 3, left: 0 }],
    "photos before frames": [file([...photos, ...frames], [key], { count: 3 }), { taken: 1, left: 4 }],
    "of a phone of before, without keys": [file(frames, photos), { taken: 3, left: 0 }],
    "a good one": [good, { taken: 3, left: 0 }],
  }
}

const bytesOf = (buffer) => b64u(new Uint8Array(buffer))
const rows = () => outbox.run(["envelopes", "blobs", "chain", "events"], "readonly", async (tx) => Object.fromEntries(await Promise.all(
  ["envelopes", "blobs", "chain", "events"].map(async (store) => [store, await tx.objectStore(store).getAll()]))))
const told = (bytes) => bringIn(new Blob([bytes])).catch(({ code }) => code)

/** What came in, and whether all of it is what the colleague's phone wrote and nothing of before has changed. */
async function after(w, before, own) {
  const now = await rows()
  const good = new Set([...w.frames, w.odd, ...w.photos].map(bytesOf))
  const wrote = new Set(before.envelopes.map(({ id }) => id))
  const came = now.envelopes.filter(({ id }) => !wrote.has(id))
  const photos = now.blobs.filter(({ id }) => !before.blobs.some((one) => one.id === id))
  const mine = JSON.stringify(plain(now, (row) => wrote.has(row.id) || wrote.has(row.envelope)))
  return { came, wrong: [...came.map(({ frame }) => frame), ...photos.map(({ sealed }) => sealed)].filter((one) => !good.has(bytesOf(one))).length, changed: mine !== own }
}

const plain = ({ envelopes, blobs, chain, events }, which) => [envelopes.filter(which), blobs.filter(which), chain, events].map((list) =>
  list.map((row) => ({ ...row, frame: row.frame && bytesOf(row.frame), sealed: row.sealed && bytesOf(row.sealed) })))

async function takeAway(before) {
  await outbox.run(["envelopes", "blobs"], "readwrite", async (tx) => {
    for (const store of ["envelopes", "blobs"]) {
      for (const id of await tx.objectStore(store).getAllKeys()) if (!before[store].some((row) => row.id === id)) tx.objectStore(store).delete(id)
    }
  })
}

/** Each variant brought into a phone that has written something. */
export async function bringAll() {
  const w = await world()
  const before = await rows()
  const own = JSON.stringify(plain(before, () => true))
  const seen = []
  for (const [name, [bytes, expected]] of Object.entries(await variants(w))) {
    const answer = await told(bytes)
    const { came, wrong, changed } = await after(w, before, own)
    seen.push({ name, answer, expected, came: came.length, wrong, changed })
    await takeAway(before)
  }
  return seen
}

/** One bit wrong, or the end missing, at every so many bytes. */
export async function spoilEverywhere(step) {
  const w = await world()
  const before = await rows()
  const own = JSON.stringify(plain(before, () => true))
  const good = file(w.frames, [...w.photos, w.key])
  const bad = []
  const answers = {}
  const places = Array.from({ length: Math.ceil(good.length / step) }, (_, at) => at * step)
  for (const at of [...Array(40).keys(), ...places, good.length - 1]) {
    for (const bytes of [flipped(good, at), good.slice(0, at)]) {
      const answer = await told(bytes)
      const { wrong, changed } = await after(w, before, own)
      const said = typeof answer === "string" ? answer : "taken"
      answers[said] = (answers[said] ?? 0) + 1
      if (wrong || changed) bad.push({ at, answer, wrong, changed })
      if (said === "taken") await takeAway(before)
    }
  }
  return { bad, answers }
}

/** A forgery that came first does not stand in the place of the true one once the relay has refused it. */
export async function forgedFirst() {
  const w = await world()
  const forged = toFrame({ ...w.made[0], sig: noise(64) })
  const first = await told(file([forged], []))
  const waiting = await told(file([w.frames[0]], [w.key]))
  await outbox.run(["envelopes"], "readwrite", async (tx) => {
    const row = await tx.objectStore("envelopes").get(w.made[0].id)
    tx.objectStore("envelopes").put({ ...row, state: "refused", reason: "bad_signature" })
  })
  const second = await told(file([w.frames[0]], [...w.photos, w.key]))
  const row = await outbox.get("envelopes", w.made[0].id)
  return { first: first.taken, waiting: waiting.taken, second: second.taken, whole: bytesOf(row.frame) === bytesOf(w.frames[0]), state: row.state }
}

/** A copy that names a photo of this phone: giving the copy's envelope up leaves the photo. */
export async function namesOurPhoto() {
  const { discard, askToDiscard } = await import("/static/js/transport/refused.js")
  const { office } = await identity()
  const sign = await generateSignKey()
  const [ours] = (await rows()).blobs
  const planted = await envelope({ office, sign, blobs: [[ours.id, ours.size]] })
  await told(file([toFrame(planted)], [new Uint8Array(ours.sealed), sign.public]))
  await outbox.run(["envelopes"], "readwrite", async (tx) => {
    const row = await tx.objectStore("envelopes").get(planted.id)
    tx.objectStore("envelopes").put({ ...row, state: "refused", reason: "unknown_device" })
  })
  await discard(await askToDiscard(planted.id))
  const photo = await outbox.get("blobs", ours.id)
  return { photo: photo?.envelope === ours.envelope, planted: await outbox.get("envelopes", planted.id) }
}

/** Own records go before what a copy brought, whatever their names. @returns {Promise<boolean[]>} is it an own one? */
export async function orderOfLeaving() {
  const { Leaving } = await import("/static/js/transport/send_queue.js")
  const { device } = await identity()
  const w = await world()
  for (let one = 0; one < 3; one += 1) {
    const sign = await generateSignKey()
    await told(file([toFrame(await envelope({ office: w.office, sign }))], [sign.public]))
  }
  const leaving = new Leaving(outbox, device)
  const order = []
  for (let batch = await leaving.take(1024); batch.length > 0; batch = await leaving.take(1024)) {
    order.push(batch.map(({ from }) => from === device))
  }
  return order
}
