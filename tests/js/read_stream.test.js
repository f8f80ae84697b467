// A relay's answer is read no further than it may be long, whatever it inflates to.

import assert from "node:assert/strict"
import { createServer } from "node:http"
import { test } from "node:test"
import { gzipSync } from "node:zlib"

import { Relay } from "../../static/js/transport/relay.js"
import { readStream } from "../../sync/read_stream.js"

const MIB = 1024 * 1024

/** @param {number} pieces @param {{ given: number, cancelled: boolean }} told */
const stream = (pieces, told) =>
  new ReadableStream({
    pull(controller) {
      if (told.given === pieces) return controller.close()
      told.given += 1
      controller.enqueue(new Uint8Array(1000))
    },
    cancel() {
      told.cancelled = true
    },
  })

test("what fits is read whole", async () => {
  assert.equal((await readStream(stream(5, { given: 0, cancelled: false }), 5000)).length, 5000)
  assert.equal((await readStream(null, 5)).length, 0)
})

test("one byte more and the rest is not read", async () => {
  const told = { given: 0, cancelled: false }
  await assert.rejects(readStream(stream(1e9, told), 4999), { code: "too_big" })
  assert.equal(told.cancelled, true)
  assert.ok(told.given < 10)
})

test("a small answer that inflates to hundreds of MiB is no answer", async () => {
  const bomb = gzipSync(new Uint8Array(200 * MIB))
  const site = createServer((_, answer) => {
    answer.writeHead(200, { "Content-Type": "application/json", "Content-Encoding": "gzip" })
    answer.end(bomb)
  })
  await new Promise((done) => site.listen(0, "127.0.0.1", () => done(null)))
  try {
    assert.ok(bomb.length < MIB)
    const relay = new Relay(`http://127.0.0.1:${/** @type {any} */ (site.address()).port}`)
    const before = process.memoryUsage().rss
    await assert.rejects(relay.config(), { code: "no_signal" })
    await assert.rejects(relay.pull(new Uint8Array(1), "x"), { code: "no_signal" })
    assert.ok(process.memoryUsage().rss - before < 100 * MIB)
  } finally {
    site.closeAllConnections()
    site.close()
  }
})
