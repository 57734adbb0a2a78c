// The suites of the package on every driver but the one that `test` runs them on.
import { test } from 'vitest'
import './conformance.test.js'
import './contention.test.js'
import './crash.test.js'
import './damaged-files.test.js'
import './damaged-rows.test.js'
import './event-loop.test.js'
import './full-disk.test.js'
import './group-commit.test.js'
import './migrations.test.js'
import './moved-file.test.js'
import './path-names.test.js'
import { missing } from './drivers.js'

for (const { name, reason } of missing) test.skip(`on ${name}, which cannot be loaded here: ${reason}`, () => {})
