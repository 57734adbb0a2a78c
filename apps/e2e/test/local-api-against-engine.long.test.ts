import { readFileSync } from 'node:fs'
import { temporaryFolder } from '@cscapi/test-servers/temporary-folder'
import { expect, test } from 'vitest'
import { type Answer, ask } from './against-engine/ask.js'
import { differencesOf } from './against-engine/compare.js'
import { MACHINE, recordedRequests, type Session } from './against-engine/requests.js'
import { linesOf, readTable } from './against-engine/table.js'
import { startEngine } from './debian-engine.js'
import { startRealServer } from './real-server.js'

const DOCS = new URL('../../../docs/local-api-differences.md', import.meta.url)

/** One server's side of the talk: what it said is used in later requests. */
function talkTo(url: string, key: string) {
  const ids = { decisionIds: new Map<string, number>(), alertIds: new Map<string, number>() }
  const session: Session & { token: string } = { key, token: '', ...ids }
  return async (asked: Parameters<typeof ask>[1]): Promise<Answer> => {
    const answer = await ask(url, asked, session)
    const { body } = answer
    const token = Reflect.get(Object(body), 'token')
    if (typeof token === 'string') session.token = token
    for (const { id, value, source } of Array.isArray(body) ? body : []) {
      if (source !== undefined) ids.alertIds.set(source.value, id)
      else if (value !== undefined) ids.decisionIds.set(value, id)
    }
    return answer
  }
}

test("to each recorded request Debian's engine and ours answer the same, field by field, but for what the docs tell", async () => {
  const ours = await startRealServer()
  await ours.machines.add(MACHINE.login, { password: MACHINE.password })
  const engine = await startEngine(temporaryFolder(), MACHINE, ours.key)
  const askEngine = talkTo(engine.url, ours.key)
  const askOurs = talkTo(ours.url, ours.key)
  const seen: Parameters<typeof linesOf>[0][number][] = []
  for (const asked of recordedRequests())
    seen.push({ asked, differences: differencesOf(await askEngine(asked), await askOurs(asked)) })

  const docs = readFileSync(DOCS, 'utf8')
  const told = readTable(docs)
  expect(seen.length).toBeGreaterThanOrEqual(60)
  expect(docs).toContain(` ${seen.length} requests`)
  const lines = linesOf(seen).map((line) => `| ${line.join(' | ')} |`)
  expect(lines, lines.join('\n')).toEqual(told.map(({ line }) => `| ${line.join(' | ')} |`))
  expect(told.filter(({ reason }) => reason.length < 10)).toEqual([])
})
