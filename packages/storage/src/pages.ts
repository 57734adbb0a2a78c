import { turn } from '@cscapi/core'

/**
 * Reads a list of any length page by page, as stores give it: `read` gets where the last page
 * ended. Everything else has its turn before each page.
 */
export async function* pages<Page extends { readonly next: string | undefined }>(
  read: (from: { readonly after?: string }) => Promise<Page>,
): AsyncGenerator<Page, void, undefined> {
  let after: string | undefined
  do {
    await turn()
    const page = await read(after === undefined ? {} : { after })
    yield page
    after = page.next
  } while (after !== undefined)
}
