/*
 * The only place where an error becomes an HTTP status. The envelope is Graph's (graph-api.md 1.4).
 */
import { AccountRefusal, PasswordsBusyError } from '../accounts/index.ts'
import { DirectoryFileError, DirectoryRefusal, NotWholeError, TooManyRemovalsError } from '../directory/index.ts'
import { SchemaInvalidError } from '../provisioning/index.ts'
import { ConnectionRefusal, ConnectorError } from '../vocabulary/index.ts'

/** An answer other than success that a route decided on. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem'
  readonly status: number
  readonly code: string
  readonly details: Readonly<Record<string, unknown>>
  constructor(status: number, code: string, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message)
    this.status = status
    this.code = code
    this.details = details
  }
}

export interface ProblemBody {
  readonly error: {
    readonly code: string
    readonly message: string
    readonly innerError: Readonly<Record<string, unknown>>
  }
}

export interface Problem {
  readonly status: number
  readonly body: ProblemBody
}

const problem = (
  status: number,
  code: string,
  message: string,
  details: Readonly<Record<string, unknown>> = {},
): Problem => ({
  status,
  body: { error: { code, message, innerError: details } },
})

/** Fastify marks what it refused itself (a body too large, JSON that does not parse) with a status. */
function frameworkStatus(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return undefined
  const { statusCode } = error
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 ? statusCode : undefined
}

/** What Fastify refuses before a route sees it, in words that say what to do. */
function refusedBody(error: unknown, bodyBytesMax: number): string | null {
  switch (error instanceof Error && 'code' in error ? error.code : undefined) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return `The body is too large: at most ${String(bodyBytesMax / 1024 ** 2)} MB are taken here, and nothing of it was read.`
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return 'The body is empty, where JSON is expected.'
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
      return 'The body is no JSON that is taken here: it is cut off or misspelt, or a member is named "__proto__" or "constructor", which no document needs.'
    default:
      return null
  }
}

/** The limit is that of the route that was asked. */
export function toProblem(error: unknown, bodyBytesMax: number): Problem {
  if (error instanceof ApiProblem) return problem(error.status, error.code, error.message, error.details)
  if (error instanceof DirectoryFileError) {
    return problem(422, 'directoryFileRefused', error.message, { scope: error.scope, problems: error.problems })
  }
  if (error instanceof TooManyRemovalsError) {
    return problem(409, 'tooManyRemovals', error.message, { removals: error.removals, present: error.present })
  }
  if (error instanceof NotWholeError) return problem(422, 'directoryNotWhole', error.message)
  if (error instanceof DirectoryRefusal)
    return problem(409, error.kind === 'mirrored' ? 'sourceIsTenant' : 'directoryRefused', error.message)
  if (error instanceof SchemaInvalidError)
    return problem(400, 'SchemaInvalid', error.message, { problems: error.problems })
  if (error instanceof AccountRefusal) return problem(error.code === 'nameTaken' ? 409 : 422, error.code, error.message)
  if (error instanceof PasswordsBusyError) return problem(503, 'serviceNotAvailable', error.message)
  if (error instanceof ConnectionRefusal) return problem(409, error.code, error.message)
  if (error instanceof ConnectorError) return problem(502, error.code, error.message, { retry: error.retry })
  const status = frameworkStatus(error)
  if (status !== undefined)
    return problem(
      status,
      'badRequest',
      refusedBody(error, bodyBytesMax) ?? (error instanceof Error ? error.message : 'The request cannot be read.'),
    )
  return problem(
    500,
    'generalException',
    'The service failed unexpectedly. The operator’s log has the cause; the request may be repeated.',
  )
}
