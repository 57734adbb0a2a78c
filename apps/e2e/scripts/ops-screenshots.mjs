// Takes the screenshots of the operations page: node apps/e2e/scripts/ops-screenshots.mjs [FOLDER]
import { pathToFileURL } from 'node:url'
import { bundleProgram } from '../../../scripts/sources/program.mjs'

const program = await bundleProgram(new URL('../test/programs/ops-screenshots.ts', import.meta.url))
await import(pathToFileURL(program).href)
