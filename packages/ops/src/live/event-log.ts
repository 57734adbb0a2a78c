import type { SendReport } from '@cscapi/client'
import { oneLine } from '@cscapi/signals'
import type { LogEntry } from '../api/answers.js'
import type { OpsClient } from '../options.js'
import { FAILING, PAUSES } from './words.js'

const KEPT = 200
const MAX_TEXT = 500

/** The last things that happened in this process, in words; most are about many signals at once. */
export class EventLog {
  #entries: LogEntry[] = []
  #lastId = 0
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  /** Newest last. */
  get entries(): readonly LogEntry[] {
    return this.#entries
  }

  /** Gives what came after an entry. */
  after(id: number): readonly LogEntry[] {
    return this.#lastId === id ? [] : this.#entries.filter((entry) => entry.id > id)
  }

  /** Notes something. Text of others is cut, and on one line. */
  note(level: LogEntry['level'], kind: string, text: string): void {
    this.#lastId += 1
    const line = oneLine(text)
    const short = line.length <= MAX_TEXT ? line : `${line.slice(0, MAX_TEXT - 1)}…`
    this.#entries.push({ id: this.#lastId, at: this.#now(), level, kind: oneLine(kind), text: short })
    if (this.#entries.length > KEPT) this.#entries = this.#entries.slice(-KEPT)
  }

  /** Follows a client; gives the function that ends it. */
  follow(client: OpsClient): () => void {
    const ends = [
      client.on('sendRun', (report) => this.#noteRun(report)),
      client.on('paused', ({ reason, message }) => {
        this.note('bad', 'paused', `${PAUSES[reason].title}: every process waits${quoted(message)}`)
      }),
      client.on('machineFailing', ({ machineId, reason, message }) => {
        this.note('bad', 'machineFailing', `${FAILING[reason].title}: machine ${machineId}${quoted(message)}`)
      }),
      client.on('pulled', ({ pulled, added, removed, size, lists }) => {
        if (!pulled) return
        const failed = lists.filter(({ outcome }) => outcome === 'failed').length
        const lost = failed > 0 ? `, ${count(failed, 'list')} could not be taken` : ''
        const text = `Blocklist pulled: ${count(size, 'entry', 'entries')}, ${added} came and ${removed} went${lost}`
        this.note(failed > 0 ? 'warning' : 'good', 'pulled', text)
      }),
      client.on('dropped', ({ count: dropped, reason }) => {
        if (reason === 'full') this.note('bad', 'dropped', `The queue is full: ${count(dropped, 'signal')} dropped`)
      }),
      client.on('warning', ({ code, message }) => this.note('warning', code, message)),
      client.on('stopped', () => this.note('info', 'stopped', 'The client was stopped')),
    ]
    return () => {
      for (const end of ends) end()
    }
  }

  #noteRun({ sent, rejected, postponed, stopped, problems, durationMs }: SendReport): void {
    if (sent + rejected + postponed === 0 && problems.every(({ code }) => code === 'not_due')) return
    const parts = [
      `${count(sent, 'signal')} sent`,
      ...(rejected > 0 ? [`${rejected} rejected`] : []),
      ...(postponed > 0 ? [`${postponed} put back`] : []),
    ]
    const level = stopped !== undefined ? 'bad' : rejected + postponed > 0 ? 'warning' : 'good'
    const seconds = durationMs >= 1_000 ? ` in ${Math.round(durationMs / 1_000)} s` : ''
    // What is merely not due is no trouble of this run.
    const trouble = problems.find(({ code }) => code !== 'not_due')
    const first = trouble === undefined ? '' : `. ${trouble.message}`
    this.note(level, 'sendRun', `${parts.join(', ')}${seconds}${first}`)
  }
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`
}

const quoted = (message: string | undefined) => (message === undefined ? '' : ` (“${message}”)`)
