/*
 * Learns how one workspace behaves where Slack's documentation is silent (slack.md section 12): by reading, and when an
 * administrator offers one also by a throw-away account, which is left deactivated.
 */
import type { Clock, QuirkChange, QuirkProfile, QuirkReading } from '../../vocabulary/index.ts'
import { ConnectorError } from '../../vocabulary/index.ts'
import type { HttpMethod, JsonRecord, Send } from '../scim/index.ts'
import { isRecord, listOf, readAnswer, textOf } from '../scim/index.ts'
import { v1Names } from './wire-names.ts'

export interface ProbeOptions {
  /** With its path, e.g. `https://api.slack.com`. */
  readonly baseUrl: URL
  readonly send: Send
  readonly token: string
  readonly clock: Clock
  readonly random: () => number
  /** E-mail address of the account that may be made; nobody else may have it. */
  readonly testUser?: string
}

interface Heard {
  readonly status: number
  /** The error's name; `null` when it worked. */
  readonly name: string | null
  readonly detail: string
  readonly json: JsonRecord
}

type Ask = (method: HttpMethod, path: string, body?: JsonRecord) => Promise<Heard>

/** Slack shows a change after a few seconds (slack.md 2.1, section 4). */
const settleMs = 10_000
const giveUpMs = 30_000

const needsAccount = 'Not tried: it needs a throw-away account (muster slack probe --with-test-user ADDRESS).'

export async function probeWorkspace(options: ProbeOptions): Promise<readonly QuirkReading[]> {
  const ask = asker(options)
  const byReading = await readingsByReading(ask)
  const byAccount =
    options.testUser === undefined
      ? Object.entries(questionsOfAccount).map(([id, question]) => ({
          id,
          question,
          finding: null,
          evidence: needsAccount,
        }))
      : await readingsByAccount(ask, options, options.testUser)
  return [...byReading, ...byAccount]
}

/** Only what both probes have tried can differ. */
export function changesSince(before: QuirkProfile | null, readings: readonly QuirkReading[]): readonly QuirkChange[] {
  return readings.flatMap(({ id, finding }) => {
    const earlier = before?.findings[id]
    return earlier === undefined || finding === null || finding === earlier
      ? []
      : [{ id, before: earlier, after: finding }]
  })
}

/** What was learned stays until it is learned anew. */
export function profileOf(
  before: QuirkProfile | null,
  readings: readonly QuirkReading[],
  readAt: number,
): QuirkProfile {
  const fresh = readings.flatMap(({ id, finding }) => (finding === null ? [] : [[id, finding] as const]))
  return { readAt, findings: { ...before?.findings, ...Object.fromEntries(fresh) } }
}

async function readingsByReading(ask: Ask): Promise<readonly QuirkReading[]> {
  const nobody = await ask('GET', '/scim/v1/Users/U0MUSTERPROBE')
  const noGroup = await ask('GET', '/scim/v1/Groups/S0MUSTERPROBE')
  const config = await ask('GET', '/scim/v1/ServiceProviderConfigs')
  const groups = await ask('GET', '/scim/v1/Groups?count=1')
  const second = await ask('GET', '/scim/v2/Users?count=1')
  const secondFilter = await ask(
    'GET',
    `/scim/v2/Users?count=2&filter=${encodeURIComponent('userName eq "muster.probe.nobody"')}`,
  )
  return [
    { id: 'unknownUser', question: 'How is an unknown user answered?', ...said(nobody) },
    { id: 'unknownGroup', question: 'How is an unknown group answered?', ...said(noGroup) },
    {
      id: 'announcedFilter',
      question: 'Does the configuration admit that it can filter?',
      ...announced(config, 'filter'),
    },
    {
      id: 'announcedPatch',
      question: 'Does the configuration admit that it can be patched?',
      ...announced(config, 'patch'),
    },
    { id: 'groupFilter', question: 'Can groups be found by displayName?', ...(await groupFilter(ask, groups)) },
    {
      id: 'version2',
      question: 'Is version 2 of the API offered?',
      finding: second.name === 'unsupported_version' ? 'no' : second.name === null ? 'yes' : second.name,
      evidence: heardText(second),
    },
    {
      id: 'version2Filter',
      question: 'Does version 2 filter?',
      finding:
        secondFilter.name === null ? (secondFilter.json.totalResults === 0 ? 'yes' : 'ignored') : secondFilter.name,
      evidence: heardText(secondFilter),
    },
  ]
}

async function groupFilter(ask: Ask, groups: Heard): Promise<Pick<QuirkReading, 'finding' | 'evidence'>> {
  const [group] = listOf(groups.json.Resources).filter(isRecord)
  const name = textOf(group?.displayName)
  if (name === undefined) return { finding: null, evidence: 'Not tried: the workspace has no group.' }
  const find = (wanted: string): Promise<Heard> =>
    ask('GET', `/scim/v1/Groups?count=2&filter=${encodeURIComponent(`displayName eq ${JSON.stringify(wanted)}`)}`)
  const none = await find('muster probe: a group nobody has')
  if (none.name !== null) return { finding: `refused (${none.name})`, evidence: heardText(none) }
  if (none.json.totalResults !== 0) return { finding: 'ignored', evidence: heardText(none) }
  const one = await find(name)
  const hits = typeof one.json.totalResults === 'number' ? one.json.totalResults : 0
  return { finding: hits > 0 ? 'yes' : 'finds nothing', evidence: heardText(one) }
}

const questionsOfAccount = {
  unknownManager: 'What becomes of a manager who is unknown, when an account is created?',
  externalId: 'Is externalId stored?',
  emailTaken: 'How is an address answered that somebody has?',
  existingUser: 'Does that answer name who has it?',
  groupNameTaken: 'May two groups have one name?',
  deactivationLeavesGroups: 'Does a deactivated account leave its groups?',
} as const

type AccountReading = keyof typeof questionsOfAccount

async function readingsByAccount(ask: Ask, options: ProbeOptions, email: string): Promise<readonly QuirkReading[]> {
  const found: Partial<Record<AccountReading, Pick<QuirkReading, 'finding' | 'evidence'>>> = {}
  const taken = await ask(
    'GET',
    `/scim/v1/Users?count=1&filter=${encodeURIComponent(`email eq ${JSON.stringify(email)}`)}`,
  )
  if (taken.name === null && taken.json.totalResults !== 0) {
    throw new ConnectorError(
      `Somebody has the address ${email} in Slack already, perhaps an earlier probe, so nothing was made; name an address nobody has.`,
      { code: 'Conflict', scope: 'object', retry: 'never' },
    )
  }
  const mark = Math.floor(options.random() * 1_000_000).toString(36)
  const account = { schemas: [v1Names.user], userName: `probe-${mark}`, emails: [{ value: email, primary: true }] }
  const profile = {
    ...account,
    schemas: [v1Names.user, v1Names.enterprise],
    externalId: `probe-${mark}`,
    title: 'Throw-away account of a probe',
    [v1Names.enterprise]: { manager: { managerId: 'U0MUSTERPROBE' }, department: 'Probe' },
  }
  let made = await ask('POST', '/scim/v1/Users', profile)
  found.unknownManager = { finding: made.name ?? 'accepted', evidence: heardText(made) }
  if (made.name !== null) made = await ask('POST', '/scim/v1/Users', { ...account, externalId: `probe-${mark}` })
  const id = textOf(made.json.id)
  if (id === undefined) throw notMade(made)
  try {
    const held = await ask('GET', `/scim/v1/Users/${id}`)
    if (found.unknownManager.finding === 'accepted') {
      const block = held.json[v1Names.enterprise]
      const hasDepartment = isRecord(block) && textOf(block.department) !== undefined
      found.unknownManager = {
        finding: hasDepartment ? 'the manager is left out' : 'the whole profile is dropped',
        evidence: heardText(made),
      }
    }
    found.externalId = { finding: textOf(held.json.externalId) === undefined ? 'no' : 'yes', evidence: heardText(held) }
    const twice = await ask('POST', '/scim/v1/Users', { ...account, userName: `probe2-${mark}` })
    found.emailTaken = said(twice)
    found.existingUser = { finding: twice.detail.includes(id) ? 'yes' : 'no', evidence: twice.detail }
    await probeGroups(ask, options.clock, { id, mark }, found)
  } finally {
    // Slack keeps every account (slack.md 3.6); this one may do nothing any more.
    await ask('DELETE', `/scim/v1/Users/${id}`)
  }
  return Object.entries(questionsOfAccount).map(([key, question]) => ({
    id: key,
    question,
    ...(found[key as AccountReading] ?? { finding: null, evidence: 'Not learned: an earlier step failed.' }),
  }))
}

async function probeGroups(
  ask: Ask,
  clock: Clock,
  { id, mark }: { readonly id: string; readonly mark: string },
  found: Partial<Record<AccountReading, Pick<QuirkReading, 'finding' | 'evidence'>>>,
): Promise<void> {
  const body = { schemas: [v1Names.group], displayName: `muster probe ${mark}`, members: [{ value: id }] }
  const made: string[] = []
  try {
    const first = await ask('POST', '/scim/v1/Groups', body)
    const group = textOf(first.json.id)
    if (group === undefined) return
    made.push(group)
    const again = await ask('POST', '/scim/v1/Groups', { ...body, members: [] })
    const other = textOf(again.json.id)
    if (other !== undefined) made.push(other)
    found.groupNameTaken = other === undefined ? said(again) : { finding: 'allowed', evidence: heardText(again) }
    await ask('PATCH', `/scim/v1/Users/${id}`, { schemas: [v1Names.user], active: false })
    await clock.sleep(settleMs)
    const after = await ask('GET', `/scim/v1/Groups/${group}`)
    const members = listOf(after.json.members).filter((member) => isRecord(member) && member.value === id)
    found.deactivationLeavesGroups = { finding: members.length === 0 ? 'yes' : 'no', evidence: heardText(after) }
  } finally {
    for (const group of made) await ask('DELETE', `/scim/v1/Groups/${group}`)
  }
}

function asker({ baseUrl, send, token, clock }: ProbeOptions): Ask {
  const prefix = baseUrl.pathname.replace(/\/+$/, '')
  return async (method, path, body) => {
    const isOver = new AbortController()
    const isLate = new AbortController()
    const giveUp = clock.sleep(giveUpMs, isOver.signal).then(
      () => isLate.abort(new Error('late')),
      () => undefined,
    )
    try {
      const headers = {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        'content-type': 'application/json',
      }
      const request = {
        method,
        path: prefix + path,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }
      const answer = await send(request, { signal: isLate.signal })
      const reading = readAnswer(answer)
      const json = reading.kind === 'done' && isRecord(reading.json) ? reading.json : {}
      if (reading.kind === 'done') return { status: answer.status, name: null, detail: '', json }
      if (reading.kind === 'refused') return { status: answer.status, name: reading.name, detail: reading.detail, json }
      return { status: answer.status, name: `(${reading.found})`, detail: '', json }
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'no answer'
      throw new ConnectorError(
        `The probe broke off at ${method} ${path} (${code}); nothing was concluded from it. Try again.`,
        {
          code: 'WebExceptionProtocolError',
          scope: 'object',
          retry: 'nextCycle',
          cause: error,
        },
      )
    } finally {
      isOver.abort(new Error('answered'))
      await giveUp
    }
  }
}

const heardText = ({ status, name, detail }: Heard): string =>
  name === null ? `status ${String(status)}` : `status ${String(status)}: ${detail === '' ? name : detail}`

const said = (heard: Heard): Pick<QuirkReading, 'finding' | 'evidence'> => ({
  finding: `${String(heard.status)} ${heard.name ?? 'accepted'}`,
  evidence: heardText(heard),
})

function announced({ json, ...heard }: Heard, feature: string): Pick<QuirkReading, 'finding' | 'evidence'> {
  const entry = json[feature]
  const isSaid = isRecord(entry) && typeof entry.supported === 'boolean'
  return {
    finding: isSaid ? (entry.supported === true ? 'yes' : 'no') : 'unsaid',
    evidence: heardText({ json, ...heard }),
  }
}

function notMade(heard: Heard): ConnectorError {
  return new ConnectorError(
    `The throw-away account could not be made (${heardText(heard)}), so what needs it was not learned.`,
    {
      code: 'UnprocessableEntity',
      scope: 'object',
      retry: 'never',
      ...(heard.name === null ? {} : { targetErrorName: heard.name }),
    },
  )
}
