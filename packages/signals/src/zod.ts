/**
 * The part of [zod](https://zod.dev) that cscapi's packages use: bundled here once for all of them.
 */
export type * from 'zod'
export {
  array,
  boolean,
  coerce,
  config,
  custom,
  enum,
  instanceof,
  int,
  literal,
  looseObject,
  NEVER,
  number,
  object,
  record,
  strictObject,
  string,
  tuple,
  undefined,
  union,
  unknown,
  ZodError,
} from 'zod'
