/* Pieces that both descriptions are made of. */

/** JSON Schema 2020-12, as OpenAPI 3.1 takes it. */
export type Schema = Readonly<Record<string, unknown>>

export interface OpenApi {
  readonly openapi: '3.1.0'
  readonly info: Readonly<Record<string, unknown>>
  readonly servers: readonly { readonly url: string }[]
  readonly security: readonly Readonly<Record<string, readonly string[]>>[]
  readonly tags: readonly { readonly name: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>
  readonly components: Readonly<Record<string, unknown>>
}

export interface Described {
  readonly operationId: string
  readonly summary: string
  readonly tags: readonly string[]
  readonly [more: string]: unknown
}

export const jsonOf = (schema: Schema): Schema => ({ 'application/json': { schema } })

export const anyObject: Schema = { type: 'object' }

/** Every refusal looks alike (graph-api.md 1.4). */
export const errorSchema: Schema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message', 'innerError'],
      properties: {
        code: { type: 'string' },
        message: { type: 'string' },
        details: { type: 'array', items: { type: 'object' } },
        innerError: { type: 'object' },
      },
    },
  },
}

export const refused = {
  default: {
    description: 'Refused, and why.',
    content: jsonOf({ $ref: '#/components/schemas/error' }),
  },
} as const

export const bearer = { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } as const

/** `GET /jobs/{job}/plans` as a name for programs: `getJobsJobPlans`. */
export const operationIdOf = (method: string, path: string): string =>
  method.toLowerCase() +
  path
    .split(/[^A-Za-z0-9]+/)
    .filter((part) => part !== '')
    .map((part) => part[0]?.toUpperCase() + part.slice(1))
    .join('')
