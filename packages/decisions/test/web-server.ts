import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { type Binary, type DebianProgram, debianBinary, freePort, Scratch, ServerProcess } from '@cscapi/test-servers'

/** A web server that runs, and whose clients may say that they come from any address. */
export interface WebServer {
  /** What it answers to a client of this address. */
  status(ip: string): Promise<number>
  stop(): Promise<void>
}

export interface WebServerPlan {
  readonly program: DebianProgram
  /** Files to be written into the folder beforehand, by name. */
  readonly files: Readonly<Record<string, string>>
  /** The configuration that is written as `server.conf`. The folder `www` has an `index.html`. */
  readonly configuration: (where: { folder: string; port: number; binary: Binary }) => string
  /** Arguments that check the configuration and end. */
  readonly check: (where: { folder: string }) => readonly string[]
  readonly run: (where: { folder: string }) => readonly string[]
}

/** Checks the configuration with the program itself, then starts it on a free port of 127.0.0.1. */
export async function startWebServer(plan: WebServerPlan): Promise<WebServer> {
  const binary = await debianBinary(plan.program)
  const scratch = new Scratch(String(plan.program.names[0]))
  const folder = scratch.path
  try {
    const port = await freePort()
    mkdirSync(join(folder, 'www'))
    writeFileSync(join(folder, 'www', 'index.html'), 'welcome\n')
    for (const [name, text] of Object.entries(plan.files)) writeFileSync(join(folder, name), text)
    writeFileSync(join(folder, 'server.conf'), plan.configuration({ folder, port, binary }))
    // Workers run as another user.
    chmodSync(folder, 0o755)
    check(binary, plan.check({ folder }))
    const server = new ServerProcess(scratch, {
      name: 'server',
      command: binary.command,
      args: plan.run({ folder }),
      stopSignal: 'SIGTERM',
      watchdogSignal: 'KILL',
      isReady: () =>
        statusOf(port, '192.0.2.99').then(
          () => true,
          () => false,
        ),
      ...(binary.env !== undefined && { env: binary.env }),
    })
    await server.start()
    return {
      status: (ip) => statusOf(port, ip),
      async stop() {
        await server.stop()
        await scratch.close()
      },
    }
  } catch (error) {
    await scratch.close()
    throw error
  }
}

function check({ command, env }: Binary, args: readonly string[]): void {
  execFileSync(command, args, { stdio: 'pipe', env: { ...process.env, ...env } })
}

function statusOf(port: number, ip: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const asking = request(
      { host: '127.0.0.1', port, path: '/', agent: false, headers: { 'x-client': ip } },
      (answer) => {
        answer.resume()
        resolve(answer.statusCode ?? 0)
      },
    )
    asking.once('error', reject)
    asking.end()
  })
}
