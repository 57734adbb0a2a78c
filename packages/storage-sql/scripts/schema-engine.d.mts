import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils'

/** The SQL that creates a Prisma schema in an empty database. */
export function schemaSql(schema: string, driverAdapterFactory: SqlMigrationAwareDriverAdapterFactory): Promise<string>
