import type { Scratch } from './scratch.js'
import type { ServerProcess } from './server-process.js'

/** A real server on 127.0.0.1, made for one test file. */
export interface TestServer {
  /** What a client connects with. */
  readonly url: string
  /**
   * False for a server that an environment variable names: it is not ours to kill, and the five
   * methods but `stop` throw.
   */
  readonly controllable: boolean
  /** Ends the server, if it is ours, and removes what the tests stored. Idempotent. */
  stop(): Promise<void>
  /**
   * `kill -9`: what is in the memory of the process is lost, what it handed to the operating system
   * stays.
   */
  kill(): Promise<void>
  /** SIGSTOP: connections stay open and nobody answers. */
  pause(): void
  /** SIGCONT. */
  resume(): void
  /** Starts it again on the same port and data, after a `kill` or out of a running state. */
  restart(): Promise<void>
}

export function ownServer(url: string, server: ServerProcess, scratch: Scratch): TestServer {
  return {
    url,
    controllable: true,
    async stop() {
      // The data go away with the server: there is nothing to save in good order.
      await server.kill()
      await scratch.close()
    },
    kill: () => server.kill(),
    pause: () => server.pause(),
    resume: () => server.resume(),
    async restart() {
      await server.stop()
      await server.start()
    },
  }
}

export function existingServer(url: string, variable: string, leave: () => Promise<void>): TestServer {
  const refuse = (): never => {
    throw new Error(`The server that ${variable} names cannot be killed or paused: unset ${variable} to run this test.`)
  }
  return {
    url,
    controllable: false,
    stop: leave,
    kill: refuse,
    pause: refuse,
    resume: refuse,
    restart: refuse,
  }
}
