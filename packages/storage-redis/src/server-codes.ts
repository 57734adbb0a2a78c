import type { StorageErrorCode } from '@cscapi/core'

interface Meaning {
  readonly code: StorageErrorCode
  readonly advice: string
}

/** What Redis's error codes mean for a caller, and what to do. */
export const MEANINGS: ReadonlyMap<string, Meaning> = new Map(
  Object.entries<Meaning>({
    OOM: {
      code: 'storage_unavailable',
      advice:
        'the server is at maxmemory and takes nothing more until signals are sent or deleted, or maxmemory is raised',
    },
    MISCONF: {
      code: 'storage_unavailable',
      advice: 'the server cannot write to its disk and refuses writes until it can',
    },
    READONLY: {
      code: 'storage_unavailable',
      advice:
        'this server is a read-only replica; connect to the master (after a failover the connection is made anew)',
    },
    NOREPLICAS: {
      code: 'storage_unavailable',
      advice: 'the server wants more replicas in step than there are (min-replicas-to-write)',
    },
    CLUSTERDOWN: { code: 'storage_unavailable', advice: 'the cluster does not serve all slots at present' },
    MASTERDOWN: { code: 'storage_unavailable', advice: 'the replica has lost its master' },
    LOADING: { code: 'storage_busy', advice: 'the server is loading its data from disk' },
    BUSY: { code: 'storage_busy', advice: 'the server is running somebody’s long script' },
    TRYAGAIN: { code: 'storage_busy', advice: 'the cluster is moving the slot to another node' },
    WRONGPASS: { code: 'storage_failed', advice: 'the server refused user name or password' },
    NOAUTH: { code: 'storage_failed', advice: 'the server asks for a password: put it into the URL' },
    NOPERM: {
      code: 'storage_failed',
      advice: 'the user lacks a right: it needs ~NAMESPACE:* and the commands that the README lists',
    },
    MOVED: {
      code: 'storage_failed',
      advice: 'the server is a node of a Redis Cluster: give its address as nodes, or hand in a Cluster client',
    },
    CROSSSLOT: {
      code: 'storage_failed',
      advice: 'keys of different slots met in one script; a proxy or keyPrefix may have renamed them',
    },
    WRONGTYPE: {
      code: 'storage_corrupt',
      advice: 'a key of the namespace holds something else: choose a namespace of your own',
    },
    DBINDEX: {
      code: 'storage_failed',
      advice: 'the server has fewer databases than that (see databases in its redis.conf): choose a lower number',
    },
    SUBSCRIBER: {
      code: 'storage_failed',
      advice:
        'the client that was handed in has subscribed to channels, and takes no other commands: hand in another one',
    },
  }),
)

const CODE = new RegExp(`\\b(${[...MEANINGS.keys()].join('|')})\\b`)

/** What has no code of its own, neither the server's nor the driver's. */
const WORDED: readonly [RegExp, string][] = [
  // A cluster's driver was sent to and fro until it gave up: a slot is on its way, and no address
  // is wrong.
  [/^Too many Cluster redirections.*\b(MOVED|ASK) \d/, 'TRYAGAIN'],
  [/\bDB index is out of range|\binvalid DB index/, 'DBINDEX'],
  [/^Connection in subscriber mode/, 'SUBSCRIBER'],
]

const wordedCode = ({ message }: Error) => WORDED.find(([pattern]) => pattern.test(message))?.[1]

/** Whether it is the server that speaks, and not the driver. */
export function isReply(error: Error): boolean {
  return CODE.test(error.message) || wordedCode(error) !== undefined || error.name === 'ReplyError'
}

export function codeOf(error: Error): string | undefined {
  if ('code' in error && typeof error.code === 'string') return error.code
  const worded = wordedCode(error)
  if (worded !== undefined) return worded
  return CODE.exec(error.message)?.[1] ?? (error.name === 'ReplyError' ? error.message.split(' ', 1)[0] : undefined)
}
