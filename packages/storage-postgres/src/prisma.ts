// What is built into a file of its own: see tsup-with-prisma.ts.
export { PrismaPg } from '@prisma/adapter-pg'
export { PrismaClient } from './generated/client.js'
