import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { alert } from './local-api.js'
import { randomFrom, testSeed } from './random.js'
import { startRealServer } from './real-server.js'

const KILLS = process.env.CSCAPI_TEST_LONG === '1' ? 30 : 5
const ALERTS = 20
/** Batches before the first kill: they log in, and tell how long one takes. */
const CALM = 2
const AGENT = { machine_id: 'agent-1', password: 'the-password-of-an-agent' }

/** Posts a batch as the engine's agent does: again and again, the same bytes, until it is taken. */
function agentOf(url: string) {
  let token = ''
  const headers = () => ({ 'user-agent': 'crowdsec/v1.4.6', authorization: `Bearer ${token}` })
  const send = (path: string, body: string) => fetch(`${url}${path}`, { method: 'POST', headers: headers(), body })
  return async function post(batch: readonly unknown[]): Promise<{ tries: number; ids: readonly string[] }> {
    const body = JSON.stringify(batch)
    for (let tries = 1; ; tries += 1) {
      try {
        const answer = await send('/v1/alerts', body)
        const said = await answer.json()
        if (answer.status === 201) return { tries, ids: said }
        if (answer.status === 401)
          token = (await (await send('/v1/watchers/login', JSON.stringify(AGENT))).json()).token
      } catch {
        await sleep(20)
      }
    }
  }
}

test(`each alert of an agent reaches CAPI once, and bans once, through ${KILLS} kills of the server while it is posted`, async () => {
  const { client, decisions, emulator, key, kill, machineId, machines, start, url } = await startRealServer()
  await machines.add(AGENT.machine_id, { password: AGENT.password })
  const seed = testSeed()
  const random = randomFrom(seed)
  const post = agentOf(url)
  const at = new Date().toISOString()
  const addresses = (batch: number) => Array.from({ length: ALERTS }, (_, index) => `45.83.${batch}.${index + 1}`)
  const batchOf = (batch: number) => addresses(batch).map((ip) => alert(ip, { start_at: at, stop_at: at }))
  const all = Array.from({ length: CALM + KILLS }, (_, batch) => addresses(batch)).flat()

  let usualMs = 0
  let inTheMiddle = 0
  const ids: string[] = []
  for (let batch = 0; batch < CALM + KILLS; batch += 1) {
    const started = performance.now()
    const posting = post(batchOf(batch))
    if (batch < CALM) {
      ids.push(...(await posting).ids)
      usualMs = performance.now() - started
      continue
    }
    await sleep(random() * usualMs)
    await kill()
    await start()
    const taken = await posting
    if (taken.tries > 1) inTheMiddle += 1
    ids.push(...taken.ids)
    // Some of what a dead server stored has been sent by the time it is posted again.
    if (random() < 0.3) await client.sendSignals()
  }
  await client.sendSignals()
  console.info(`seed ${seed}: ${inTheMiddle} of ${KILLS} kills came before the answer`)

  const sent = emulator.signals
    .ofMachine(machineId)
    .map(({ signal }) => String(Reflect.get(Object(signal?.source), 'value')))
  expect([...sent].sort()).toEqual([...all].sort())
  expect(emulator.signals.duplicates()).toEqual([])
  expect(new Set(ids).size).toBe(all.length)
  expect(inTheMiddle).toBeGreaterThan(0)
  const stream = await fetch(`${url}/v1/decisions/stream?startup=true&dedup=false`, { headers: { 'x-api-key': key } })
  const told: { new: { value: string }[] } = await stream.json()
  expect(told.new.map(({ value }) => value).sort()).toEqual([...all].sort())
  expect(await client.stats()).toMatchObject({ pending: 0, leased: 0, rejected: 0 })
  await decisions.refreshLocal()
  expect(all.filter((address) => decisions.check(address) === undefined)).toEqual([])
})
