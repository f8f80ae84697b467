// Answers the decisions that the model of phones, relay and desk asked of chain.py, with chain.js.
// In: lines of [name, arguments as JSON]. Out: one JSON answer a line.

import { createInterface } from "node:readline"
import * as chain from "../../sync/chain.js"

/** @type {Record<string, (...given: any[]) => unknown>} */
const ASK = {
  judge: (position, envelope, known) => chain.judge(position, envelope, known && new Set(known)),
  covers: chain.covers,
  takes: chain.takes,
  next_run: chain.nextRun,
  after_receipt: (told, held) => chain.afterReceipt(chainOf(told), held),
  may_forget: (told, held, run, n) => chain.mayForget(chainOf(told), held, { run, n }),
  to_send_again: (sent, held, box) =>
    chain
      .toSendAgain(
        sent.map((/** @type {[number, number]} */ [run, n]) => ({ run, n })),
        held,
        box,
      )
      .map(({ run, n }) => [run, n]),
}

/** @param {{ head: any, floor: any, held: any, kept: [number, string][] }} told */
const chainOf = ({ kept, ...rest }) => ({ ...rest, kept: new Map(kept) })

for await (const line of createInterface({ input: process.stdin })) {
  const [name, given] = JSON.parse(line)
  process.stdout.write(`${JSON.stringify(ASK[name](...given))}\n`)
}
