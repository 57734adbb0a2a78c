import type { SshdForm } from './sshd-forms.js'

/** One connection of a client, put together from the lines that tell of it. */
export interface SshdConnection {
  port: string | undefined
  /** The process of each program that serves it: sshd, sshd-session, sshd-auth. */
  readonly pids: Map<string, string>
  /** What it is found by. */
  readonly keys: Set<string>
  /** Its login succeeded, and takes back what failed before. */
  isAccepted: boolean
  lastAt: number
  /** How many attempts each form of message told of. */
  readonly told: Map<SshdForm, number>
  /** How many attempts there were, of each kind. */
  readonly attempts: Map<SshdForm['shows'], number>
}
