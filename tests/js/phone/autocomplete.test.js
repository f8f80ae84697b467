// A field without autocomplete="off" is written to the browser's disk, readable: session files, form history.

import assert from "node:assert/strict"
import { readFileSync, readdirSync } from "node:fs"
import test from "node:test"

const SCREENS = new URL("../../../static/js/", import.meta.url)

test("every field on the phone keeps its text out of the browser's own files", () => {
  const files = readdirSync(SCREENS, { recursive: true }).filter((name) => String(name).endsWith(".js"))
  const fields = files.flatMap((name) => {
    const text = readFileSync(new URL(String(name), SCREENS), "utf8")
    return [...text.matchAll(/<(?:input|textarea|select)\b[^]*?(?=\/?>[^=])/g)].map(
      ([tag]) => `${name}: ${tag}`,
    )
  })
  const shared = /\.\.\.\$\{shared\}/ // components/field.js gives it to both of its boxes
  const open = fields.filter((tag) => !/autocomplete="off"|type="file"/.test(tag) && !shared.test(tag))
  assert.ok(fields.length > 10)
  assert.deepEqual(open, [])
})
