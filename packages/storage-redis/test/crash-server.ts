import { beforeAll } from 'vitest'
import { scripts } from '../src/scripts.gen.js'
import { serverWithClient } from './server-with-client.js'

/** A server that has all scripts loaded, so that each script is one command. */
export function crashServer() {
  const server = serverWithClient()
  beforeAll(() => Promise.all(Object.values(scripts).map(({ lua }) => server.client.script('LOAD', lua))))
  return server
}
