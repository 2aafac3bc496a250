/*
 * Hostile requests to Graph's part and to /muster/v1: whatever is asked, there is an answer in the envelope of errors, never a
 * failure of the service, never a path or a stack of this machine, and soon.
 */
import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApi, type ConnectionPort } from '../../src/api/index.ts'
import { ConnectionRefusal } from '../../src/vocabulary/index.ts'
import { repositoryRoot } from '../../scripts/run-checks.ts'
import { apiPorts } from '../builders/api-ports.ts'
import { aGroup, aUser } from '../builders/stored.ts'
import { aWorld, type World } from '../builders/world.ts'

let world: World
let app: Awaited<ReturnType<typeof createApi>>
const userId = '00000000-0000-4000-8000-000000000001'
const groupId = '00000000-0000-4000-8000-000000000002'

beforeAll(async () => {
  world = await aWorld({ assignEverybody: false })
  await world.store.directory.transaction(async (transaction) => {
    await transaction.putObjects([
      aUser(userId, { displayName: 'Mira Okafor', userPrincipalName: 'mira@example.com', mail: 'mira@example.com' }),
      aGroup(groupId, { displayName: 'Deck' }),
    ])
  })
  app = await createApi(apiPorts(world.ports, refusing))
  await app.ready()
})
afterAll(async () => {
  await app.close()
  await world.close()
})

/** There is nobody at Slack to ask. */
const refuse = (): never => {
  throw new ConnectionRefusal('consentUnknown', 'Nobody was asked for consent.')
}
const refusing: ConnectionPort = {
  targetUrl: 'https://api.slack.com',
  state: () => ({ origin: 'setting', tokenExpiresAt: null }),
  test: refuse,
  save: refuse,
  beginAuthorization: refuse,
  finishAuthorization: refuse,
  authorizationOutcome: refuse,
  takeCode: refuse,
  probe: refuse,
}

interface Hostile {
  readonly method: string
  readonly url: string
  readonly body?: string | Buffer
  readonly headers?: Readonly<Record<string, string>>
}

/** An answer that does not come is a fault as well. */
async function answerTo(options: InjectOptions): Promise<LightMyRequestResponse> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`${String(options.method)} ${JSON.stringify(options.url).slice(0, 200)} is not answered.`))
    }, 20_000)
  })
  try {
    return await Promise.race([app.inject(options), late])
  } finally {
    clearTimeout(timer)
  }
}

/** Time of the processor an answer may take. */
const budgetMs = 2000

/** What is wrong with the answer, or `null`. */
async function faultOf({ method, url, body, headers }: Hostile): Promise<string | null> {
  const begun = process.cpuUsage()
  const response = await answerTo({
    method: method,
    url,
    headers: { host: 'localhost', ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { payload: body }),
  })
  const { user, system } = process.cpuUsage(begun)
  const { statusCode, body: text } = response
  if ((user + system) / 1000 > budgetMs) return `took ${String(Math.round((user + system) / 1000))} ms`
  if (statusCode >= 500 && statusCode !== 501) return `answered ${String(statusCode)}: ${text.slice(0, 300)}`
  if (text.includes(repositoryRoot) || /node_modules|\.ts:\d+|\bat (?:async )?\w+[.\w]* \(|SQLITE|SELECT /.test(text))
    return `gave something of its inside away: ${text.slice(0, 500)}`
  if (statusCode < 400) return null
  if (method === 'HEAD') return text === '' ? null : 'answered HEAD with a body'
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return `refused without JSON: ${text.slice(0, 300)}`
  }
  const { error } = parsed as { readonly error?: { readonly code?: unknown; readonly message?: unknown } }
  if (typeof error?.code !== 'string' || typeof error.message !== 'string' || error.message === '')
    return `refused without the envelope: ${text.slice(0, 300)}`
  if (text.length > 4000) return `refused in ${String(text.length)} characters`
  return null
}

const hostileTexts = [
  '',
  "'",
  "''",
  '%',
  '%00',
  '%0d%0aX-Injected:%20yes',
  '%c0%af',
  '%ff%fe',
  '%ud800',
  '..%2f..%2f..%2fetc%2fpasswd',
  '..',
  '%2e%2e',
  '%5c..%5c',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  'toString',
  '$ref',
  '$count',
  '$batch',
  '{id}',
  ':job',
  '*',
  '😀',
  'a'.repeat(300),
  '('.repeat(300),
  "('a'".repeat(100),
  '00000000-0000-0000-0000-000000000000',
  '-1',
  '9'.repeat(400),
  '1e999',
  "mira@example.com' or 1 eq 1",
  'null',
  'NaN',
]

const hostileBodies: readonly (string | Buffer)[] = [
  '',
  ' ',
  '{',
  '[]',
  'null',
  'true',
  '1',
  '1e999',
  '"text"',
  '{"a":1,"a":2}',
  '{"__proto__":{"isAdmin":true}}',
  '{"constructor":{"prototype":{"x":1}}}',
  '{"toString":1,"hasOwnProperty":2,"valueOf":3}',
  '{"":""}',
  '{"displayName":null}',
  '{"displayName":[]}',
  '{"displayName":{}}',
  '{"displayName":1e308}',
  '{"displayName":"\\u0000"}',
  '{"displayName":"\\ud800"}',
  '{"value":[[[[[[]]]]]]}',
  '{"n":123456789012345678901234567890}',
  '['.repeat(5000) + ']'.repeat(5000),
  '{"a":'.repeat(5000) + '1' + '}'.repeat(5000),
  `{${Array.from({ length: 20_000 }, (_, at) => `"k${String(at)}":1`).join(',')}}`,
  `{"displayName":"${'x'.repeat(900_000)}"}`,
  `{"businessPhones":[${'"1",'.repeat(50_000)}"1"]}`,
  Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
  Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0x7d]),
  Buffer.alloc(1000),
]

const encoded = (text: string): string => encodeURIComponent(text.toWellFormed())

const contentTypes = [
  'application/json',
  'text/plain',
  'application/xml',
  'multipart/form-data',
  'multipart/form-data; boundary=x',
  'application/json; charset=utf-7',
  'application/x-www-form-urlencoded',
  ';;;',
  'application/json\t;x',
]
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE']

describe('filters', () => {
  const bombs: readonly (readonly [string, string])[] = [
    ['nested in parentheses', `${'('.repeat(5000)}displayName eq 'a'${')'.repeat(5000)}`],
    ['nested in not', `${'not '.repeat(5000)}displayName eq 'a'`],
    ['nested in not with parentheses', `${'not('.repeat(2000)}displayName eq 'a'${')'.repeat(2000)}`],
    ['of a million characters', `displayName eq '${'a'.repeat(1_000_000)}'`],
    ['of a million quotes', "'".repeat(1_000_000)],
    ['of many comparisons', Array.from({ length: 5000 }, () => "displayName eq 'a'").join(' or ')],
    ['of a long list', `id in (${Array.from({ length: 3000 }, () => "'a'").join(',')})`],
    ['of lambdas in lambdas', `${'proxyAddresses/any(x:'.repeat(200)}x eq 'a'${')'.repeat(200)}`],
    [
      'of lambdas side by side',
      Array.from({ length: 140 }, () => "proxyAddresses/any(x:startswith(x,'a'))").join(' and '),
    ],
    ['of functions in functions', `contains(${'tolower('.repeat(2000)}displayName${')'.repeat(2000)},'a')`],
    ['of functions around a text', `contains(displayName,${'tolower('.repeat(2000)}'a'${')'.repeat(2000)})`],
    ['of a long path', `${'a/'.repeat(3000)}b eq 'a'`],
    ['that ends nowhere', "displayName eq 'a"],
    ['of blanks', `displayName${' '.repeat(7000)}eq${' '.repeat(900)}'a'`],
    ['of digits', `displayName eq ${'9'.repeat(7000)}`],
    ['of a word that is none', `${'a'.repeat(7000)} eq 'a'`],
    ['of a date that is none', `createdDateTime gt 9999-99-99T99:99:99Z`],
    ['of regular expressions', `matchesPattern(displayName,'(a+)+$')`],
    ['of names of the language', `__proto__ eq 'a'`],
    ['of names behind names', `displayName/__proto__/constructor eq 'a'`],
    ['of a prototype in a lambda', `constructor/any(x:x eq 'a')`],
  ]

  test.each(bombs)('%s is refused, or answered, at once', async (_, filter) => {
    for (const address of [
      '/v1.0/users',
      '/v1.0/groups',
      `/v1.0/groups/${groupId}/members`,
      '/v1.0/users/$count',
      '/v1.0/applications',
      '/v1.0/users/delta',
    ])
      expect(await faultOf({ method: 'GET', url: `${address}?$filter=${encodeURIComponent(filter)}` })).toBeNull()
  })

  test('any text is a filter, or is refused', async () => {
    const part = fc.constantFrom(
      'displayName',
      'proxyAddresses',
      '/',
      'any',
      'all',
      '(',
      ')',
      'x',
      ':',
      "'a'",
      ',',
      'eq',
      'ne',
      'not',
      'and',
      'or',
      'in',
      'tolower',
      'startswith',
      'contains',
      '$count',
      'null',
      '1',
      'true',
      ' ',
      'assignedLicenses',
      'skuId',
      'identities',
      'manager',
      'id',
    )
    const filter = fc.oneof(
      fc.string({ maxLength: 200, unit: 'binary' }),
      fc.array(part, { maxLength: 40 }).map((parts) => parts.join(' ')),
      fc.array(part, { maxLength: 40 }).map((parts) => parts.join('')),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(
          '$filter',
          '$search',
          '$select',
          '$expand',
          '$orderby',
          '$top',
          '$skip',
          '$skiptoken',
          '$deltatoken',
          '$count',
        ),
        filter,
        fc.constantFrom(
          'users',
          'groups',
          'applications',
          'servicePrincipals',
          'applicationTemplates',
          'users/delta',
          'directory/deletedItems/microsoft.graph.user',
          `groups/${groupId}/members`,
        ),
        async (option, text, set) => {
          expect(
            await faultOf({ method: 'GET', url: `/v1.0/${set}?${option}=${encodeURIComponent(text.toWellFormed())}` }),
          ).toBeNull()
        },
      ),
      { numRuns: 600 },
    )
  }, 120_000)
})

/** Streams end when the caller goes. */
const neverEnding: ReadonlySet<string> = new Set(['/muster/v1/log/stream'])

describe('addresses, methods, bodies and headers', () => {
  const routes = (): readonly string[] => [
    ...new Set(app.routeList.map(({ url }) => url).filter((url) => url.startsWith('/muster') && !neverEnding.has(url))),
    ...[
      'users',
      'users/:id',
      'users/:id/manager/$ref',
      'groups/:id',
      'groups/:id/members/$ref',
      'groups/:id/members/:id/$ref',
      'applications',
      'applications/:id',
      'servicePrincipals/:id',
      'servicePrincipals/:id/appRoleAssignedTo',
      'applicationTemplates/:id/instantiate',
      'directory/deletedItems/:id/restore',
      'directoryObjects/getByIds',
      'servicePrincipals/:id/synchronization/jobs',
      'servicePrincipals/:id/synchronization/jobs/:id/schema',
      ':id',
      ':id/:id',
    ].map((path) => `/v1.0/${path}`),
  ]

  const anything: fc.Arbitrary<Hostile> = fc
    .record({
      route: fc.nat(),
      method: fc.constantFrom(...methods),
      text: fc.oneof(
        fc.constantFrom(...hostileTexts),
        fc.string({ unit: 'binary', maxLength: 50 }).map(encoded),
        fc.constantFrom(userId, groupId, 'default'),
      ),
      query: fc.constantFrom(
        '',
        '?',
        '?a=b',
        '?%',
        '?$top=1&$top=2',
        '?dryRun=maybe',
        '?limit=-1',
        '?since=%00',
        `?$filter=${'a'.repeat(9000)}`,
        '?__proto__=1',
        '?a[b]=c',
        '?limit=1e9&cursor=x',
      ),
      body: fc.option(fc.oneof(fc.constantFrom(...hostileBodies), fc.json({ maxDepth: 4 })), { nil: undefined }),
      type: fc.constantFrom(...contentTypes),
    })
    .map(({ route, method, text, query, body, type }) => ({
      method,
      url: `${(routes()[route % routes().length] ?? '').replaceAll(/:\w+/g, () => text)}${query}`,
      ...(body === undefined ? {} : { body, headers: { 'content-type': type } }),
    }))

  test('whatever is sent to whichever route is answered', async () => {
    await fc.assert(
      fc.asyncProperty(anything, async (hostile) => {
        expect(await faultOf(hostile)).toBeNull()
      }),
      { numRuns: 800 },
    )
  }, 120_000)
})
