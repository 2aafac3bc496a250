/*
 * The connection to the target: Test Connection, saving credentials, OAuth. A refused test is an answer with the steps that
 * were tried, and nothing is stored by it (acceptance 2, 4).
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { targetChangesName, type ConnectionReport, type JobConnectionReport } from '../../vocabulary/index.ts'
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
const jobName = z.string().min(1).exactOptional()

/** Graph's validateCredentials answers 400 when the target refuses. */
function accepted(report: ConnectionReport): ConnectionReport {
  if (report.isAccepted) return report
  const failed = report.steps.at(-1)
  const message = `${failed?.sentence ?? 'The target refused.'} ${failed?.remedy ?? ''}`.trim()
  throw new ApiProblem(400, 'CredentialsRefused', `${message} Nothing was stored.`, { report })
}

/** Which connection a request means that names no job, or the only one: that of the settings where there are several. */
async function connectionMeant(ports: ApiPorts, name: string | undefined): Promise<ConnectionPort> {
  if (name !== undefined) return await ports.connections.of(await jobNamed(ports, name))
  const [only, ...others] = await ports.cycle.store.jobs.list()
  return only === undefined || others.length > 0 ? ports.connection : await ports.connections.of(only)
}

export function connectionRoutes(app: FastifyInstance, ports: ApiPorts): void {
  const { connections } = ports
  jobRoutes(app, ports)

  app.post('/slack/authorize', async (request) => {
    const { redirectUrl, job } = parse(
      z.object({ redirectUrl: z.url().exactOptional(), job: jobName }),
      request.body ?? {},
    )
    const oauthApp = ports.oauthApp()
    if (oauthApp === null) {
      throw new ApiProblem(
        409,
        'oauthAppMissing',
        'No Slack app is named, so nobody can be asked for consent. Set MUSTER_SLACK_CLIENT_ID and MUSTER_SLACK_CLIENT_SECRET (or muster secrets set slackClientSecret) and start the service again, or paste a user token with muster slack token.',
      )
    }
    const connection = await connectionMeant(ports, job)
    return connection.beginAuthorization(oauthApp, redirectUrl ?? oauthApp.redirectUrl ?? pastedUrl)
  })

  app.get<{ Params: { state: string } }>(
    '/slack/authorize/:state',
    async ({ params: { state } }) => await connections.waitingFor(state).authorizationOutcome(state),
  )

  const answer = z.object({
    state: z.string().min(1),
    code: z.string().exactOptional(),
    error: z.string().exactOptional(),
  })
  app.post('/slack/answer', async (request) => {
    const given = parse(answer, request.body)
    return accepted(await connections.waitingFor(given.state).finishAuthorization(given))
  })

  app.post('/slack/probe', async (request) => {
    const { testUser, job } = parse(z.object({ testUser: z.email().exactOptional(), job: jobName }), request.body ?? {})
    const report = await (await connectionMeant(ports, job)).probe(testUser)
    await ports.cycle.store.setValue(targetChangesName, '')
    return report
  })

  app.get(callbackPath, async (request, reply) => {
    const given = parse(answer, request.query)
    const report = await connections.waitingFor(given.state).finishAuthorization(given)
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

function jobRoutes(app: FastifyInstance, ports: ApiPorts): void {
  const { connections } = ports
  const sharing = z.object({ sharesWorkspace: z.boolean() })

  app.get<{ Params: { job: string } }>('/jobs/:job/credentials', async (request): Promise<JobConnectionReport> =>
    connections.describe(await jobNamed(ports, request.params.job)),
  )

  app.post<{ Params: { job: string } }>('/jobs/:job/validateCredentials', async (request) => {
    const connection = await connections.of(await jobNamed(ports, request.params.job))
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
    const job = await jobNamed(ports, request.params.job)
    const body = parse(z.object({ token, sharesWorkspace: z.boolean().exactOptional() }), request.body)
    if (body.sharesWorkspace !== undefined) await connections.share(job.servicePrincipalId, body.sharesWorkspace)
    return accepted(await (await connections.of(job)).save(body.token))
  })

  app.patch<{ Params: { job: string } }>('/jobs/:job/connection', async (request): Promise<JobConnectionReport> => {
    const job = await jobNamed(ports, request.params.job)
    const { sharesWorkspace } = parse(sharing, request.body)
    await connections.share(job.servicePrincipalId, sharesWorkspace)
    return await connections.describe(job)
  })
}
