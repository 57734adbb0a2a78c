// What is built into a file of its own: see tsup-with-prisma.ts.
export { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
export { PrismaClient } from './generated/client.js'
