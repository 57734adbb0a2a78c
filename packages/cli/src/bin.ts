#!/usr/bin/env node
import { startFast } from './start-fast.js'

startFast(process.argv.slice(2))
const { main } = await import('./main.js')
await main(process.argv.slice(2))
