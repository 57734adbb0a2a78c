import { fileURLToPath } from 'node:url'

/** The folder of the repository: this file is as deep in `src` as a built one is in `dist`. */
export const repository = fileURLToPath(new URL('../../../', import.meta.url))
