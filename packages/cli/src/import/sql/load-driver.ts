import { CscapiError } from '@cscapi/core'

/** Loads a driver that is only needed for this. @throws CscapiError `adapter_missing` that says what to install */
export async function loadDriver<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND'
    if (!isMissing || !error.message.includes(`'${name}'`)) throw error
    throw new CscapiError(
      'adapter_missing',
      `Reading this database needs a package that is not installed: npm install ${name}`,
    )
  }
}
