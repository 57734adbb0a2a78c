import type { MachinePage } from '@cscapi/core'
import type { PageRequest } from '@cscapi/storage'
import { toMachine } from '@cscapi/storage-sql'
import type { Database } from '../connect/database.js'

export async function listMachines(
  database: Database,
  { after, limit, failing }: PageRequest & { readonly failing?: boolean },
): Promise<MachinePage> {
  const [now, rows] = await Promise.all([
    database.now(),
    database.models(({ credential }) =>
      credential.findMany({
        where: {
          ...(after !== undefined && { machineId: { gt: after } }),
          ...(failing !== undefined && { failingReason: failing ? { not: null } : null }),
        },
        orderBy: { machineId: 'asc' },
        take: limit + 1,
      }),
    ),
  ])
  const machines = rows.slice(0, limit).map((row) => toMachine('postgres', row.machineId, row, now))
  return { machines, next: rows.length > limit ? machines.at(-1)?.machineId : undefined }
}
