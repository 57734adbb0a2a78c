import { Redis } from 'ioredis'
import { RedisStorage } from '../src/index.js'

/** How a process changes a partition and the index: as on one server, or as on a cluster. */
export const WAYS = ['in one script', 'step by step'] as const
export type Way = (typeof WAYS)[number]

type Command = Parameters<Redis['sendCommand']>[0]

/**
 * The connection of a process that dies at a chosen command: before it is sent, or when the server
 * has done it but the answer never arrives.
 */
export class MortalRedis extends Redis {
  #left = Number.POSITIVE_INFINITY
  #isDoneFirst = false
  #isDead = false

  /** Dies at the n-th command from now. */
  dieAt(n: number, when: 'before' | 'after'): void {
    this.#left = n
    this.#isDoneFirst = when === 'after'
  }

  get isDead(): boolean {
    return this.#isDead
  }

  override sendCommand(command: Command, stream?: Parameters<Redis['sendCommand']>[1]): unknown {
    this.#left -= 1
    const isLast = this.#left === 0 && !this.#isDead
    if (isLast) this.#isDead = true
    if (!this.#isDead || (isLast && this.#isDoneFirst)) {
      const reply = super.sendCommand(command, stream) as Promise<unknown>
      return isLast ? reply.then(died, died) : reply
    }
    return died()
  }
}

function died(): Promise<never> {
  return Promise.reject(new Error('Connection is closed.'))
}

/**
 * Lets a storage on this client go step by step as on a cluster, where one script cannot touch
 * everything. Processes of both kinds may share a store.
 */
export function asOnCluster<T extends Redis>(client: T): T {
  return Object.assign(client, { isCluster: true })
}

/** A process that shares the store and dies at its n-th command. */
export async function mortalProcess(
  url: string,
  namespace: string,
  n: number,
  when: 'before' | 'after',
  way: Way = 'in one script',
): Promise<{ storage: RedisStorage; client: MortalRedis }> {
  const mortal = new MortalRedis(url)
  if (way === 'step by step') asOnCluster(mortal)
  mortal.on('error', () => undefined)
  const storage = new RedisStorage({ client: mortal, namespace })
  await storage.open()
  mortal.dieAt(n, when)
  return { storage, client: mortal }
}

/** The connection of a process that stands still before a chosen command until it is let go on. */
export class StallingRedis extends Redis {
  #left = Number.POSITIVE_INFINITY
  #gate: Promise<void> = Promise.resolve()
  #stalled: () => void = () => undefined

  offsetMs: () => number = () => 0

  /** Stands still before the n-th command from now. `stalled` resolves once it does. */
  stallAt(n: number): { readonly stalled: Promise<void>; goOn(): void } {
    let goOn: () => void = () => undefined
    this.#left = n
    this.#gate = new Promise((resolve) => {
      goOn = resolve
    })
    const stalled = new Promise<void>((resolve) => {
      this.#stalled = resolve
    })
    return { stalled, goOn }
  }

  override sendCommand(command: Command, stream?: Parameters<Redis['sendCommand']>[1]): unknown {
    this.#left -= 1
    if (this.#left > 0) return super.sendCommand(command, stream)
    this.#stalled()
    return this.#gate.then(() => {
      // The first argument after the keys is what the test adds to the server's time, which has
      // moved on meanwhile.
      command.args[2 + Number(command.args[1])] = String(this.offsetMs() * 1_000)
      return super.sendCommand(command, stream)
    })
  }
}
