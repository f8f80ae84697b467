"""What a phone is doing when it is killed, and what befalls its databases: in the page, as the screens would do it.

Each act begins and is not waited for. What it was told is durable it says on the console, which outlives the page:
SAVED a visit, KEPT a draft, SET a setting; TYPED a letter; PROBE and PROBED, how long this machine takes to seal and
write a line, whoever asks for it.
"""

BEGIN = """([what, mark, number]) => {
  globalThis.going?.abort()
  const { signal } = globalThis.going = new AbortController()
  const sheet = [...session.documents.value].find(([path]) => path.startsWith("case/"))[1]
  const draft = session.drafts.open(sheet.id, "visit")
  const typed = () => draft.value.value.record?.notes?.fact ?? ""
  const record = (fact) => ({occurredAt: new Date().toISOString(), channel: "visit", planned: "as_planned",
    outcome: "voice_through_door", staff: ["demo-kobayashi"], notes: {fact}})
  const begin = () => { if (!draft.value.value.record) draft.set("record", record("")) }
  const rest = (ms) => new Promise((done) => setTimeout(done, ms))

  async function probe() {
    const db = await new Promise((done) => {
      const asked = indexedDB.open("probe")
      asked.onupgradeneeded = () => asked.result.createObjectStore("lines")
      asked.onsuccess = () => done(asked.result)
    })
    const key = await crypto.subtle.generateKey({name: "AES-GCM", length: 256}, false, ["encrypt"])
    for (let n = 0; !signal.aborted; n++) {
      console.log(`PROBE ${mark} ${n} ${Date.now()}`)
      const line = await crypto.subtle.encrypt({name: "AES-GCM", iv: new Uint8Array(12)}, key, new Uint8Array(2000))
      await new Promise((done) => {
        const tx = db.transaction("lines", "readwrite", {durability: "strict"})
        tx.objectStore("lines").get(1).onsuccess = () => tx.objectStore("lines").put(line, 1)
        tx.oncomplete = tx.onabort = done
      })
      console.log(`PROBED ${mark} ${n} ${Date.now()}`)
      await rest(20)
    }
    db.close()
  }

  async function type() {
    begin()
    let last = Date.now()
    for (let n = 0; !signal.aborted && !draft.ended; n++) {
      const now = Date.now()
      draft.set("record.notes.fact", `${mark} ${n}`)
      console.log(`TYPED ${mark} ${n} ${now} ${now - last}`)
      last = now
      await rest(20)
    }
  }

  async function photo() {
    const { scalePhoto } = await import("/static/js/store/photos.js")
    const canvas = new OffscreenCanvas(320, 240)
    canvas.getContext("2d").fillRect(0, 0, 99, 99)
    const { bytes, width, height } = await scalePhoto(await canvas.convertToBlob({ type: "image/jpeg" }))
    await draft.addPhoto(bytes, { width, height })
  }

  const keep = () => draft.flush().then(() => console.log(`KEPT ${mark}`))
  const save = () => session.save(draft).then((id) => console.log(`SAVED ${id} ${mark}`))
  const write = () => draft.set("record", {...draft.value.value.record, ...record(typed() || mark)})
  const worker = () => navigator.serviceWorker.controller

  const acts = {
    typing: () => Promise.all([probe(), type()]),
    saving: async () => { write(); await save() },
    photo: async () => { write(); await photo(); await save() },
    packing: () => Promise.all([0, 1, 2].map((i) => session.write("promise.kept", sheet.id, {promise: `${mark}-${i}`}))),
    push: async () => { write(); await save(); await session.syncNow() },
    pull: () => session.syncNow(),
    settings: async () => { await session.setAutoLock(number); console.log(`SET ${number}`) },
    update: async () => {
      draft.set("record", record(`${mark} 0`))
      await keep()
      const ready = await navigator.serviceWorker.ready
      await ready.update().catch(() => {})
      worker()?.postMessage({type: "look"})
      await rest(number * 5)
      ;(ready.waiting ?? worker())?.postMessage({type: "take_over"})
    },
    lock: () => session.lock(),
  }
  acts[what]().catch(() => {})
  return null
}"""
ACTS = (
    "typing",
    "typing",
    "saving",
    "saving",
    "photo",
    "packing",
    "push",
    "push",
    "pull",
    "settings",
    "update",
    "lock",
)

# iOS closes connections under memory pressure.
CLOSE = """async () => {
  const { outbox } = await import("/static/js/store/outbox_db.js")
  const { vaultDb } = await import("/static/js/store/vault_db.js")
  for (const door of [outbox, vaultDb]) (await door.opened)?.close()
}"""
# Somebody else writes, and takes long: every other transaction waits. Over when it resolves.
BLOCK = """ms => Promise.all(["sotto", "sotto-outbox"].map((name) => new Promise((done) => {
  const asked = indexedDB.open(name)
  asked.onsuccess = () => {
    const db = asked.result, stores = [...db.objectStoreNames], end = performance.now() + ms
    const tx = db.transaction(stores, "readwrite")
    const again = () => { if (performance.now() < end) tx.objectStore(stores[0]).count().onsuccess = again }
    again()
    tx.oncomplete = tx.onabort = () => { db.close(); done(null) }
  }
})))"""
TEXTS = """() => [
  ...session.drafts.list.value.map(({id}) => session.drafts.open(null, "visit", {id}).value.value.record?.notes?.fact ?? ""),
  ...session.events.value.map(({body}) => body.notes?.fact ?? ""),
]"""
VERSION = """async () => (await (await import("/static/js/store/outbox_db.js")).meta("release"))?.version"""
# The newest release is staged before anybody looks at which one is in use.
LOOK = """async () => {
  const ready = await navigator.serviceWorker.ready
  await ready.update().catch(() => {})
  navigator.serviceWorker.controller?.postMessage({type: "look"})
  ;(ready.waiting ?? navigator.serviceWorker.controller)?.postMessage({type: "take_over"})
}"""
FOLLOWS = """async () => { await session.settle(); return Object.fromEntries(session.documents.value) }"""
