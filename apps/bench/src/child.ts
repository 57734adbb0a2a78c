import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

/** Asks a process for something, and gives its next message. */
export async function ask(child: ChildProcess, task: string | object): Promise<unknown> {
  const answer = once(child, 'message')
  child.send(task)
  return (await answer)[0]
}

/** The processor time that a process has taken, by its own word. */
export async function cpuMs(child: ChildProcess): Promise<number> {
  return Number(Reflect.get(Object(await ask(child, 'cpu')), 'cpuMs'))
}
