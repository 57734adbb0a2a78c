import { register } from 'node:module'

// Tells every module that is loaded from here on, one a line.
register(
  `data:text/javascript,${encodeURIComponent(`
    import { writeSync } from 'node:fs'
    export function load(url, context, next) {
      writeSync(1, url + '\\n')
      return next(url, context)
    }`)}`,
)

const { createCapi } = await import('@cscapi/core')
createCapi({ environment: 'production' })
