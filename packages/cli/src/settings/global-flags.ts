/** The flags that every command has. */
export interface GlobalFlags {
  readonly config?: string
  readonly storage?: string
  readonly environment?: string
  readonly machineId?: string
  readonly json?: boolean
  readonly debug?: boolean
}
