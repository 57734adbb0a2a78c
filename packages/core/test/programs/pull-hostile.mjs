// Pulls an answer that somebody hostile wrote, and prints what came of it. Arguments: a name of
// those below, MiB.
import { createCapi } from '@cscapi/core'

const BROKEN_ENTRY = '{"value":1,"duration":"x"},'
const ANSWERS = new Map([
  ['groups that are none', ['{"new":[', '[],', '[]]}']],
  ['entries that are none', ['{"new":[{"scope":"Ip","scenario":"s","decisions":[', '{},', '{}]}]}']],
  ['entries that break every rule', ['{"new":[{"scope":"Ip","scenario":"s","decisions":[', BROKEN_ENTRY, '{}]}]}']],
  ['removals that are none', ['{"deleted":[{"scope":"Ip","decisions":[', '0,', '0]}]}']],
  ['links that are none', ['{"links":{"blocklists":[', '{},', '{}]}}']],
  ['a part that nobody knows', ['{"unknown":{"a":[', '[{"b":0}],', '0]}}']],
  ['a group of unknown parts', ['{"new":[{', '"a":0,', '"b":0}]}']],
  ['one long text', ['{"message":"', 'x', '"}']],
  ['one long number', ['{"number":1', '0', '}']],
  ['a text without an end', ['{"message":"', 'x', '']],
  ['a list without an end', ['{"new":[', '[],', '']],
  ['levels without an end', ['{"new":', '[', '']],
  ['an entry without an end', ['{"new":[{"scope":"Ip","scenario":"s","decisions":[{', '"a":[],', '']],
])

const [name, mebibytes] = process.argv.slice(2)
const [begin, again, end] = ANSWERS.get(name)
const chunk = Buffer.from(again.repeat(Math.floor(65_536 / again.length)))
const chunks = Math.floor((Number(mebibytes) * 1_048_576) / chunk.length)

async function* answer() {
  yield Buffer.from(begin)
  for (let index = 0; index < chunks; index += 1) yield chunk
  yield Buffer.from(end)
}
const capi = createCapi({
  environment: { baseUrl: 'http://127.0.0.1:1/v3' },
  timeoutMs: 600_000,
  fetch: async () => new Response(ReadableStream.from(answer())),
})

/** Turns that others got meanwhile. */
let turns = 0
let isOver = false
const count = () => {
  turns += 1
  if (!isOver) setImmediate(count)
}
setImmediate(count)
const outcome = await capi.pullDecisions({ token: 't' }).then(
  (stream) => ({ kept: stream.new.length, told: stream.skipped.length, skippedCount: stream.skippedCount }),
  ({ code, message }) => ({ code, message }),
)
isOver = true
process.stdout.write(JSON.stringify({ ...outcome, turns }))
