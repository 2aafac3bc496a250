/* What Graph's part of the API answers instead of success, in Graph's codes and words (graph-api.md 1.4). */
import { DirectoryRefusal } from '../../directory/index.ts'
import { SchemaInvalidError } from '../../provisioning/index.ts'
import type { SchemaProblem } from '../../vocabulary/index.ts'
import { ApiProblem } from '../problems.ts'

export interface ProblemDetail {
  readonly code?: string
  readonly target?: string
  readonly message?: string
}

interface More {
  readonly details?: readonly ProblemDetail[]
  readonly headers?: Readonly<Record<string, string>>
}

export class GraphProblem extends ApiProblem {
  readonly causes: readonly ProblemDetail[]
  readonly headers: Readonly<Record<string, string>>
  constructor(status: number, code: string, message: string, more: More = {}) {
    super(status, code, message)
    this.causes = more.details ?? []
    this.headers = more.headers ?? {}
  }
}

/** The body, or a value in it, cannot be taken. */
export const badRequest = (message: string, more?: More): GraphProblem =>
  new GraphProblem(400, 'Request_BadRequest', message, more)

/** The address names something Graph does not know here. */
export const badAddress = (message: string): GraphProblem => new GraphProblem(400, 'BadRequest', message)

export const unsupportedQuery = (message: string): GraphProblem =>
  new GraphProblem(400, 'Request_UnsupportedQuery', message)

/** The wording is what Terraform looks for (graph-api.md 1.4). */
export const notThere = (id: string): GraphProblem =>
  new GraphProblem(
    404,
    'Request_ResourceNotFound',
    `Resource '${id.slice(0, 100)}' does not exist or one of its queried reference-property objects are not present.`,
  )

export const notSupportedYet = (name: string): GraphProblem =>
  new GraphProblem(
    501,
    'NotImplemented',
    `This operation target is not yet supported. Microsoft keeps '${name}' outside the directory, and so does Muster.`,
  )

export const noSuchProperty = (name: string, typeName: string): GraphProblem =>
  badAddress(`Could not find a property named '${name.slice(0, 100)}' on type 'microsoft.graph.${typeName}'.`)

/** What is wrong with a schema, each place by itself. */
export const schemaInvalid = (message: string, problems: readonly SchemaProblem[]): GraphProblem =>
  badRequest(message, {
    details: problems
      .slice(0, problemsShown)
      .map(({ code, place, objectMapping, attribute, message: found, hint }) => ({
        code,
        target: place,
        message: [[objectMapping, attribute].filter((name) => name !== null).join(', '), found, hint]
          .filter((part) => part !== null && part !== '')
          .join(' '),
      })),
  })

const problemsShown = 100

/** Passes by itself: a client may come again, and Terraform does after a 409 (graph-api.md 1.4). */
const passing: ReadonlySet<string> = new Set(['cycleRunning', 'jobBusy'])

/** What every part of the API says alike, in Graph's words: what will be refused again is a 400. */
function problemOfApi({ status, code, message, details }: ApiProblem): GraphProblem | null {
  const { retryAfterSeconds } = details
  const pascal = `${code.slice(0, 1).toUpperCase()}${code.slice(1)}`
  switch (status) {
    case 404:
      return new GraphProblem(404, 'Request_ResourceNotFound', message)
    case 409:
      return new GraphProblem(passing.has(code) ? 409 : 400, pascal, message)
    case 429:
      return new GraphProblem(429, pascal, message, {
        headers: typeof retryAfterSeconds === 'number' ? { 'retry-after': String(retryAfterSeconds) } : {},
      })
    default:
      return null
  }
}

/** What was refused, in Graph's words; `null` for what is no refusal. */
export function problemOf(error: unknown): GraphProblem | null {
  if (error instanceof GraphProblem) return error
  if (error instanceof SchemaInvalidError) return badRequest(error.message)
  if (error instanceof ApiProblem) return problemOfApi(error)
  if (!(error instanceof DirectoryRefusal)) return null
  switch (error.kind) {
    case 'notThere':
    case 'notLinked':
      return notThere(error.subject)
    case 'conflict':
      return badRequest(
        `${error.message} A conflicting object with one or more of the specified property values is present in the directory.`,
        { details: [{ code: 'ConflictingObjects', target: error.subject, message: error.message }] },
      )
    case 'sameKey':
      return new GraphProblem(409, 'Request_MultipleObjectsWithSameKeyValue', error.message, {
        details: [{ code: 'ConflictingObjects', target: error.subject, message: error.message }],
      })
    case 'alreadyLinked':
    case 'badReference':
    case 'inUse':
    case 'badValue':
    case 'mirrored':
      return badRequest(error.message)
    default:
      return error.kind satisfies never
  }
}
