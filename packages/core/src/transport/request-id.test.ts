import { describe, expect, test } from 'vitest'
import { CapiResponseError, createCapi, isCscapiError } from '../index.js'

const TOKEN = 'e30.eyJzdWIiOiJ0In0.tokensignature'
const ID = '3f6c1f1e-6d0c-4d0a-9d55-0a1b2c3d4e5f'

async function failureWith(headers: Record<string, string>, body = '{"message":"x"}', status = 400) {
  const fetch = async () => new Response(body, { status, headers })
  const capi = createCapi({ environment: { baseUrl: 'http://127.0.0.1:1/v3' }, fetch })
  const error = await capi
    .pushSignals({ token: TOKEN, payloads: [] }, { machineId: 'm1' })
    .catch((thrown: unknown) => thrown)
  if (!isCscapiError(error)) throw error
  return error
}

describe('an error names the answer it is made of', () => {
  test.each(['x-amzn-requestid', 'x-amz-apigw-id', 'x-request-id', 'X-Amzn-RequestId'])('by %s', async (header) => {
    const error = await failureWith({ [header]: ID })
    expect(error).toBeInstanceOf(CapiResponseError)
    expect(error.requestId).toBe(ID)
    expect(error.machineId).toBe('m1')
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({ requestId: ID, machineId: 'm1', status: 400 })
  })

  test('also when the answer cannot be read', async () => {
    const error = await failureWith({ 'x-request-id': ID, 'content-type': 'text/html' }, '<html>', 200)
    expect(error).toMatchObject({ code: 'unexpected_response', requestId: ID, machineId: 'm1' })
  })

  test.each(['', ' ', 'a b', 'a\u00e9', 'x'.repeat(129), TOKEN, `id-${TOKEN}`, '"quoted"', '<b>'])(
    'but not by %j: what is no plain word, or a secret, is left out',
    async (id) => {
      const error = await failureWith({ 'x-request-id': id })
      expect(error).not.toHaveProperty('requestId')
      expect(JSON.stringify(error)).not.toContain('requestId')
    },
  )
})
