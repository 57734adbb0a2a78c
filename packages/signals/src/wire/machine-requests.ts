import * as z from 'zod'

const machineIdCharacters = z.string().regex(/^[a-zA-Z0-9]+$/)

/** CAPI v3 swagger `RegisterRequest`: no length is given there. */
export const registerRequestSchema = z.looseObject({ machine_id: machineIdCharacters, password: z.string() })

const credentials = { machine_id: machineIdCharacters.min(48).max(48), password: z.string() }

/** CAPI v3 swagger `LoginRequest`. */
export const loginRequestSchema = z.looseObject({ ...credentials, scenarios: z.array(z.string()).optional() })

/** CAPI v3 swagger `ResetPasswordRequest`. */
export const resetPasswordRequestSchema = z.looseObject(credentials)

/** CAPI v3 swagger `LoginResponse`; a login without a token is none. */
export const loginResponseSchema = z.looseObject({
  code: z.number().optional(),
  expire: z.string().optional(),
  token: z.string().min(1),
})

/** CAPI v3 swagger `EnrollRequest`. */
export const enrollRequestSchema = z.looseObject({
  attachment_key: z.string().regex(/^[a-zA-Z0-9]+$/),
  name: z.string().optional(),
  overwrite: z.boolean().optional(),
  tags: z.array(z.string()).optional(),
})

/** CAPI v3 swagger `MetricsRequest`. */
export const metricsRequestSchema = z.looseObject({
  bouncers: z.array(
    z.looseObject({
      last_pull: z.string().optional(),
      custom_name: z.string().optional(),
      name: z.string().optional(),
      version: z.string().optional(),
    }),
  ),
  machines: z.array(
    z.looseObject({
      last_update: z.string().optional(),
      last_push: z.string().optional(),
      name: z.string().optional(),
      version: z.string().optional(),
    }),
  ),
})

/** The body of a metrics call, read by {@link metricsRequestSchema}. */
export type MetricsRequest = z.infer<typeof metricsRequestSchema>

/**
 * CAPI v3 swagger `ErrorResponse`. `errors` is one string there; what else comes is printed as
 * JSON.
 */
export const errorResponseSchema = z.looseObject({ message: z.string(), errors: z.unknown().optional() })
