import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chooseDriver, type DriverConnection } from '@cscapi/storage-sqlite/drivers'
import { temporaryFolder } from '@cscapi/test-servers/temporary-folder'

/** A sample's path; it is only ever read. */
export const sample = (name: string) => fileURLToPath(new URL(`../samples/${name}`, import.meta.url))

/** The machines of both samples of the Python SDK. */
export const MACHINES = {
  first: '75fcce4506e2b49c935ad64e43250abe43de607c55200dc9',
  prefixed: 'acmef879b60d297696734daa6d962562af32779b680a0886bc30',
  failing: '70805c012e27fbc5f1df5bd955beab202edfa2ca75bf6a54',
} as const

/** It has signals in the newer sample, and was never made a machine. */
export const UNSEEN = 'fde1587030762f646219eeb5acfb3fde90451b702f842554'

/** What CAPI knows of them. */
export const REGISTERED = {
  [MACHINES.first]: 'example-password-1',
  [MACHINES.prefixed]: 'example-password-2',
  [MACHINES.failing]: 'example-password-3',
}

/** A copy of a sample of the Python SDK in a folder of its own, changed by SQL. */
export async function changed(name: string, ...statements: readonly string[]): Promise<string> {
  const path = join(temporaryFolder(), name)
  cpSync(sample(name), path)
  await withDatabase(path, (database) => {
    // As in Python.
    database.exec('PRAGMA foreign_keys = OFF')
    for (const statement of statements) database.exec(statement)
  })
  return path
}

export async function withDatabase<T>(path: string, work: (database: DriverConnection) => T | Promise<T>): Promise<T> {
  const database = (await chooseDriver(path)).open(path)
  try {
    return await work(database)
  } finally {
    database.close()
  }
}
