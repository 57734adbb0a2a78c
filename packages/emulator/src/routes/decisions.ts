import type { DecisionsAnswer } from '../decisions/decisions.js'
import { emptyAnswer, jsonAnswer, jsonTextAnswer } from '../requests/answer.js'
import type { Route } from './call.js'

/** Query flags are booleans that default to true (CAPI v3 swagger /decisions/stream). */
function flag(query: URLSearchParams, name: string): boolean {
  return query.get(name) !== 'false'
}

const NOTHING: DecisionsAnswer = { newJson: '[]', deleted: [] }

export const decisionsStream: Route = {
  name: 'decisions',
  method: 'GET',
  path: '/v3/decisions/stream',
  authorised: true,
  answer({ machineId, url }, { options, decisions, links }) {
    for (const name of ['community_pull', 'additional_pull', 'startup']) {
      const value = url.searchParams.get(name) ?? 'true'
      if (options.strict && value !== 'true' && value !== 'false') {
        return jsonAnswer(400, { message: 'Invalid request parameters', errors: `[${name} must be true or false]` })
      }
    }
    const community = flag(url.searchParams, 'community_pull')
    const additional = flag(url.searchParams, 'additional_pull')
    const base = `${url.origin}${url.pathname.slice(0, url.pathname.indexOf('/v3/'))}`
    const startup = url.searchParams.get('startup') === 'true'
    const { newJson, deleted } = community ? decisions.answerFor(machineId, { startup }) : NOTHING
    const linked = JSON.stringify({
      blocklists: additional ? links.blocklistLinks(base) : [],
      allowlists: links.allowlistLinks(base),
    })
    return jsonTextAnswer(200, `{"new":${newJson},"deleted":${JSON.stringify(deleted)},"links":${linked}}`)
  },
}

export const blocklist: Route = {
  name: 'blocklist',
  method: 'GET',
  path: '/blocklists/:token',
  authorised: false,
  answer: ({ linkToken, headers }, { links }) => links.serveBlocklist(linkToken, headers),
}

export const allowlist: Route = {
  name: 'allowlist',
  method: 'GET',
  path: '/allowlists/:token',
  authorised: false,
  answer: ({ linkToken, headers }, { links }) => links.serveAllowlist(linkToken, headers),
}

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET,POST,OPTIONS',
  'access-control-allow-headers': 'Content-Type,Authorization',
}

/** The two paths for which the swagger has an OPTIONS call. */
export const preflights: readonly Route[] = ['/v3/decisions/stream', '/v3/watchers/reset'].map((path) => ({
  name: 'preflight',
  method: 'OPTIONS',
  path,
  authorised: false,
  answer: () => emptyAnswer(200, CORS),
}))
