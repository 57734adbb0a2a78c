import { createHash, randomUUID } from 'node:crypto'
import { readOptions } from '@cscapi/signals'
import { type Answer, emptyAnswer, jsonAnswer, textAnswer } from '../requests/answer.js'
import {
  allowlistsSeedSchema,
  blocklistsSeedSchema,
  type SeedAllowlist,
  type SeedAllowlistItem,
  type SeedBlocklist,
} from './seeds.js'

interface LinkedFile {
  /** Unguessable last part of the URL, as in a signed one. */
  readonly token: string
  readonly text: string
  readonly etag: string
  /** Epoch milliseconds, whole seconds: HTTP dates have no more. */
  readonly modifiedAt: number
}

const NOT_FOUND = jsonAnswer(404, { message: 'Not Found' })

/** The blocklists and allowlists that the stream links to, and their contents. */
export class Links {
  #blocklists: { readonly list: SeedBlocklist; readonly file: LinkedFile }[] = []
  #allowlists: { readonly list: SeedAllowlist; readonly file: LinkedFile }[] = []
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  setBlocklists(lists: readonly SeedBlocklist[]): void {
    this.#blocklists = readOptions('setBlocklists', blocklistsSeedSchema, lists, { root: 'blocklists' }).map(
      (list) => ({
        list,
        file: this.#file(list.values.join('\n')),
      }),
    )
  }

  setAllowlists(lists: readonly SeedAllowlist[]): void {
    this.#allowlists = readOptions('setAllowlists', allowlistsSeedSchema, lists, { root: 'allowlists' }).map(
      (list) => ({
        list,
        file: this.#file(
          list.items
            .map((item) => JSON.stringify(withScope(typeof item === 'string' ? { value: item } : item)))
            .join('\n'),
        ),
      }),
    )
  }

  /**
   * Gives the link objects of a stream answer; `base` is where this caller reaches the emulator,
   * without a slash at its end.
   */
  blocklistLinks(base: string): unknown[] {
    return this.#blocklists.map(({ list, file }) => ({
      name: list.name,
      url: `${base}/blocklists/${file.token}`,
      remediation: list.remediation ?? 'ban',
      scope: list.scope ?? 'ip',
      duration: list.duration ?? '24h',
    }))
  }

  allowlistLinks(base: string): unknown[] {
    return this.#allowlists.map(({ list, file }) => ({
      name: list.name,
      description: list.description ?? '',
      url: `${base}/allowlists/${file.token}`,
      id: list.id ?? list.name,
      created_at: new Date(file.modifiedAt).toISOString(),
      updated_at: new Date(file.modifiedAt).toISOString(),
    }))
  }

  serveBlocklist(token: string, headers: Readonly<Record<string, string>>): Answer {
    return serve(this.#blocklists.find(({ file }) => file.token === token)?.file, headers)
  }

  serveAllowlist(token: string, headers: Readonly<Record<string, string>>): Answer {
    return serve(this.#allowlists.find(({ file }) => file.token === token)?.file, headers)
  }

  #file(text: string): LinkedFile {
    return {
      token: randomUUID(),
      text,
      etag: `"${createHash('sha256').update(text).digest('hex').slice(0, 32)}"`,
      modifiedAt: Math.floor(this.#now() / 1000) * 1000,
    }
  }
}

/** The PHP engine passes over a line without a scope. */
function withScope(item: SeedAllowlistItem): SeedAllowlistItem {
  return { scope: item.value.includes('/') ? 'range' : 'ip', ...item }
}

function serve(file: LinkedFile | undefined, headers: Readonly<Record<string, string>>): Answer {
  if (file === undefined) return NOT_FOUND
  const validators = { etag: file.etag, 'last-modified': new Date(file.modifiedAt).toUTCString() }
  return isFresh(file, headers) ? emptyAnswer(304, validators) : textAnswer(200, file.text, validators)
}

/** If-None-Match goes before If-Modified-Since (RFC 9110 section 13.2.2). */
function isFresh(file: LinkedFile, headers: Readonly<Record<string, string>>): boolean {
  const match = headers['if-none-match']
  if (match !== undefined) return match.split(',').some((tag) => tag.trim().replace(/^W\//, '') === file.etag)
  const since = Date.parse(headers['if-modified-since'] ?? '')
  return since >= file.modifiedAt
}
