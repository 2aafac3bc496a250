/*
 * Runs any file of Slack checks (slack.md 10.3) against the simulator, in this process and on a frozen clock:
 * a fresh workspace per check, its preconditions, its request, what is expected, and the follow-up requests.
 */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { SimulatorResponse } from '../../simulator/index.ts'
import type { VectorResult } from './results.ts'
import { authorizationOf, given, issueCode, prepareWorkspace, vectorFile } from './slack-scim-fixture.ts'
import type { Given, PreparedWorkspace, VectorFile } from './slack-scim-fixture.ts'
import { isRecord, mismatch } from './slack-scim-matching.ts'
import { createIdentityProvider, samlResponse } from './slack-scim-saml.ts'
import type { IdentityProvider } from './slack-scim-saml.ts'

const request = z.strictObject({ method: z.string(), path: z.string(), body: z.unknown().optional() })
type Request = z.infer<typeof request>

const expectation = z.strictObject({
  status: z.number(),
  bodyIncludes: z.unknown().optional(),
  bodyEmpty: z.boolean().exactOptional(),
  headersInclude: z.record(z.string(), z.unknown()).exactOptional(),
  eventuallyWithinMs: z.number().exactOptional(),
  statusConfidence: z.string().exactOptional(),
  then: z.unknown().optional(),
})
type Expectation = z.infer<typeof expectation>

const followUps = z.array(z.strictObject({ request, expect: expectation }))

const check = z.looseObject({
  id: z.string(),
  given,
  request,
  expect: expectation,
  then: z.unknown().optional(),
})

export async function runSlackScimVectors(file: string): Promise<readonly VectorResult[]> {
  const vectors = vectorFile.parse(JSON.parse(readFileSync(file, 'utf8')))
  const identityProvider = createIdentityProvider()
  const results: VectorResult[] = []
  for (const entry of vectors.checks) {
    results.push({ id: entry.id, ...(await outcomeOf(entry, vectors, identityProvider)) })
  }
  return results
}

/** An exception is a failure of this check, not the end of the run. */
async function outcomeOf(
  entry: unknown,
  vectors: VectorFile,
  identityProvider: IdentityProvider,
): Promise<Omit<VectorResult, 'id'>> {
  try {
    const reason = await runCheck(check.parse(entry), vectors, identityProvider)
    return reason === null ? { outcome: 'passed' } : { outcome: 'failed', reason }
  } catch (error) {
    return { outcome: 'failed', reason: `threw ${String(error)}` }
  }
}

interface Run extends PreparedWorkspace {
  readonly authorization: string | undefined
  readonly placeholders: Map<string, () => string>
  readonly identityProvider: IdentityProvider
}

const stepMs = 250

/** What is wrong, or null. */
async function runCheck(
  entry: z.infer<typeof check>,
  vectors: VectorFile,
  identityProvider: IdentityProvider,
): Promise<string | null> {
  const asked = entry.given
  const prepared = prepareWorkspace(vectors, asked, repeatedMembers(entry.request.body), identityProvider)
  const { simulator } = prepared
  const placeholders = placeholdersOf(vectors, prepared)
  const run: Run = {
    ...prepared,
    placeholders,
    identityProvider,
    authorization: authorizationOf(vectors, asked.token, prepared),
  }
  await exhaust(asked, vectors, run)
  if (asked.waitMs !== undefined) simulator.stepClock(asked.waitMs)
  const inFlight = startInFlight(asked, run)
  const { wrong, response } = await sendUntilExpected(entry.request, entry.expect, run)
  if (inFlight !== null) {
    simulator.stepClock(inFlightMs)
    await inFlight
  }
  if (wrong !== null) return wrong
  addCreated(response, placeholders)
  for (const list of [entry.then, entry.expect.then]) {
    for (const next of followUps.parse(list ?? [])) {
      const follower = { ...run, authorization: followUpAuthorization(next.request, run, vectors) }
      const { wrong: late } = await sendUntilExpected(next.request, next.expect, follower)
      if (late !== null) return `afterwards ${next.request.method} ${next.request.path}: ${late}`
    }
  }
  return null
}

/** Follow-ups use the same token; what a browser did without any is looked at by the administrator. */
function followUpAuthorization({ path }: Request, run: Run, vectors: VectorFile): string | undefined {
  if (run.authorization !== undefined || !path.startsWith('/scim/')) return run.authorization
  return authorizationOf(vectors, run.fixture.plan === 'enterprise' ? 'orgOwner' : 'admin', run)
}

async function sendUntilExpected(
  wanted: Request,
  expected: Expectation,
  run: Run,
): Promise<{ wrong: string | null; response: SimulatorResponse }> {
  let waitedMs = 0
  while (true) {
    const response = await send(wanted, run, run.authorization)
    const wrong = judge(expected, response, run)
    if (wrong === null || waitedMs >= (expected.eventuallyWithinMs ?? 0)) return { wrong, response }
    run.simulator.stepClock(stepMs)
    waitedMs += stepMs
  }
}

function judge(expected: Expectation, response: SimulatorResponse, run: Run): string | null {
  const { status, body, headers } = response
  if (status !== expected.status) return `status ${status} instead of ${expected.status}: ${body.slice(0, 300)}`
  if (expected.bodyEmpty === true && body !== '') return `a body where none is expected: ${body.slice(0, 300)}`
  const wrongHeader = mismatch(resolve(expected.headersInclude ?? {}, run), headers, body, 'headers')
  if (wrongHeader !== null) return wrongHeader
  if (expected.bodyIncludes === null || expected.bodyIncludes === undefined) return null
  return mismatch(resolve(expected.bodyIncludes, run), parsed(response), body)
}

function parsed({ body, headers }: SimulatorResponse): unknown {
  const isJson = headers['content-type']?.startsWith('application/json') === true
  return isJson && body !== '' ? JSON.parse(body) : undefined
}

async function send(wanted: Request, run: Run, authorization: string | undefined): Promise<SimulatorResponse> {
  const headers: Record<string, string> = {}
  if (authorization !== undefined) headers['authorization'] = authorization
  const body = bodyOf(resolve(wanted.body, run), run)
  if (body !== undefined) headers['content-type'] = body.contentType
  const url = encodedPath(resolvedText(wanted.path, run))
  return run.simulator.handle({ method: wanted.method, url, headers, body: body?.text })
}

function bodyOf(
  body: unknown,
  { simulator, identityProvider }: Run,
): { text: string; contentType: string } | undefined {
  if (body === null || body === undefined) return undefined
  if (typeof body === 'string') return { text: body, contentType: 'application/x-www-form-urlencoded' }
  if (isRecord(body) && Object.hasOwn(body, '$saml')) {
    const response = samlResponse.parse(body['$saml'])
    const { saml } = simulator.settings
    if (saml === null) throw new Error('The fixture sets up no single sign-on.')
    const form = new URLSearchParams({
      SAMLResponse: identityProvider.respond(response, saml, saml.acsUrl ?? '', simulator.now()),
      RelayState: response.relayState ?? '',
    })
    return { text: form.toString(), contentType: 'application/x-www-form-urlencoded' }
  }
  return { text: JSON.stringify(body), contentType: 'application/json' }
}

/** Query values stand unescaped in the file; those that are escaped already stay as they are. */
function encodedPath(path: string): string {
  const [place = '', ...rest] = path.split('?')
  if (rest.length === 0) return place
  const pairs = rest.join('?').split('&')
  const encoded = pairs.map((pair) => {
    const [name = '', ...value] = pair.split('=')
    return value.length === 0 ? name : `${name}=${encodeURIComponent(decoded(value.join('=')))}`
  })
  return `${place}?${encoded.join('&')}`
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch (error) {
    if (error instanceof URIError) return value
    throw error
  }
}

/** A code is good for ten minutes (slack.md 1.3). */
const codeLifeMs = 10 * 60 * 1000

function placeholdersOf(vectors: VectorFile, prepared: PreparedWorkspace): Map<string, () => string> {
  const { simulator, fixture } = prepared
  const placeholders = new Map<string, () => string>()
  for (const userName of Object.keys(fixture.users ?? {})) {
    const id = simulator.person(userName)?.id ?? ''
    placeholders.set(`users.${userName}.id`, () => id)
    placeholders.set(`users.${userName}.email`, () => simulator.person(id)?.email ?? '')
  }
  for (const [key, { displayName }] of Object.entries(fixture.groups ?? {})) {
    const id = simulator.group(displayName)?.id ?? ''
    placeholders.set(`groups.${key}.id`, () => id)
  }
  placeholders.set('code.fresh', () => issueCode(vectors, prepared, false))
  placeholders.set('code.orgInstall', () => issueCode(vectors, prepared, true))
  placeholders.set('code.expired', () => {
    const code = issueCode(vectors, prepared, false)
    simulator.stepClock(codeLifeMs)
    return code
  })
  placeholders.set('team.id', () => simulator.settings.teamId)
  placeholders.set('enterprise.id', () => simulator.settings.enterpriseId ?? '')
  return placeholders
}

function addCreated(response: SimulatorResponse, placeholders: Map<string, () => string>): void {
  const created = parsed(response)
  if (!isRecord(created)) return
  for (const [name, value] of Object.entries(created)) {
    if (typeof value === 'string') placeholders.set(`created.${name}`, () => value)
  }
}

/** Fills placeholders in all texts, and made-up members where `$repeat` asks for them. */
function resolve(value: unknown, run: Run): unknown {
  if (typeof value === 'string') return resolvedText(value, run)
  if (Array.isArray(value)) return value.map((element) => resolve(element, run))
  if (!isRecord(value)) return value
  const { $repeat: count } = value
  if (typeof count === 'number') {
    return run.crowd.slice(0, count).map((userName) => ({ value: run.simulator.person(userName)?.id ?? '' }))
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolve(inner, run)]))
}

function resolvedText(value: string, { placeholders }: Run): string {
  return value.replaceAll(/\$\{([^}]+)\}/g, (_, name: string) => {
    const placeholder = placeholders.get(name)
    if (placeholder === undefined) throw new Error(`The placeholder ${name} stands for nothing this runner knows.`)
    return placeholder()
  })
}

function repeatedMembers(value: unknown): number {
  if (Array.isArray(value)) return Math.max(0, ...value.map(repeatedMembers))
  if (!isRecord(value)) return 0
  const own = typeof value['$repeat'] === 'number' ? value['$repeat'] : 0
  return Math.max(own, ...Object.values(value).map(repeatedMembers), 0)
}

const v1Schemas = ['urn:scim:schemas:core:1.0']

/** Uses up a budget at one instant, which is within whatever time the file allows. */
async function exhaust({ exhaust: asked, token }: Given, vectors: VectorFile, run: Run): Promise<void> {
  if (asked === undefined) return
  const [method = '', path = ''] = asked.endpoint.split(' ')
  const resource = path.split('/')[1] ?? ''
  const target = exhaustTarget(resource, run)
  const authorization =
    asked.token === undefined || asked.token === token ? run.authorization : authorizationOf(vectors, asked.token, run)
  for (let number = 0; number < asked.requests; number++) {
    const wanted = {
      method,
      path: `/scim/v1${path.replace('<id>', target)}`,
      body: method === 'GET' || method === 'DELETE' ? null : exhaustBody(resource, method, number),
    }
    const { status } = await send(wanted, run, authorization)
    if (status === 429) throw new Error(`Request ${number + 1} of ${asked.requests} to ${asked.endpoint} was refused.`)
  }
}

function exhaustTarget(resource: string, { fixture, placeholders }: Run): string {
  const member = Object.entries(fixture.users ?? {}).find(([, { role, active }]) => role === 'member' && active)
  const name = resource === 'Groups' ? `groups.${Object.keys(fixture.groups ?? {})[0]}.id` : `users.${member?.[0]}.id`
  return placeholders.get(name)?.() ?? ''
}

function exhaustBody(resource: string, method: string, number: number): unknown {
  const name = `Filler ${number}`
  if (resource === 'Groups') return { schemas: v1Schemas, displayName: name }
  if (method === 'PATCH') return { schemas: v1Schemas, title: name }
  const userName = `filler${number}`
  return { schemas: v1Schemas, userName, emails: [{ value: `${userName}@acme.example` }] }
}

const inFlightMs = 60_000

/** A write that is still running: it holds its lock until the clock is stepped. */
function startInFlight({ inFlight }: Given, run: Run): Promise<SimulatorResponse> | null {
  if (inFlight === undefined) return null
  run.simulator.addFault({ kind: 'slow', next: 1, delayMs: inFlightMs })
  const body = { schemas: v1Schemas, ...(inFlight.path.includes('/Groups/') ? { displayName: 'A' } : { title: 'A' }) }
  return send({ ...inFlight, body }, run, run.authorization)
}
