import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { SqliteStorage } from '@cscapi/storage-sqlite'
import { temporaryFolder } from '@cscapi/test-servers/temporary-folder'
import { expect, test, vi } from 'vitest'
import { machine } from './arrange.js'
import { arrangeFail2ban, type Jail } from './fail2ban.js'

const SSHD: Jail = { name: 'sshd', filter: 'sshd', maxretry: 3 }
/** A filter that takes whatever a stranger wrote for what is to be banned. */
const ANYTHING: Jail = { name: 'anything', filter: ['failregex = ^ said: <F-ID>.+</F-ID>$'], maxretry: 1 }

async function arrange(...jails: readonly Jail[]) {
  const path = join(temporaryFolder(), 'cscapi.db')
  const fail2ban = await arrangeFail2ban(jails, {
    CSCAPI_STORAGE: `sqlite:${path}`,
    CSCAPI_ENVIRONMENT: 'http://127.0.0.1:1/v3',
    CSCAPI_MACHINE_ID: machine(),
  })
  /** What waits to be sent, as it would be. */
  async function pending(): Promise<{ source: { value: string }; scenario: string; machine_id: string }[]> {
    if (!existsSync(path)) return []
    const storage = new SqliteStorage({ path })
    await storage.open()
    const { signals } = await storage.listSignals({ status: 'pending' })
    await storage.close()
    return signals.map(({ payload }) => JSON.parse(payload))
  }
  const untilPending = (count: number) =>
    vi.waitUntil(async () => (await pending()).length >= count, { timeout: 120_000, interval: 100 })
  return { ...fail2ban, pending, untilPending }
}

const stamp = () => new Date().toISOString().slice(0, 19).replace('T', ' ')
/** Each in a session of its own: fail2ban remembers the address of one. */
let session = 100
const failedLogins = (ip: string, user = 'admin') =>
  Array.from({ length: 3 }, () => {
    session += 1
    return `${stamp()} host sshd[${session}]: Failed password for invalid user ${user} from ${ip} port 4711 ssh2`
  })

test('each ban of fail2ban is one signal: an unban is none, and a restart repeats none', async () => {
  const { start, tell, until, write, pending, untilPending } = await arrange(SSHD)
  const stop = await start()
  await until(/Jail 'sshd' started/)
  write('sshd', failedLogins('203.0.113.7'))
  await untilPending(1)
  expect(await pending()).toMatchObject([
    { source: { scope: 'Ip', value: '203.0.113.7' }, scenario: 'crowdsecurity/ssh-bf', machine_id: machine() },
  ])
  await tell('set', 'sshd', 'unbanip', '203.0.113.7')
  await until(/\[sshd\] Unban 203\.0\.113\.7/)
  write('sshd', failedLogins('2001:db8::9'))
  await untilPending(2)
  await stop()

  const stopAgain = await start()
  await until(/\[sshd\] Restore Ban 2001:db8::9/)
  write('sshd', failedLogins('198.51.100.4'))
  // Actions of a jail run one after another: what was restored had its turn before this one.
  await untilPending(3)
  await stopAgain()
  const addresses = (await pending()).map(({ source }) => source.value)
  expect(addresses).toEqual(['203.0.113.7', '2001:db8::9', '198.51.100.4'])
})

test('text of an attacker is run by nobody, becomes no address, and is told', async () => {
  const { start, until, write, log, pending, untilPending, folder } = await arrange(ANYTHING, SSHD)
  const stop = await start()
  await until(/Jail 'sshd' started/)
  const texts = [
    '$(touch PWNED)',
    '`touch PWNED`',
    '"; touch PWNED; "',
    "'; touch PWNED; '",
    '\\"; touch PWNED #',
    '8.8.8.8 jail=sshd time=1700000000 failures=9 restored=0',
    '%s%n%(touch PWNED)s',
    '-rf *',
  ]
  write(
    'anything',
    texts.map((text) => `${stamp()} said: ${text}`),
  )
  await vi.waitUntil(() => log().split("Failed to execute ban jail 'anything'").length > texts.length, {
    timeout: 120_000,
    interval: 100,
  })
  write('sshd', failedLogins('203.0.113.7', '$(touch PWNED)'))
  await untilPending(1)
  await stop()
  expect((await pending()).map(({ source }) => source.value)).toEqual(['203.0.113.7'])
  expect(existsSync(join(folder, 'PWNED'))).toBe(false)
  expect(existsSync('/PWNED')).toBe(false)
})
