// Reads a JSON list of vectors from the standard input and prints the list of answers.

import { answer } from "./vector_areas.js"

const parts = []
for await (const part of process.stdin) parts.push(part)
const answers = []
for (const vector of JSON.parse(Buffer.concat(parts).toString("utf8"))) {
  answers.push(
    await answer(vector).catch((error) => (error.message.startsWith("found ") ? "accept" : `${error}`)),
  )
}
process.stdout.write(JSON.stringify(answers))
