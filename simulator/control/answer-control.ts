/*
 * The simulator's own HTTP door below /_sim (docs/slack-simulator.md): what tests do through methods, others do through this.
 * It is never slowed down, logged or hit by faults.
 */
import { z } from 'zod'
import { headerOf } from '../answer.ts'
import { faultKinds } from '../faults.ts'
import type { FaultSeed } from '../faults.ts'
import type { Knobs } from '../knobs.ts'
import type { CodeSeed, Simulator, SimulatorResponse, TokenSeed } from '../simulator.ts'
import { knobAdjustments, settingAdjustments } from '../page/adjustments.ts'
import { groupRow, history, memberDetail, pageOfMembers } from '../page/member-views.ts'
import { planNames } from '../page/shell.ts'
import { filterRequests } from '../request-log.ts'
import type { RequestLogEntry } from '../request-log.ts'
import { serviceProviderCertificate } from '../saml/signing-key.ts'
import type { WorkspaceSettings } from '../workspace/model.ts'
import {
  allowedAddresses,
  appBody,
  groupBody,
  knobsPatch,
  personBody,
  roleBody,
  settingsBody,
} from './control-bodies.ts'
import { readSnapshot } from './snapshot-body.ts'

export interface ControlRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
}

type Action = (
  simulator: Simulator,
  place: { readonly rest: string; readonly query: URLSearchParams; readonly body: unknown },
) => unknown

const faultBody = z.strictObject({
  kind: z.enum(faultKinds),
  method: z.string().exactOptional(),
  path: z.string().exactOptional(),
  next: z.number().int().min(1).exactOptional(),
  probability: z.number().min(0).max(1).exactOptional(),
  status: z.number().int().min(100).max(599).exactOptional(),
  body: z.string().exactOptional(),
  headers: z.record(z.string(), z.string()).exactOptional(),
  delayMs: z.number().min(0).exactOptional(),
}) satisfies z.ZodType<FaultSeed>

const clockBody = z.union([
  z.strictObject({ freeze: z.union([z.literal(true), z.number()]) }),
  z.strictObject({ stepMs: z.number().min(0) }),
  z.strictObject({ unfreeze: z.literal(true) }),
])

const tokenBody = z.strictObject({
  installer: z.string(),
  kind: z.enum(['user', 'bot']).exactOptional(),
  scopes: z.array(z.string()).exactOptional(),
  isOrgWide: z.boolean().exactOptional(),
  allowedAddresses: allowedAddresses.exactOptional(),
}) satisfies z.ZodType<TokenSeed>

const codeBody = z.strictObject({
  user: z.string(),
  clientId: z.string().exactOptional(),
  redirectUri: z.string().nullable().exactOptional(),
  scopes: z.array(z.string()).exactOptional(),
  isOrgWide: z.boolean().exactOptional(),
}) satisfies z.ZodType<CodeSeed>

const requestFilter = z.strictObject({
  text: z.string().exactOptional(),
  method: z.string().exactOptional(),
  outcome: z.enum(['ok', 'failed']).exactOptional(),
  limit: z.coerce.number().int().min(1).exactOptional(),
})

class UnknownName extends Error {}

function found<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new UnknownName(`Nothing here is called ${name}.`)
  return value
}

/** The first segment behind /_sim with the verb; what follows it is `rest`. */
const actions: ReadonlyMap<string, Action> = new Map<string, Action>([
  ['GET ', overview],
  ['POST reset', (simulator) => simulator.reset()],
  ['GET snapshot', (simulator) => simulator.snapshot()],
  ['POST restore', (simulator, { body }) => simulator.restore(readSnapshot(body))],
  ['GET knobs', (simulator) => simulator.knobs],
  [
    'PATCH knobs',
    (simulator, { body }) => {
      const { knobs } = simulator
      const { consistency = {}, longUserNameError = {}, ...plain } = knobsPatch.parse(body)
      simulator.setKnobs({
        ...(plain as Partial<Knobs>),
        consistency: { ...knobs.consistency, ...(consistency as Partial<Knobs['consistency']>) },
        longUserNameError: {
          ...knobs.longUserNameError,
          ...(longUserNameError as Partial<Knobs['longUserNameError']>),
        },
      })
      return simulator.knobs
    },
  ],
  ['GET settings', (simulator) => simulator.settings],
  [
    'PATCH settings',
    (simulator, { body }) => {
      simulator.setSettings(settingsBody.parse(body) as Partial<WorkspaceSettings>)
      return simulator.settings
    },
  ],
  ['GET faults', (simulator) => simulator.faults()],
  ['POST faults', (simulator, { body }) => ({ id: simulator.addFault(faultBody.parse(body)) })],
  [
    'DELETE faults',
    (simulator, { rest }) => {
      if (rest === '') simulator.clearFaults()
      else if (!simulator.removeFault(Number(rest))) throw new UnknownName(`No fault has the number ${rest}.`)
    },
  ],
  ['GET clock', (simulator) => ({ now: simulator.now() })],
  ['POST clock', moveClock],
  [
    'GET requests',
    (simulator, { query }) => ({ count: simulator.requestCount, entries: requestsOf(simulator, query) }),
  ],
  ['DELETE requests', (simulator) => simulator.clearRequests()],
  ['GET audit', (simulator) => simulator.audit()],
  ['GET pulse', pulse],
  ['GET history', (simulator) => history(simulator.audit(), simulator, historyMax)],
  ['GET adjustments', adjustments],
  [
    'GET members',
    (simulator, { rest, query }) =>
      rest === '' ? pageOfMembers(query, simulator) : memberDetail(found(simulator.person(rest), rest), simulator),
  ],
  ['GET group-rows', (simulator) => simulator.groups().map((group) => groupRow(group, simulator.groupSizeMax))],
  ['GET rate', (simulator) => simulator.rateLevels()],
  ['DELETE rate', (simulator) => simulator.refillRateLimits()],
  ['GET people', (simulator, { rest }) => (rest === '' ? simulator.people() : found(simulator.person(rest), rest))],
  ['POST people', (simulator, { body }) => simulator.addPerson(personBody.parse(body))],
  [
    'PATCH people',
    (simulator, { rest, body }) => {
      const { role, active } = roleBody.parse(body)
      found(simulator.person(rest), rest)
      if (role !== undefined) simulator.setRole(rest, role)
      if (active === false) simulator.deactivate(rest)
      if (active === true) simulator.reactivate(rest)
      return simulator.person(rest)
    },
  ],
  ['GET groups', (simulator, { rest }) => (rest === '' ? simulator.groups() : found(simulator.group(rest), rest))],
  ['POST groups', (simulator, { body }) => simulator.addGroup(groupBody.parse(body))],
  ['GET saml-certificate', () => ({ certificate: serviceProviderCertificate })],
  ['POST tokens', (simulator, { body }) => ({ token: simulator.issueToken(tokenBody.parse(body)) })],
  ['POST codes', (simulator, { body }) => ({ code: simulator.issueCode(codeBody.parse(body)) })],
  ['GET apps', (simulator) => simulator.apps()],
  ['POST apps', (simulator, { body }) => simulator.addApp(appBody.parse(body))],
  [
    'POST browser-user',
    (simulator, { body }) => simulator.setBrowserUser(z.strictObject({ name: z.string().nullable() }).parse(body).name),
  ],
])

export function answerControl(request: ControlRequest, simulator: Simulator): SimulatorResponse {
  const { method, path, query, body } = request
  if (isFromElsewhere(request)) {
    return json(403, { error: 'A page of another site asked; the controls answer their own page and programs only.' })
  }
  const [, , name = '', ...more] = path.split('/')
  const action = actions.get(`${method} ${name}`)
  if (action === undefined) {
    return json(404, {
      error: `${method} ${path} is not a control of the simulator; docs/slack-simulator.md lists them.`,
    })
  }
  try {
    const rest = more.map(decodeURIComponent).join('/')
    const result = action(simulator, { rest, query, body: body === undefined ? {} : JSON.parse(body) })
    return result === undefined ? { status: 204, headers: {}, body: '' } : json(200, result)
  } catch (error) {
    if (error instanceof UnknownName) return json(404, { error: error.message })
    if (error instanceof z.ZodError) return json(400, { error: z.prettifyError(error) })
    if (error instanceof Error) return json(400, { error: error.message })
    throw error
  }
}

/** A page of another site, open in the same browser, has no business here. */
function isFromElsewhere({ headers }: ControlRequest): boolean {
  const origin = headerOf(headers, 'origin')
  return origin !== undefined && URL.parse(origin)?.host !== headerOf(headers, 'host')
}

function json(status: number, value: unknown): SimulatorResponse {
  return { status, headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(value) }
}

function overview(simulator: Simulator): unknown {
  const { settings } = simulator
  return {
    token: simulator.token,
    settings,
    people: simulator.people().length,
    groups: simulator.groups().length,
    requests: simulator.requestCount,
    now: simulator.now(),
    knobs: simulator.knobs,
    rate: simulator.rateLevels(),
  }
}

function moveClock(simulator: Simulator, { body }: { readonly body: unknown }): unknown {
  const move = clockBody.parse(body)
  if ('stepMs' in move) simulator.stepClock(move.stepMs)
  else if ('unfreeze' in move) simulator.unfreezeClock()
  else if (move.freeze === true) simulator.freezeClock()
  else simulator.freezeClock(move.freeze)
  return { now: simulator.now() }
}

const historyMax = 300

/** What the workspace page asks every second: small, and enough to know what to read anew. */
function pulse(simulator: Simulator): unknown {
  const { settings } = simulator
  return {
    version: simulator.version,
    requestCount: simulator.requestCount,
    now: simulator.now(),
    isFrozen: simulator.isFrozen,
    teamName: settings.teamName,
    plan: settings.plan,
    planName: planNames[settings.plan],
    rate: simulator.rateLevels(),
    faults: simulator.faults(),
  }
}

function adjustments(simulator: Simulator): unknown {
  return {
    settings: settingAdjustments(simulator.settings),
    knobs: knobAdjustments(simulator.knobs),
    saml: simulator.settings.saml,
  }
}

/** Oldest first as ever; with any of `text`, `method`, `outcome` or `limit` the newest that fit, newest first. */
function requestsOf(simulator: Simulator, query: URLSearchParams): readonly RequestLogEntry[] {
  if (query.size === 0) return simulator.requests()
  const filter = requestFilter.parse(Object.fromEntries(query))
  return filterRequests(simulator.requests(), filter)
}
