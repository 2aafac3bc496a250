/* The body of a request for a token: a form, each parameter at most once (RFC 6749 section 3.2). */
import type { FastifyRequest } from 'fastify'
import { OauthProblem } from './oauth-problem.ts'

export type Form = ReadonlyMap<string, string>

export function readForm({ body, headers }: FastifyRequest): Form {
  const type = headers['content-type']
  if (type !== undefined && !/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type))
    throw new OauthProblem(
      'badRequest',
      `The body is sent as '${type.slice(0, 100)}', and only application/x-www-form-urlencoded is read.`,
    )
  const form = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(typeof body === 'string' ? body : '')) {
    if (form.has(name)) throw new OauthProblem('badRequest', `The parameter '${name.slice(0, 100)}' is given twice.`)
    // What is empty is left out (RFC 6749 section 3.2).
    if (value !== '') form.set(name, value)
  }
  return form
}

export function required(form: Form, name: string): string {
  const value = form.get(name)
  if (value === undefined)
    throw new OauthProblem('missingParameter', `The request body must contain the following parameter: '${name}'.`)
  return value
}
