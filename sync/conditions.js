// When a checklist asks a question: a small language every phone and desk answers alike (EVENTS, "Conditions").
//
// Total: each condition that can be read has an answer, whatever was given. It reads answers and nothing else.

import { SyncError } from "./errors.js"

/** @typedef {string | number | boolean} Value */
/** @typedef {any[]} Condition  ["or", a, b] ["=", a, b] ["not", a] ["selected", name, text] ["answer", name] ["value", v] */
/** @typedef {{ id: string, must?: boolean, parts?: string[], when?: string, mustWhen?: string }} Item */

const LONGEST = 1000
const DEEPEST = 20
const TOKEN =
  /\s*(?:(\$\{\s*([A-Za-z][A-Za-z0-9_]*)\s*\})|('[^']*'|"[^"]*")|(-?[0-9]{1,9}(?:\.[0-9]{1,6})?)(?![0-9.A-Za-z_])|(!=|<=|>=|[=<>(),])|([a-z]+))/y
const COMPARE = ["=", "!=", "<", "<=", ">", ">="]
const NUMBER = /^-?[0-9]{1,9}(?:\.[0-9]{1,6})?$/
const DAY = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/
const PARTS = ["c", "b", "n", "d", "t"]

/**
 * The condition. Throws SyncError malformed; its detail is the piece that is not of this language.
 *
 * @param {string} text
 * @returns {Condition}
 */
export function parse(text) {
  if ([...text].length > LONGEST) throw new SyncError("malformed", "too long")
  const reading = new Reading(text)
  const condition = reading.either(0)
  if (reading.kind !== "end") throw new SyncError("malformed", reading.piece())
  return condition
}

/**
 * The questions it looks at.
 *
 * @param {Condition} condition
 * @returns {string[]}
 */
export const namesIn = (condition) =>
  ["answer", "selected"].includes(condition[0])
    ? [condition[1]]
    : condition.slice(1).flatMap((part) => (Array.isArray(part) ? namesIn(part) : []))

/**
 * Whether it is so.
 *
 * @param {Condition} condition
 * @param {(name: string) => Value} answerOf  what was answered to a question; "" for nothing
 * @returns {boolean}
 */
export const holds = (condition, answerOf) => isTrue(valueOf(condition, answerOf))

/**
 * Ids of the items that are asked, in their order. An answer to one that is not asked counts as none.
 *
 * @param {Item[]} items
 * @param {Record<string, any>} answers
 * @returns {string[]}
 */
export function asked(items, answers) {
  const reading = new Answers(items, answers)
  return items.filter(({ id }) => reading.isAsked(id)).map(({ id }) => id)
}

/**
 * Ids of the items that are asked and must be answered.
 *
 * @param {Item[]} items
 * @param {Record<string, any>} answers
 * @returns {string[]}
 */
export function required(items, answers) {
  const reading = new Answers(items, answers)
  return items.filter((item) => reading.isAsked(item.id) && reading.must(item)).map(({ id }) => id)
}

class Answers {
  /** @param {Item[]} items @param {Record<string, any>} answers */
  constructor(items, answers) {
    this.answers = answers
    this.byId = new Map(items.map((item) => [item.id, item]))
    /** @type {Map<string, boolean>} */
    this.known = new Map()
  }

  /** @param {string} id @returns {boolean} */
  isAsked(id) {
    const known = this.known.get(id)
    if (known !== undefined) return known
    this.known.set(id, false) // one that waits for itself is not asked
    const is = this.isSo(this.byId.get(id)?.when, true)
    this.known.set(id, is)
    return is
  }

  /** @param {Item} item */
  must(item) {
    return Boolean(item.must) || this.isSo(item.mustWhen || "false()", false)
  }

  /** A condition of a newer language hides nothing and demands nothing. @param {string | undefined} text @param {boolean} unread */
  isSo(text, unread) {
    if (!text) return true
    let condition
    try {
      condition = parse(text)
    } catch (error) {
      if (error instanceof SyncError) return unread
      throw error
    }
    return holds(condition, (name) => this.answerOf(name))
  }

  /** @param {string} name @returns {Value} */
  answerOf(name) {
    const at = name.lastIndexOf("_")
    const part = name.slice(at + 1)
    const own = this.byId.get(name)
    const item = own ?? (at > 0 && PARTS.includes(part) ? this.byId.get(name.slice(0, at)) : undefined)
    if (!item || !this.isAsked(item.id)) return ""
    const given = Object.hasOwn(this.answers, item.id) ? this.answers[item.id] : {}
    const value = given?.[own ? (item.parts?.[0] ?? "t") : part]
    return typeof value === "string" || Number.isInteger(value) ? value : ""
  }
}

/** @param {Condition} condition @param {(name: string) => Value} answerOf @returns {Value} */
function valueOf(condition, answerOf) {
  const [kind, first, second] = condition
  if (kind === "value") return first
  if (kind === "answer") return answerOf(first)
  if (kind === "selected") return second !== "" && String(answerOf(first)).split(" ").includes(second)
  if (kind === "not") return !isTrue(valueOf(first, answerOf))
  const left = valueOf(first, answerOf)
  if (kind === "or") return isTrue(left) || isTrue(valueOf(second, answerOf))
  if (kind === "and") return isTrue(left) && isTrue(valueOf(second, answerOf))
  return compare(kind, left, valueOf(second, answerOf))
}

/** @param {string} sign @param {Value} left @param {Value} right */
function compare(sign, left, right) {
  /** @type {any} */
  let a
  /** @type {any} */
  let b
  if (typeof left === "boolean" || typeof right === "boolean")
    [a, b] = [Number(isTrue(left)), Number(isTrue(right))]
  else if (
    typeof left === "string" &&
    typeof right === "string" &&
    (sign === "=" || sign === "!=" || (DAY.test(left) && DAY.test(right)))
  )
    [a, b] = [left, right]
  else {
    ;[a, b] = [numberOf(left), numberOf(right)]
    if (a === null || b === null) return sign === "!="
  }
  switch (sign) {
    case "=":
      return a === b
    case "!=":
      return a !== b
    case "<":
      return a < b
    case "<=":
      return a <= b
    case ">":
      return a > b
    default:
      return a >= b
  }
}

/** @param {Value} value */
const numberOf = (value) =>
  typeof value !== "string" ? Number(value) : NUMBER.test(value) ? Number(value) : null

/** @param {Value} value */
const isTrue = (value) => value !== "" && value !== 0 && value !== false

/** One condition, token by token. */
class Reading {
  /** @param {string} text */
  constructor(text) {
    this.text = text
    this.at = 0
    this.start = 0
    this.kind = ""
    this.token = ""
    this.step()
  }

  piece() {
    return this.text.slice(this.start, this.start + 30).trim()
  }

  step() {
    this.start = TOKEN.lastIndex = this.at
    const found = TOKEN.exec(this.text)
    if (!found) {
      if (this.text.slice(this.at).trim()) throw new SyncError("malformed", this.piece())
      this.kind = "end"
      this.token = ""
      return
    }
    this.at = TOKEN.lastIndex
    const [, answer, name, text, number, sign, word] = found
    this.kind = answer ? "answer" : text ? "text" : number ? "number" : sign ? "sign" : "word"
    this.token = name ?? text ?? number ?? sign ?? word
  }

  /** @param {string} token */
  take(token) {
    if (!["sign", "word"].includes(this.kind) || this.token !== token)
      throw new SyncError("malformed", this.piece() || this.text.slice(-30))
    this.step()
  }

  /** @param {string} word */
  isWord(word) {
    return this.kind === "word" && this.token === word
  }

  /** @param {number} depth @returns {Condition} */
  either(depth) {
    let condition = this.both(depth)
    while (this.isWord("or")) {
      this.step()
      condition = ["or", condition, this.both(depth)]
    }
    return condition
  }

  /** @param {number} depth @returns {Condition} */
  both(depth) {
    let condition = this.comparison(depth)
    while (this.isWord("and")) {
      this.step()
      condition = ["and", condition, this.comparison(depth)]
    }
    return condition
  }

  /** @param {number} depth @returns {Condition} */
  comparison(depth) {
    const left = this.operand(depth)
    if (this.kind !== "sign" || !COMPARE.includes(this.token)) return left
    const sign = this.token
    this.step()
    return [sign, left, this.operand(depth)]
  }

  /** @param {number} depth @returns {Condition} */
  operand(depth) {
    if (depth > DEEPEST) throw new SyncError("malformed", "too deep")
    const { kind, token } = this
    if (kind === "answer") return this.stepped(["answer", token])
    if (kind === "text") return this.stepped(["value", token.slice(1, -1)])
    if (kind === "number") return this.stepped(["value", Number(token)])
    if (kind === "sign" && token === "(") return this.inside(depth)
    if (kind === "word" && (token === "true" || token === "false")) {
      this.step()
      this.take("(")
      this.take(")")
      return ["value", token === "true"]
    }
    if (kind === "word" && token === "not") {
      this.step()
      return ["not", this.inside(depth)]
    }
    if (kind === "word" && token === "selected") return this.selected()
    throw new SyncError("malformed", this.piece() || this.text.slice(-30))
  }

  /** @param {Condition} condition */
  stepped(condition) {
    this.step()
    return condition
  }

  /** @param {number} depth @returns {Condition} */
  inside(depth) {
    this.take("(")
    const condition = this.either(depth + 1)
    this.take(")")
    return condition
  }

  /** @returns {Condition} */
  selected() {
    this.step()
    this.take("(")
    const name = this.token
    if (this.kind !== "answer") throw new SyncError("malformed", this.piece())
    this.step()
    this.take(",")
    const wanted = this.token
    if (/** @type {string} */ (this.kind) !== "text") throw new SyncError("malformed", this.piece())
    this.step()
    this.take(")")
    return ["selected", name, wanted.slice(1, -1)]
  }
}
