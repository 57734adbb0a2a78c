import type { Driver } from '../src/drivers/driver.js'

/** A driver whose statements are shown to `before`, which may throw in their stead. */
export function watched(driver: Driver, before: (text: string) => void): Driver {
  return {
    ...driver,
    open(path) {
      const connection = driver.open(path)
      return {
        prepare(text) {
          const statement = connection.prepare(text)
          return {
            run(...values) {
              before(text)
              return statement.run(...values)
            },
            all(...values) {
              before(text)
              return statement.all(...values)
            },
          }
        },
        exec(text) {
          before(text)
          connection.exec(text)
        },
        close: () => connection.close(),
      }
    },
  }
}
