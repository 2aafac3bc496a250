/*
 * The connection to the target: Test Connection, saving credentials, OAuth. A refused test is an answer with the steps that
 * were tried, and nothing is stored by it (acceptance 2, 4).
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import {
  ConnectorError,
  targetChangesName,
  type ConnectionReport,
  type SynchronizationJob,
} from '../../vocabulary/index.ts'
import { jobNamed, parse } from '../parameters.ts'
import type { ApiPorts, ConnectionPort } from '../ports.ts'
import { ApiProblem } from '../problems.ts'

const callbackPath = '/slack/callback'
/** Slack sends a browser to HTTPS only (slack.md 1.3). Nothing has to answer here: the person pastes the address. */
const pastedUrl = `https://localhost/muster/v1${callbackPath}`

/** Where Slack's consent page sends the browser back to. */
export function isConsentAnswer(request: FastifyRequest): boolean {
  return request.method === 'GET' && request.routeOptions.url === `/muster/v1${callbackPath}`
}

const token = z.string().trim().min(1)

/** Graph's validateCredentials answers 400 when the target refuses. */
function accepted(report: ConnectionReport): ConnectionReport {
  if (report.isAccepted) return report
  const failed = report.steps.at(-1)
  const message = `${failed?.sentence ?? 'The target refused.'} ${failed?.remedy ?? ''}`.trim()
  throw new ApiProblem(400, 'CredentialsRefused', `${message} Nothing was stored.`, { report })
}

export function connectionRoutes(app: FastifyInstance, ports: ApiPorts): void {
  const { connection, oauthApp } = ports
  if (connection === undefined) {
    app.post<{ Params: { job: string } }>('/jobs/:job/validateCredentials', async (request) =>
      accepted(await testTarget(ports, await jobNamed(ports, request.params.job))),
    )
    return
  }
  jobRoutes(app, ports, connection)

  app.post('/slack/authorize', async (request) => {
    const { redirectUrl } = parse(z.object({ redirectUrl: z.url().exactOptional() }), request.body ?? {})
    if (oauthApp === undefined) {
      throw new ApiProblem(
        409,
        'oauthAppMissing',
        'No Slack app is named, so nobody can be asked for consent. Set MUSTER_SLACK_CLIENT_ID and MUSTER_SLACK_CLIENT_SECRET and start the service again, or paste a user token with muster slack token.',
      )
    }
    return connection.beginAuthorization(oauthApp, redirectUrl ?? oauthApp.redirectUrl ?? pastedUrl)
  })

  app.get<{ Params: { state: string } }>(
    '/slack/authorize/:state',
    async (request) => await connection.authorizationOutcome(request.params.state),
  )

  const answer = z.object({
    state: z.string().min(1),
    code: z.string().exactOptional(),
    error: z.string().exactOptional(),
  })
  app.post('/slack/answer', async (request) =>
    accepted(await connection.finishAuthorization(parse(answer, request.body))),
  )

  app.post('/slack/probe', async (request) => {
    const { testUser } = parse(z.object({ testUser: z.email().exactOptional() }), request.body ?? {})
    const report = await connection.probe(testUser)
    await ports.cycle.store.setValue(targetChangesName, '')
    return report
  })

  app.get(callbackPath, async (request, reply) => {
    const report = await connection.finishAuthorization(parse(answer, request.query))
    const last = report.steps.at(-1)
    const text = report.isAccepted
      ? `Connected: ${report.steps.map((step) => step.sentence).join(' ')}`
      : `Not connected: ${last?.sentence ?? ''} ${last?.remedy ?? ''}`
    // Plain text: nothing of the answer can become a page.
    return await reply
      .type('text/plain; charset=utf-8')
      .status(report.isAccepted ? 200 : 400)
      .send(`${text}\nThis window can be closed.\n`)
  })
}

/** A target without credentials of its own kind is asked whether it answers. */
async function testTarget(ports: ApiPorts, job: SynchronizationJob): Promise<ConnectionReport> {
  const { target } = ports.cycle.connect(job)
  const report = { targetUrl: ports.targetUrl, account: null, notes: [] } as const
  try {
    const { summary } = await target.checkCredentials()
    const step = { name: 'query', status: 'passed', sentence: summary, remedy: null, exchange: null } as const
    return { ...report, isAccepted: true, steps: [step] }
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error
    const { message: sentence, exchange = null } = error
    const step = { name: 'query', status: 'failed', sentence, remedy: 'Then test again.', exchange } as const
    return { ...report, isAccepted: false, steps: [step] }
  }
}

function jobRoutes(app: FastifyInstance, ports: ApiPorts, connection: ConnectionPort): void {
  app.get<{ Params: { job: string } }>('/jobs/:job/credentials', async (request) => {
    await jobNamed(ports, request.params.job)
    return connection.state()
  })

  app.post<{ Params: { job: string } }>('/jobs/:job/validateCredentials', async (request) => {
    await jobNamed(ports, request.params.job)
    const body = parse(z.object({ token: token.exactOptional() }), request.body ?? {})
    if (body.token === undefined && connection.state().origin === 'none') {
      throw new ApiProblem(
        409,
        'credentialsMissing',
        'There is no token to test: send one, or connect first (muster slack connect).',
      )
    }
    return accepted(await connection.test(body.token))
  })

  app.put<{ Params: { job: string } }>('/jobs/:job/credentials', async (request) => {
    await jobNamed(ports, request.params.job)
    const body = parse(z.object({ token }), request.body)
    return accepted(await connection.save(body.token))
  })
}
