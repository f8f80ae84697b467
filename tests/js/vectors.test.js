// Both twins answer every vector alike: here the JavaScript one, in tests/sync/test_vectors.py the other.

import assert from "node:assert/strict"
import { readFileSync, readdirSync } from "node:fs"
import { test } from "node:test"

import { AREAS, answer } from "./vector_areas.js"

const VECTORS = new URL("../../sync/vectors/", import.meta.url)
const lists = JSON.parse(readFileSync(new URL("../../sync/words.json", import.meta.url), "utf8"))
const files = readdirSync(VECTORS)
  .filter((name) => name.endsWith(".json"))
  .sort()

for (const file of files) {
  const vector = JSON.parse(readFileSync(new URL(file, VECTORS), "utf8"))
  test(`vector ${file}`, async () => assert.equal(await answer({ lists, ...vector }), vector.expect))
}

test("every area is asked", () => {
  const areas = new Set(files.map((name) => name.split("-")[0]))
  assert.ok(files.length >= 80)
  assert.deepEqual([...areas].sort(), Object.keys(AREAS).sort())
})

test("a wrong expectation is noticed", async () => {
  await assert.rejects(answer({ area: "padding", size: 513, padded: 512 }), /found 544, wanted 512/)
})
