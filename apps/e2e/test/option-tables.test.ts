import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { firstCells, membersOf } from './readme/members.js'
import { workspaceRoot } from './workspace.js'

test.each([
  ['core', 'CapiOptions', 'packages/core/README.md', 9],
  ['core', 'MachineAuthenticatorOptions', 'packages/core/README.md', 14],
  ['decisions', 'DecisionSetOptions', 'packages/decisions/README.md', 3],
  ['decisions', 'RemediationOptions', 'packages/decisions/README.md', 5],
  ['decisions', 'ExportOptions', 'docs/exporting-decisions.md', 8],
  ['emulator', 'EmulatorOptions', 'packages/emulator/README.md', 20],
  ['inputs', 'InputOptions', 'packages/inputs/README.md', 10],
  ['inputs', 'FollowOptions', 'packages/inputs/README.md', 10],
  ['open-storage', 'OpenStorageOptions', 'packages/open-storage/README.md', 2],
  ['signals', 'CreateSignalInput', 'packages/signals/README.md', 15],
  ['storage', 'MemoryStorageOptions', 'packages/storage/README.md', 2],
  ['storage-postgres', 'PostgresStorageOptions', 'packages/storage-postgres/README.md', 8],
  ['storage-redis', 'RedisStorageOptions', 'packages/storage-redis/README.md', 11],
  ['storage-sqlite', 'SqliteStorageOptions', 'packages/storage-sqlite/README.md', 3],
])('every option of @cscapi/%s in %s has a row in %s', (packageName, name, page, atLeast) => {
  const options = membersOf(packageName, name)
  expect(options.length).toBeGreaterThanOrEqual(atLeast)
  const cells = firstCells(readFileSync(join(workspaceRoot, page), 'utf8'))
  expect(options.filter((option) => !cells.includes(`\`${option}\``))).toEqual([])
})
