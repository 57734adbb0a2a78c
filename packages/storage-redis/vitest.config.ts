import { defineConfig } from 'vitest/config'

// Real servers start and end here, beside the tests of all other packages.
export default defineConfig({ test: { testTimeout: 60_000, hookTimeout: 120_000 } })
