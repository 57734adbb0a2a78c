import type { Connection } from '../connect/connect.js'
import { Tables } from '../tables.js'

/** Creates the schema where there is none. */
export async function migrate({ server }: Connection): Promise<void> {
  server.tables ??= new Tables()
}
