// Writes static/vendor: the few libraries phones load, one ES module each, no bare imports, so
// that page, module service worker and node load the same file. Maintainers run it after
// changing tools/vendor/package.json:
//
//   cd tools/vendor && npm ci && cd ../.. && node tools/vendor.mjs
//
// VENDOR.json names version, licence and SHA-256 of every file; tests/js/vendor.test.js holds
// the files to it. The word lists (sync/words.json) are made by tools/words.py and keep their
// own entry.

import { createHash } from "node:crypto"
import { copyFile, mkdir, readFile, readdir, writeFile } from "node:fs/promises"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"

const root = join(dirname(fileURLToPath(import.meta.url)), "..")
const shop = join(root, "tools/vendor")
const out = join(root, "static/vendor")
const require = createRequire(pathToFileURL(join(shop, "package.json")))
const { build } = require("esbuild")

const BUNDLES = [
  {
    file: "preact.js",
    packages: ["preact", "htm", "@preact/signals", "@preact/signals-core"],
    source: `
      import { h } from "preact"
      import htm from "htm"
      export { h, options, render, Fragment, createContext, createRef, Component, toChildArray } from "preact"
      export { useState, useEffect, useLayoutEffect, useRef, useMemo, useCallback, useContext, useId, useReducer, useErrorBoundary } from "preact/hooks"
      export { signal, computed, effect, batch, untracked, useSignal, useComputed, useSignalEffect } from "@preact/signals"
      export const html = htm.bind(h)
    `,
  },
  { file: "idb.js", packages: ["idb"], source: `export { openDB, deleteDB, unwrap, wrap } from "idb"` },
  {
    file: "hpke.js",
    packages: ["@hpke/core", "@hpke/common"],
    source: `export { CipherSuite, DhkemP256HkdfSha256, HkdfSha256, Aes256Gcm } from "@hpke/core"`,
  },
]

// @hpke/common falls back to node's own crypto by a bare import; every place we run has the global one.
const noBareCrypto = {
  name: "no-bare-crypto",
  /** @param {any} builder */
  setup(builder) {
    builder.onResolve({ filter: /^crypto$/ }, () => ({ path: "crypto", namespace: "global" }))
    builder.onLoad({ filter: /.*/, namespace: "global" }, () => ({
      contents: "export const webcrypto = globalThis.crypto",
    }))
  },
}

/** @param {string} name of a package */
async function about(name) {
  const folder = join(shop, "node_modules", name)
  const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"))
  const licenceFile = (await readdir(folder)).find((file) => /^licen[cs]e/i.test(file))
  if (!licenceFile) throw new Error(`${name} ships no licence text`)
  const kept = `licences/${name.replace("@", "").replace("/", "-")}.txt`
  await copyFile(join(folder, licenceFile), join(out, kept))
  return { name, version, licence: license, text: kept }
}

/** @param {{file: string, packages: string[], source: string}} bundle */
async function make({ file, packages, source }) {
  const parts = await Promise.all(packages.map(about))
  const head = parts.map(({ name, version, licence }) => `${name} ${version} (${licence})`).join(", ")
  await build({
    stdin: { contents: source, resolveDir: shop, loader: "js" },
    outfile: join(out, file),
    bundle: true,
    format: "esm",
    minify: true,
    target: "es2022",
    platform: "neutral",
    mainFields: ["module", "main"],
    plugins: [noBareCrypto],
    legalComments: "none",
    banner: { js: `// @ts-nocheck\n// ${head}: made by tools/vendor.mjs, not edited by hand.` },
  })
  const bytes = await readFile(join(out, file))
  return { file: `static/vendor/${file}`, sha256: createHash("sha256").update(bytes).digest("hex"), packages: parts }
}

await mkdir(join(out, "licences"), { recursive: true })
const list = join(out, "VENDOR.json")
const before = JSON.parse(await readFile(list, "utf8").catch(() => `{"files":[]}`))
const foreign = before.files.filter((/** @type {{file: string}} */ entry) => !entry.file.startsWith("static/vendor/"))
const made = await Promise.all(BUNDLES.map(make))
await writeFile(list, JSON.stringify({ files: [...made, ...foreign] }, null, 2) + "\n")
// idb brings its own types; those of the other two are by hand, beside the bundles.
await copyFile(join(shop, "node_modules/idb/build/entry.d.ts"), join(out, "idb.d.ts"))
for (const { file, sha256 } of made) console.log(file, sha256.slice(0, 12))
