import { fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { ask, cpuMs } from './child.js'
import type { Contest, Numbers, Setting } from './frame/bench.js'
import type { LocalApiReady, LocalApiTask } from './local-api-process.js'

const FULL = { decisions: 50_000, bouncers: 200, pollMs: 10_000, changes: 1_000 }
const SMALL = { decisions: 1_000, bouncers: 20, pollMs: 500, changes: 100 }

/** What a bouncer got: how many were new, and after how many milliseconds. */
interface Polled {
  readonly told: number
  readonly firstByteMs: number
  readonly wholeMs: number
}

/** Bouncers that poll as the Go ones do, each over a connection that it keeps, evenly spread. */
async function measure({ folder, isSmall }: Setting): Promise<Numbers> {
  const { decisions, bouncers, pollMs, changes } = isSmall ? SMALL : FULL
  const arguments_ = [folder, String(decisions), String(bouncers)]
  const child = fork(new URL('./local-api-process.js', import.meta.url), arguments_)
  const agent = new Agent({ keepAlive: true, maxSockets: bouncers })
  try {
    const [ready]: LocalApiReady[] = await once(child, 'message')
    if (ready === undefined) throw new Error('The Local API did not start')
    const { port, keys } = ready
    const poll = (index: number, query = '') => pollAs(agent, port, keys[index] ?? '', query)
    await poll(0)
    const first = await poll(0, 'startup=true')
    for (let index = 0; index < bouncers; index += 1) await poll(index)

    const before = await cpuMs(child)
    const atRest = await everyBouncer(bouncers, pollMs, 2, poll)
    const restMs = (await cpuMs(child)) - before
    await ask(child, { ban: changes } satisfies LocalApiTask)
    const after = await everyBouncer(bouncers, pollMs, 2, poll)
    return {
      restCores: restMs / (2 * pollMs),
      pollUs: (restMs * 1_000) / (2 * bouncers),
      // At rest there is nothing to tell.
      told: sum(atRest) + sum(after),
      toTell: bouncers * changes,
      firstByteMs: first.firstByteMs,
      wholeMs: first.wholeMs,
      first: first.told,
      decisions,
    }
  } finally {
    agent.destroy()
    child.kill('SIGKILL')
  }
}

const sum = (all: readonly Polled[]) => all.reduce((total, { told }) => total + told, 0)

/** Each of them polls so often, at its own moment of the period. */
async function everyBouncer(
  bouncers: number,
  periodMs: number,
  periods: number,
  poll: (index: number) => Promise<Polled>,
): Promise<Polled[]> {
  const started = performance.now()
  const polls = Array.from({ length: bouncers * periods }, async (_, turn) => {
    await sleep(started + (turn * periodMs) / bouncers - performance.now())
    return poll(turn % bouncers)
  })
  return Promise.all(polls)
}

async function pollAs(agent: Agent, port: number, key: string, query: string): Promise<Polled> {
  const started = performance.now()
  const path = `/v1/decisions/stream?${query}`
  const request = get({ agent, host: '127.0.0.1', port, path, headers: { 'x-api-key': key, 'user-agent': 'bench/v1' } })
  const [answer] = await once(request, 'response')
  let firstByteMs = 0
  let text = ''
  for await (const piece of answer.setEncoding('utf8')) {
    if (text === '') firstByteMs = performance.now() - started
    text += piece
  }
  const wholeMs = performance.now() - started
  return { told: JSON.parse(text).new.length, firstByteMs, wholeMs }
}

/** What the Local API costs while bouncers poll, and how soon they have the whole list. */
export const localApi: Contest = {
  sides: { ours: measure },
  rounds: 3,
  rows: [
    {
      name: '200 bouncers each 10 s, 50,000 decisions: cores',
      unit: '',
      ours: ['ours', 'restCores'],
      goal: { ours: { atMost: 0.25 } },
    },
    { name: 'a poll at rest, CPU', unit: 'µs', ours: ['ours', 'pollUs'] },
    {
      name: 'told within two polls of 1,000 changes',
      unit: '',
      ours: ['ours', 'told'],
      baseline: ['ours', 'toTell'],
      goal: 'equal',
    },
    {
      name: 'first byte of 50,000 decisions',
      unit: 'ms',
      ours: ['ours', 'firstByteMs'],
      goal: { ours: { atMost: 50 } },
    },
    {
      name: 'the whole of 50,000 decisions',
      unit: 'ms',
      ours: ['ours', 'wholeMs'],
      goal: { ours: { atMost: 1_000 } },
    },
    {
      name: 'decisions in it',
      unit: '',
      ours: ['ours', 'first'],
      baseline: ['ours', 'decisions'],
      goal: 'equal',
    },
  ],
}
