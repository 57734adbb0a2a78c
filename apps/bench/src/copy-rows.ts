import type pg from 'pg'

/** What the driver calls while a COPY is under way, and what it lets us send. */
interface CopyConnection {
  query(text: string): void
  sendCopyFromChunk(chunk: Buffer): void
  endCopyFrom(): void
}

/** Copies rows of texts into a table; pg knows the messages, but has no call for it. */
export function copyRows(client: pg.ClientBase, table: string, rows: readonly (readonly string[])[]): Promise<void> {
  const lines = rows.map((row) => row.map(escaped).join('\t'))
  const data = Buffer.from(`${lines.join('\n')}\n`)
  return new Promise((resolve, reject) => {
    let failure: Error | undefined
    client.query({
      submit(connection: unknown) {
        ;(connection as CopyConnection).query(`COPY ${table} FROM STDIN`)
      },
      handleCopyInResponse(connection: CopyConnection) {
        connection.sendCopyFromChunk(data)
        connection.endCopyFrom()
      },
      handleCommandComplete: () => undefined,
      handleError(error: Error) {
        failure = error
      },
      handleReadyForQuery() {
        if (failure === undefined) resolve()
        else reject(failure)
      },
    } as pg.Submittable)
  })
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }
const escaped = (text: string) => text.replaceAll(/[\\\t\n\r]/g, (letter) => ESCAPES[letter] ?? letter)
