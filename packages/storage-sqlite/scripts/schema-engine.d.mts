/** The SQL that creates a schema (by default schema.prisma) in an empty database. */
export function schemaSql(content?: string): Promise<string>
