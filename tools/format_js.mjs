// Writes JavaScript and CSS in one form: prettier, and what it leaves alone, the `html` literals, one element a line.
//
// `node tools/format_js.mjs` writes; with `--check` it names what is not so and changes nothing. A break stands only
// where htm drops it: beside a tag, or between two attributes. So what a screen shows is the same (`essence`).

import { execFileSync } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const ROOT = fileURLToPath(new URL("..", import.meta.url))
const MODULES = new URL("../tests/js/node_modules/prettier/", import.meta.url)
const prettier = await import(new URL("index.mjs", MODULES).href)
const { parsers } = await import(new URL("plugins/babel.mjs", MODULES).href)

const WIDTH = 110
const PASSES = 6
const DEEPEST = 7 // literals within literals
const FORM = {
  printWidth: WIDTH,
  semi: false,
  trailingComma: "all",
  embeddedLanguageFormatting: "off",
  objectWrap: "collapse",
}
const AS_THEY_ARE = new Set(["sync/alike.js"]) // read as JSON by the twin in Python
const PLACES = [
  "static/js",
  "static/css",
  "service_worker",
  "sync",
  "tests/js",
  "tests/gallery",
  "tools/format_js.mjs",
]

/** @param {string} file @param {string} source @returns {Promise<string>} */
export async function formatted(file, source) {
  if (file.endsWith(".css")) return prettier.format(source, { ...FORM, parser: "css" })
  if (file.endsWith(".ts")) return prettier.format(source, { ...FORM, parser: "typescript" })
  const code = (text) => prettier.format(text, { ...FORM, parser: "babel" })
  let now = await code(source)
  for (let depth = 0; depth < DEEPEST; depth++) {
    for (let pass = 0; pass < PASSES; pass++) {
      const next = await code(withLiteralsBroken(now, depth))
      if (next === now) break
      now = next
    }
  }
  if (JSON.stringify(essence(source)) !== JSON.stringify(essence(now))) {
    const [was, is] = [essence(source), essence(now)]
    const at = was.findIndex((one, i) => JSON.stringify(one) !== JSON.stringify(is[i]))
    throw new Error(
      `${file}: a literal would show something else: ${JSON.stringify(was[at])} ${JSON.stringify(is[at])}`,
    )
  }
  return now
}

/** What the literals of a source say to htm, in order. @param {string} source @returns {unknown[]} */
export const essence = (source) =>
  literals(source).map(({ node }) => tokens(source, node).map(shown).filter(Boolean))

/** @param {any} token */
function shown(token) {
  if (token.type === "text") return token.text.replace(/^\s*\n\s*|\s*\n\s*$/g, "")
  if (token.type === "expr") return "${}"
  return `<${token.parts.map((part) => part.replace(/\$\{[^]*\}/g, "${}")).join(" ")}>`
}

// ---------------------------------------------------------------- the source

/** @param {string} source @returns {{ node: any, depth: number }[]} every literal, and within how many it stands */
function literals(source) {
  /** @type {{ node: any, depth: number }[]} */
  const found = []
  const walk = (/** @type {any} */ node, /** @type {number} */ depth) => {
    if (!node || typeof node !== "object") return
    if (Array.isArray(node)) return node.forEach((one) => walk(one, depth))
    const isLiteral = node.type === "TaggedTemplateExpression" && node.tag.name === "html"
    if (isLiteral) found.push({ node: node.quasi, depth })
    for (const [key, value] of Object.entries(node)) {
      if (key !== "loc" && !/omments$/.test(key)) walk(value, depth + (isLiteral ? 1 : 0))
    }
  }
  walk(parsers.babel.parse(source, { filepath: "x.js" }).program, 0)
  return found.sort((a, b) => a.node.start - b.node.start)
}

/** The source with the too long literals of one depth broken. @param {string} source @param {number} wanted */
function withLiteralsBroken(source, wanted) {
  let out = ""
  let upto = 0
  for (const { node, depth } of literals(source)) {
    if (depth !== wanted || !isTooLong(source, node)) continue
    out += source.slice(upto, node.start) + broken(source, node)
    upto = node.end
  }
  return out + source.slice(upto)
}

/** @param {string} source @param {any} node */
function isTooLong(source, node) {
  const begin = source.lastIndexOf("\n", node.start) + 1
  const end = source.indexOf("\n", node.end)
  return source
    .slice(begin, end < 0 ? undefined : end)
    .split("\n")
    .some((line) => line.length > WIDTH)
}

// ---------------------------------------------------------------- a literal

/** @param {string} source @param {any} node @returns {string} with its back ticks */
function broken(source, node) {
  const begin = source.lastIndexOf("\n", node.start) + 1
  const indent = /^ */.exec(source.slice(begin))?.[0].length ?? 0
  const children = tree(tokens(source, node))
  const whole = source.slice(node.start, node.end)
  if (!children || !mayBreak(children)) return whole
  return `\`\n${block(children, indent + 2)}\n${" ".repeat(indent)}\``
}

/**
 * Tags, texts and expressions, in order. A tag's `parts`: its name and its attributes.
 *
 * @param {string} source @param {any} node
 * @returns {any[]}
 */
function tokens(source, node) {
  /** @type {(string | { code: string })[]} */
  const pieces = []
  node.quasis.forEach((/** @type {any} */ quasi, /** @type {number} */ i) => {
    pieces.push(...source.slice(quasi.start, quasi.end))
    if (i < node.expressions.length) {
      pieces.push({ code: source.slice(quasi.end, node.quasis[i + 1].start) })
    }
  })
  /** @type {any[]} */
  const found = []
  let text = ""
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i]
    if (typeof piece !== "string" || piece === "<") {
      if (text) found.push({ type: "text", text })
      text = ""
    }
    if (typeof piece !== "string") found.push({ type: "expr", code: piece.code })
    else if (piece === "<") {
      const [tag, end] = tagAt(pieces, i + 1)
      found.push(tag)
      i = end
    } else text += piece
  }
  if (text) found.push({ type: "text", text })
  return found
}

/** Attributes that are a name and one expression, or `...` and one: no text stands around it. @type {Set<string>} */
const ofOneExpression = new Set()

/** @param {(string | { code: string })[]} pieces @param {number} from @returns {[any, number]} */
function tagAt(pieces, from) {
  /** @type {string[]} */
  const parts = []
  let part = ""
  let quote = ""
  for (let i = from; i < pieces.length; i++) {
    const piece = pieces[i]
    if (typeof piece !== "string") {
      part += piece.code
      if (/^([\w-]+=|\.\.\.)$/.test(part.slice(0, -piece.code.length))) ofOneExpression.add(part)
    } else if (quote) {
      part += piece
      if (piece === quote) quote = ""
    } else if (piece === '"' || piece === "'") {
      part += piece
      quote = piece
    } else if (piece === ">" || /\s/.test(piece)) {
      if (part) parts.push(part)
      part = ""
      if (piece === ">") return [tagOf(parts), i]
    } else part += piece
  }
  throw new Error(`a tag without an end: ${parts.join(" ")}`)
}

/** @param {string[]} parts */
function tagOf(parts) {
  const last = parts.at(-1) ?? ""
  if (parts[0].startsWith("/")) return { type: "close", parts }
  if (last === "/") return { type: "self", parts }
  if (last.endsWith("/") && !/["'}]$/.test(last))
    return { type: "self", parts: [...parts.slice(0, -1), last.slice(0, -1), "/"] }
  if (/["'}]\/$/.test(last)) return { type: "self", parts: [...parts.slice(0, -1), last.slice(0, -1), "/"] }
  return { type: "open", parts }
}

/**
 * Elements with their children. `before` of each: "" (may break), or the space that shows (a wide one as well).
 *
 * @param {any[]} flat @returns {any[] | null} null: nothing this program knows
 */
function tree(flat) {
  /** @type {any[]} */
  const root = []
  /** @type {any[]} */
  const open = []
  let before = ""
  const add = (/** @type {any} */ one) => {
    const parent = open.at(-1)
    ;(parent?.children ?? root).push({ ...one, before })
    before = ""
  }
  for (const token of flat) {
    if (token.type === "text") {
      const words = token.text.trim()
      if (/\n/.test(words)) return null
      before = space(/^\s*/.exec(token.text)?.[0] ?? "")
      if (!words) continue
      add({ type: "text", text: words })
      before = space(/\s*$/.exec(token.text)?.[0] ?? "")
    } else if (token.type === "close") {
      const parent = open.pop()
      if (!parent) return null
      parent.close = token
      parent.after = before
      before = ""
    } else if (token.type === "open") {
      const element = { type: "element", open: token, children: [] }
      add(element)
      open.push((open.at(-1)?.children ?? root).at(-1))
    } else add(token.type === "self" ? { type: "self", open: token } : token)
  }
  if (open.length) return null
  if (before) root.push({ type: "text", text: "", before }) // at the end: nothing may break there
  return root
}

/** What htm leaves of it. @param {string} blank */
const space = (blank) => (blank.includes("\n") ? "" : blank)

/** @param {any[]} children */
const mayBreak = (children) => children[0]?.before === "" && children.at(-1)?.text !== ""

/** @param {any} tag */
const tagText = ({ parts, type }) =>
  type === "self" ? `<${parts.slice(0, -1).join(" ")} />` : `<${parts.join(" ")}>`

/** @param {any} one @returns {string} */
function flatText(one) {
  if (one.type === "text") return one.text
  if (one.type === "expr") return one.code
  if (one.type === "self") return tagText(one.open)
  return `${tagText(one.open)}${one.children.map((/** @type {any} */ child) => child.before + flatText(child)).join("")}${one.after}${tagText(one.close)}`
}

/** Children on lines of their own; what a space joins stays together. @param {any[]} children @param {number} indent */
function block(children, indent) {
  /** @type {any[][]} */
  const runs = []
  for (const child of children) {
    const isInline = child.type === "text" || child.type === "expr"
    const joins =
      child.before !== "" ||
      (isInline &&
        runs.at(-1)?.every((one) => one.type === "text" || one.type === "expr") &&
        /text/.test(runs.at(-1)?.at(-1).type + child.type))
    if (joins && runs.length) runs.at(-1)?.push(child)
    else runs.push([child])
  }
  return runs.map((run) => lines(run, indent)).join("\n")
}

/** @param {any[]} run @param {number} indent @returns {string} */
function lines(run, indent) {
  const margin = " ".repeat(indent)
  const flat = run.map((one, i) => (i ? one.before : "") + flatText(one)).join("")
  if (run.length > 1 || (!flat.includes("\n") && indent + flat.length <= WIDTH)) return margin + flat
  const [one] = run
  if (one.type === "expr") {
    const isOpened = one.code.includes("\n")
    return margin + (isOpened ? one.code : `\${\n${one.code.slice(2)}`)
  }
  if (one.type === "text") return margin + one.text
  if (one.type === "self") return openTag(one.open, indent)
  if (!mayBreak(one.children) || one.after) return margin + flat
  return `${openTag(one.open, indent)}\n${block(one.children, indent + 2)}\n${margin}${tagText(one.close)}`
}

/** A tag, its attributes on as many lines as they need. @param {any} tag @param {number} indent */
function openTag(tag, indent) {
  const margin = " ".repeat(indent)
  const flat = tagText(tag)
  if (!flat.includes("\n") && indent + flat.length <= WIDTH) return margin + flat
  const isSelf = tag.type === "self"
  const [name, ...attributes] = isSelf ? tag.parts.slice(0, -1) : tag.parts
  const broken = attributes.map((attribute) => `${margin}  ${opened(attribute, indent + 2)}`)
  return `${margin}<${name}\n${broken.join("\n")}\n${margin}${isSelf ? "/>" : ">"}`
}

/** A long value may be broken by prettier. @param {string} attribute @param {number} indent */
function opened(attribute, indent) {
  if (attribute.includes("\n") || indent + attribute.length <= WIDTH) return attribute
  return ofOneExpression.has(attribute) ? attribute.replace("${", "${\n") : attribute
}

// ---------------------------------------------------------------- the command

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const isCheck = process.argv.includes("--check")
  const named = process.argv.slice(2).filter((one) => !one.startsWith("--"))
  const listed = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "--", ...PLACES], {
    cwd: ROOT,
    encoding: "utf8",
  })
  const files = named.length
    ? named
    : listed.split("\n").filter((name) => /\.(js|mjs|css|ts)$/.test(name) && !AS_THEY_ARE.has(name))
  let wrong = 0
  for (const file of files) {
    const source = readFileSync(named.length ? file : `${ROOT}${file}`, "utf8")
    const made = await formatted(file, source)
    if (made === source) continue
    wrong += 1
    if (isCheck) console.log(file)
    else writeFileSync(named.length ? file : `${ROOT}${file}`, made)
  }
  if (isCheck && wrong) process.exit(1)
}
