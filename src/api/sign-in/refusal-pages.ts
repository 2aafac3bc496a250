/* What a person sees in a browser when something does not work: what was found, and what to do. */
import type { FastifyInstance } from 'fastify'
import type { ApiPorts } from '../ports.ts'
import { toProblem } from '../problems.ts'
import { AuthorizeRefused } from './authorize-request.ts'
import { alertOf, html, sendPage } from './html.ts'

export function sendRefusalPages(app: FastifyInstance, { cycle: { log } }: ApiPorts): void {
  app.setErrorHandler(async (error, request, reply) => {
    const { status, body } =
      error instanceof AuthorizeRefused
        ? { status: 400, body: { error: { message: error.message } } }
        : toProblem(error, request.routeOptions.bodyLimit)
    // The address may hold a code or an invitation.
    if (status >= 500)
      log.error('a sign-in page failed', {
        route: request.routeOptions.url ?? '',
        error: error instanceof Error ? error.message : String(error),
      })
    return await sendPage(reply, {
      title: 'This did not work',
      status,
      main: html`${alertOf(body.error.message)}`,
    })
  })
}
