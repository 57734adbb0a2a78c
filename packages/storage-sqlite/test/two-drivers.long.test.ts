import { join } from 'node:path'
import { temporaryFolder } from '@cscapi/test-servers/temporary-folder'
import { expect, test } from 'vitest'
import { SqliteStorage } from '../src/index.js'
import { drivers } from './drivers.js'

test.skipIf(drivers.length < 2)(
  'a file that this process has open with one library is not opened with another, whose locks the first would not see',
  async () => {
    const [one, other] = drivers
    const path = join(temporaryFolder(), 'store.db')
    const first = new SqliteStorage({ path, driver: one!.name })
    await first.open()
    await first.setState('k', new Uint8Array([1]))
    const second = new SqliteStorage({ path, driver: other!.name })
    await expect(second.open()).rejects.toMatchObject({
      code: 'storage_unavailable',
      retryable: false,
      message: expect.stringContaining(`this process has it open with ${one!.name}`),
    })
    expect(await first.getState('k')).toMatchObject({ value: new Uint8Array([1]) })
    await first.close()
    await second.open()
    expect(await second.getState('k')).toMatchObject({ value: new Uint8Array([1]) })
    await second.close()
  },
)
