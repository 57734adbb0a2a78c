import mysql from 'mysql2/promise'
import pg from 'pg'
import { sample, withDatabase } from './samples.js'

type System = 'postgres' | 'mysql'

// As SQLAlchemy makes them for the Python SDK, with what differs between the systems filled in below.
const CHILDREN = (of: string) => [
  `CREATE TABLE context_models (id ID, value TEXT, "key" TEXT, signal_id INTEGER NOT NULL, PRIMARY KEY (id), FOREIGN KEY(signal_id) REFERENCES signal_models (alert_id)${of})`,
  `CREATE TABLE decision_models (id ID, duration TEXT, uuid TEXT, scenario TEXT, origin TEXT, scope TEXT, simulated BOOLEAN, until TEXT, type TEXT, value TEXT, signal_id INTEGER NOT NULL, PRIMARY KEY (id), FOREIGN KEY(signal_id) REFERENCES signal_models (alert_id)${of})`,
]
const SOURCE =
  'id ID, scope TEXT, ip TEXT, latitude FLOAT, as_number TEXT, "range" TEXT, cn TEXT, value TEXT, as_name TEXT, longitude FLOAT'
const SIGNAL = (machineId: string) =>
  `alert_id ID, created_at TEXT, machine_id ${machineId}, scenario_version TEXT, message TEXT, uuid TEXT, start_at TEXT, scenario_trust TEXT, scenario_hash TEXT, scenario TEXT, stop_at TEXT, sent BOOLEAN`
const MACHINE = (machineId: string) =>
  `CREATE TABLE machine_models (id ID, machine_id ${machineId}, token TEXT, password TEXT, scenarios TEXT, is_failing BOOLEAN, PRIMARY KEY (id)`

/** The tables of each generation, in an order in which they can be filled. */
const TABLES = {
  'python-sdk-0.7.db': [
    `${MACHINE('VARCHAR(128)')}, UNIQUE (machine_id))`,
    `CREATE TABLE signal_models (${SIGNAL('VARCHAR(128)')}, PRIMARY KEY (alert_id))`,
    `CREATE TABLE source_models (${SOURCE}, signal_id INTEGER, PRIMARY KEY (id), FOREIGN KEY(signal_id) REFERENCES signal_models (alert_id) ON DELETE CASCADE)`,
    ...CHILDREN(' ON DELETE CASCADE'),
  ],
  'python-sdk-old.db': [
    `${MACHINE('TEXT')})`,
    `CREATE TABLE source_models (${SOURCE}, PRIMARY KEY (id))`,
    `CREATE TABLE signal_models (${SIGNAL('TEXT')}, source_id INTEGER, PRIMARY KEY (alert_id), FOREIGN KEY(source_id) REFERENCES source_models (id))`,
    ...CHILDREN(''),
  ],
}
export type SampleName = keyof typeof TABLES

const ID = { postgres: 'SERIAL NOT NULL', mysql: 'INTEGER NOT NULL AUTO_INCREMENT' }
const BOOLEANS: ReadonlySet<string> = new Set(['sent', 'simulated', 'is_failing'])

interface Server {
  run(text: string, values?: readonly unknown[]): Promise<unknown>
  end(): Promise<void>
}

async function connect(system: System, url: string): Promise<Server> {
  if (system === 'postgres') {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    return { run: (text, values = []) => client.query(text, [...values]), end: () => client.end() }
  }
  const connection = await mysql.createConnection(url)
  return { run: (text, values = []) => connection.query(text, [...values]), end: () => connection.end() }
}

/** Puts a sample of the Python SDK into a server's database, in place of what is there. */
export async function fill(system: System, url: string, name: SampleName): Promise<void> {
  const server = await connect(system, url)
  try {
    const tables = TABLES[name].map((text) => /TABLE (\w+)/.exec(text)?.[1] ?? '')
    if (system === 'mysql') await server.run('SET FOREIGN_KEY_CHECKS = 0')
    for (const table of tables) await server.run(`DROP TABLE IF EXISTS ${table} CASCADE`)
    if (system === 'mysql') await server.run('SET FOREIGN_KEY_CHECKS = 1')
    for (const text of TABLES[name]) await server.run(inWordsOf(system, text))
    for (const table of tables) {
      const rows = await withDatabase(sample(name), (database) => database.prepare(`SELECT * FROM ${table}`).all())
      for (const row of rows) await insert(server, system, table, Object.entries(Object(row)))
    }
  } finally {
    await server.end()
  }
}

/** Changes something in a server's database. */
export async function change(system: System, url: string, text: string): Promise<void> {
  const server = await connect(system, url)
  await server.run(inWordsOf(system, text))
  await server.end()
}

/** Everything in a server's database. */
export async function contentOf(system: System, url: string): Promise<string> {
  const server = await connect(system, url)
  const content: unknown[] = []
  for (const table of ['machine_models', 'signal_models', 'source_models', 'context_models', 'decision_models'])
    content.push(await server.run(`SELECT * FROM ${table}`))
  await server.end()
  return JSON.stringify(content.map((answer) => (Array.isArray(answer) ? answer[0] : Object(answer).rows)))
}

const inWordsOf = (system: System, text: string) =>
  system === 'postgres' ? text.replace(/\bID\b/, ID.postgres) : text.replace(/\bID\b/, ID.mysql).replaceAll('"', '`')

async function insert(server: Server, system: System, table: string, row: readonly [string, unknown][]): Promise<void> {
  const names = row.map(([name]) => `"${name}"`).join(', ')
  const marks = row.map((_, index) => (system === 'postgres' ? `$${index + 1}` : '?')).join(', ')
  const values = row.map(([name, value]) => (BOOLEANS.has(name) && value !== null ? Boolean(value) : value))
  await server.run(inWordsOf(system, `INSERT INTO ${table} (${names}) VALUES (${marks})`), values)
}
