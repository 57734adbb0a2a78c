/** What pino, and most others, have: an object of facts and a sentence. */
export interface Logger {
  /** For what is of interest while looking for a fault, such as each request. */
  debug(facts: object, message: string): void
  /** For what goes as it should. */
  info(facts: object, message: string): void
  /** For what is tried again, or wants an operator's eye. */
  warn(facts: object, message: string): void
  /** For what ended a piece of work. */
  error(facts: object, message: string): void
}
