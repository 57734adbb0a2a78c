import { defineConfig } from 'tsup'
import { withPrisma } from '../storage-sql/tsup-with-prisma.js'

export default defineConfig(withPrisma({ driver: 'better-sqlite3' }))
