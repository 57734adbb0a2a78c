import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { firstCells, membersOf } from './readme/members.js'
import { workspaceRoot } from './workspace.js'

/** What a program may call of the Python SDK 0.7: its client, its helpers, its storage. */
const PYTHON = [
  'CAPIClient CAPIClientConfig add_signals send_signals prune_failing_machines_signals get_decisions enroll_machines',
  'create_signal generate_machine_id_from_key SQLStorage MongoDBStorage',
  'get_all_signals get_signals get_machine_by_id update_or_create_machine update_or_create_signal',
  'mass_update_signals delete_signals delete_machines',
  'scenarios prod user_agent_prefix max_retries latency_offset retry_delay logger batch_size',
]

/** The same of the PHP client 3: its watcher, its storage, its configuration. */
const PHP = [
  'Watcher buildSignal buildSimpleSignalForIp pushSignals getStreamDecisions enroll getConfig getCapiHandler',
  'getListDecisions FileStorage retrieveMachineId retrievePassword retrieveScenarios retrieveToken store',
  'scenarios env machine_id_prefix user_agent_suffix user_agent_version api_timeout metrics',
]

test.each([
  ['docs/from-python.md', PYTHON],
  ['docs/from-php.md', PHP],
])('%s has a row for everything that a program may call or set', (page, lines) => {
  const cells = firstCells(readFileSync(join(workspaceRoot, page), 'utf8'))
  const names = lines.flatMap((line) => line.split(' '))
  expect(names.filter((name) => !new RegExp(`\\b${name}`).test(cells))).toEqual([])
})

test.each(['docs/from-python.md', 'docs/from-php.md'])('%s names only calls that the client has', (page) => {
  const calls = membersOf('client', 'CapiClient')
  const text = readFileSync(join(workspaceRoot, page), 'utf8')
  const named = [...text.matchAll(/(?<!\$)\bclient\.([a-z][A-Za-z]+)\(/g)].map(([, name = '']) => name)
  expect(named.length).toBeGreaterThan(8)
  expect(named.filter((name) => !calls.includes(name))).toEqual([])
})
