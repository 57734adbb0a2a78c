/** Whether the engine's own agent or `cscli` asks, going by the name that it gives. */
export const isFromEngine = ({ headers }: Request): boolean =>
  headers.get('user-agent')?.startsWith('crowdsec/') === true
