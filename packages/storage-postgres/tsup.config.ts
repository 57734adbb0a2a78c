import { defineConfig } from 'tsup'
import { withPrisma } from '../storage-sql/tsup-with-prisma.js'

export default defineConfig(withPrisma({ driver: 'pg', bundled: ['postgres-array'] }))
