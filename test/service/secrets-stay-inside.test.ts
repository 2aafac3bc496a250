/*
 * Secrets are planted wherever they may be given, in front of servers that repeat everything they are told, and looked for in
 * everything that leaves the service: output, answers, logs, exports, files and the database.
 */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { SMTPServer } from 'smtp-server'
import { afterEach, expect, test, vi } from 'vitest'
import { musterAt, musterScript, startService, stopService, type Muster } from '../builders/muster-service.ts'
import { createPrograms, type Ended } from '../builders/programs.ts'

// Each command is a process of its own, and the machine may be busy.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 })

const programs = createPrograms()
const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
  await programs.clear()
})

const planted = {
  settingsToken: 'xoxp-planted-settings-4f1d6c0e',
  ownToken: 'planted+own/token=77a1"c9',
  triedToken: 'planted-tried-token-b3d9',
  refreshToken: 'planted-refresh-9c48',
  clientSecret: 'planted-client-secret-2b7a',
  smtpPassword: 'planted-smtp-password-8a21',
  webhookSecret: 'planted-webhook-secret-0e3f',
  masterKey: Buffer.alloc(32, 'planted-master!!').toString('base64'),
  urlPassword: 'planted-url-password-6d0e',
}

/** In the forms in which programs quote what they were given. */
const formsOf = (secret: string): readonly string[] => [
  secret,
  encodeURIComponent(secret),
  JSON.stringify(secret).slice(1, -1),
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  Buffer.from(secret).toString('base64url'),
  Buffer.from(secret).toString('hex'),
]

function expectNoneIn(place: string, found: string): void {
  for (const [name, secret] of Object.entries(planted))
    for (const form of formsOf(secret))
      if (found.includes(form)) {
        const at = found.indexOf(form)
        throw new Error(`${place} holds ${name}: ...${found.slice(Math.max(0, at - 200), at + form.length + 40)}...`)
      }
}

const echoOf = async (request: IncomingMessage): Promise<string> =>
  [
    `${request.method ?? ''} ${request.url ?? ''}`,
    JSON.stringify(request.headers),
    request.headers.authorization ?? '',
    encodeURIComponent(request.headers.authorization ?? ''),
    Buffer.from((request.headers.authorization ?? '').replace(/^Bearer /, '')).toString('base64'),
    await text(request),
  ].join(' | ')

/** Every answer repeats the request, in another form each time; a query of the credentials is answered well when asked to. */
async function aGossip(): Promise<{ readonly url: string; obliging: boolean; asked(): number }> {
  const state = { url: '', obliging: false, asked: () => count }
  let count = 0
  const server = createServer((request, reply) => {
    void echoOf(request).then((echo) => {
      count += 1
      const token = (request.headers.authorization ?? '').replace(/^Bearer /, '')
      const json = (status: number, body: unknown): void => {
        reply.writeHead(status, { 'content-type': 'application/json', 'x-echo': encodeURIComponent(echo) })
        reply.end(JSON.stringify(body))
      }
      const path = request.url ?? ''
      if (path.startsWith('/api/'))
        return json(
          200,
          state.obliging && path.startsWith('/api/auth.test')
            ? {
                ok: true,
                user: token,
                user_id: 'U1',
                team: token,
                team_id: 'T1',
                url: `https://${encodeURIComponent(token)}.example/`,
              }
            : { ok: false, error: `gossip ${echo}` },
        )
      if (state.obliging && request.method === 'GET' && path.includes('filter='))
        return json(200, { totalResults: 0, itemsPerPage: 0, startIndex: 1, Resources: [] })
      const answers = [
        () => json(400, { Errors: { description: `${token} is odd (${echo})`, code: 400 } }),
        () =>
          json(403, {
            detail: echo,
            status: '403',
            scimType: token,
            schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
          }),
        () => json(404, { Errors: [{ description: `user_not_found ${echo}`, code: 404 }] }),
        () => {
          reply.writeHead(502, { 'content-type': 'text/html' })
          reply.end(`<html>${echo}</html>`)
        },
        () => json(201, { id: `U${String(count)}`, userName: token, displayName: `I saw ${token}`, active: true }),
        () => {
          reply.writeHead(302, { location: `https://elsewhere.example/?token=${encodeURIComponent(token)}` })
          reply.end(echo)
        },
        () => json(401, { ok: false, error: `invalid_auth ${echo}` }),
      ]
      answers[count % answers.length]?.()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  )
  state.url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
  return state
}

/** Refuses every login, and says aloud with what it was tried. */
async function aGossipingMailServer(): Promise<string> {
  const server = new SMTPServer({
    allowInsecureAuth: true,
    onAuth(auth, _session, done) {
      const login = `\0${auth.username ?? ''}\0${auth.password ?? ''}`
      done(new Error(`no login ${auth.password ?? ''} ${Buffer.from(login).toString('base64')}`))
    },
  })
  const port = await new Promise<number>((resolve) => {
    const listening = server.listen(0, '127.0.0.1', () => resolve((listening.address() as AddressInfo).port))
  })
  closing.push(() => new Promise((resolve) => void server.close(resolve)))
  return `smtp://muster:${planted.smtpPassword}@127.0.0.1:${String(port)}?tls.rejectUnauthorized=false`
}

const people = [
  'userPrincipalName,displayName,mail,accountEnabled',
  'mira@example.com,Mira Okafor,mira@example.com,true',
  'noor@example.com,Noor Haddad,noor@example.com,true',
].join('\n')

test('nothing that was given as a secret leaves the service', async () => {
  const gossip = await aGossip()
  const data = programs.folder()
  const folder = programs.folder()
  const settings = join(folder, 'muster.json')
  writeFileSync(settings, JSON.stringify({ slackClientSecret: planted.clientSecret, slackClientId: '111.222' }))
  writeFileSync(join(folder, 'users.csv'), people)
  writeFileSync(
    join(data, 'slack-credentials.json'),
    JSON.stringify({
      origin: 'oauth',
      token: planted.ownToken,
      rotation: { refreshToken: planted.refreshToken, expiresAt: 0, clientId: '1', clientSecret: planted.clientSecret },
    }),
  )
  const service = startService(programs, {
    data,
    slack: { url: gossip.url, token: planted.settingsToken },
    environment: {
      MUSTER_CONFIG: settings,
      MUSTER_MASTER_KEY: planted.masterKey,
      MUSTER_SMTP_URL: await aGossipingMailServer(),
      MUSTER_MAIL_FROM: 'Muster <muster@example.com>',
      MUSTER_WEBHOOK_SECRET: planted.webhookSecret,
      MUSTER_LOG_LEVEL: 'debug',
    },
  })
  const url = await service.url
  const operatorKey = readFileSync(join(data, 'operator.key'), 'utf8').trim()
  const ended: Ended[] = []
  const muster: Muster = async (...args) => {
    const end = await musterAt(programs, url, { folder })(...args)
    ended.push(end)
    return end
  }
  const typed = async (line: string, ...args: readonly string[]): Promise<void> => {
    const program = programs.start(musterScript, [...args, '--url', url], { hasInput: true, folder })
    program.type(line)
    program.closeInput()
    ended.push(await program.ended)
  }
  const answers: string[] = []
  const ask = async (method: string, path: string, body?: unknown): Promise<number> => {
    const answer = await fetch(url + path, {
      method,
      headers: {
        authorization: `Bearer ${operatorKey}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    answers.push(
      `${method} ${path.replace(/\?.*/, '')} ${String(answer.status)} ${JSON.stringify([...answer.headers])} ${await answer.text()}`,
    )
    return answer.status
  }

  // Every way in which a secret is given, or could be given by mistake.
  await muster('import', 'users.csv')
  await muster('scope', 'all', '--yes')
  await typed(planted.triedToken, 'slack', 'token')
  await typed(planted.triedToken, 'slack', 'test', '--token-stdin')
  await muster('slack', 'token', `--token=${planted.triedToken}`)
  await muster('slack', 'test')
  await muster('slack', 'probe', '--with-test-user', 'probe@example.com')
  await ask('POST', '/muster/v1/jobs/default/validateCredentials', { token: planted.triedToken })
  await ask('POST', '/muster/v1/jobs/default/validateCredentials', { token: { nested: planted.triedToken } })
  await ask('PUT', '/muster/v1/jobs/default/credentials', { token: planted.triedToken })
  await ask('POST', '/muster/v1/slack/authorize', {})
  await ask('GET', `/muster/v1/slack/callback?state=x&code=${planted.triedToken}`)
  await ask('PATCH', '/muster/v1/jobs/default/settings', {
    notifications: { webhookUrl: `http://muster:${planted.urlPassword}@127.0.0.1:9/hook` },
  })
  await ask('PATCH', '/muster/v1/jobs/default/settings', {
    notifications: { isOn: true, recipients: 'admin@example.com', webhookUrl: `${gossip.url}/hook` },
  })
  await ask('POST', '/muster/v1/jobs/default/notifications/test')
  gossip.obliging = true
  await muster('slack', 'test')
  await muster('plan')
  await muster('run')
  await muster('provision', 'Mira Okafor')
  gossip.obliging = false
  await muster('run')
  await muster('provision', 'Noor Haddad')
  await muster('why', 'Noor Haddad')
  await muster('drift')
  await muster('discover')
  await muster('keys', 'list')
  await muster('keys', 'rotate')
  expect(gossip.asked()).toBeGreaterThan(20)
  // The mail server was asked, and what it said of the login is told without it.
  expect(answers.join('\n')).toMatch(/no login \(secret\) \(secret\)/)

  // The same by way of Graph, for an application with secrets of its own.
  await ask('POST', '/v1.0/applicationTemplates/4f1d6c0e-2b7a-4a35-9c48-6d0e3f5b8a21/instantiate', {
    displayName: 'Gossip',
  })
  const made = JSON.parse(answers.at(-1)?.replace(/^.*?(?=\{)/s, '') ?? '{}') as {
    readonly servicePrincipal?: { readonly id: string }
  }
  const synchronization = `/v1.0/servicePrincipals/${made.servicePrincipal?.id ?? ''}/synchronization`
  await ask('POST', `${synchronization}/jobs`, { templateId: 'Slack' })
  const own = [
    { key: 'BaseAddress', value: gossip.url },
    { key: 'SecretToken', value: planted.ownToken },
    { key: 'Oauth2ClientSecret', value: planted.clientSecret },
    { key: 'Oauth2RefreshToken', value: planted.refreshToken },
  ]
  expect(await ask('PUT', `${synchronization}/secrets`, { value: own })).toBe(204)
  await ask('PUT', `${synchronization}/secrets`, { value: [{ key: planted.ownToken, value: planted.ownToken }] })
  await ask('GET', `${synchronization}/secrets`)
  await ask('GET', synchronization)
  const badUrl = [{ key: 'BaseAddress', value: `http://me:${planted.urlPassword}@127.0.0.1:9/scim` }]
  const before = gossip.asked()
  for (const isObliging of [false, true, false]) {
    gossip.obliging = isObliging
    for (const credentials of [own, badUrl])
      await ask('POST', `${synchronization}/jobs/validateCredentials`, { templateId: 'Slack', credentials })
    await muster('slack', 'test', '--job', 'Gossip')
    await muster('slack', 'probe', '--job', 'Gossip')
    await muster('provision', 'Mira Okafor', '--job', 'Gossip')
    await muster('scope', 'all', '--yes', '--job', 'Gossip')
    await muster('run', '--job', 'Gossip')
  }
  expect(gossip.asked()).toBeGreaterThan(before + 10)
  await muster('log', '--steps', '--job', 'Gossip')

  // Everything that can be read of it afterwards.
  for (const args of [
    ['status'],
    ['log', '--steps'],
    ['log', '--json'],
    ['audit'],
    ['audit', '--json'],
    ['settings'],
    ['notifications'],
    ['people', 'Mira Okafor'],
    ['schema', 'export'],
    ['jobs', '--json'],
  ])
    await muster(...args)
  for (const path of [
    'status',
    'jobs',
    'jobs/default/credentials',
    'jobs/default/log',
    'jobs/default/settings',
    'log',
    'audit',
    'keys',
    'jobs/default/notifications',
    'jobs/default/quarantine',
    'jobs/default/schema',
    'jobs/default/links',
    'jobs/default/plans',
  ])
    await ask('GET', `/muster/v1/${path}`)
  for (const path of ['servicePrincipals', 'applications', 'auditLogs/provisioning', 'auditLogs/directoryAudits'])
    await ask('GET', `/v1.0/${path}`)
  await ask('GET', `/muster/v1/nowhere?token=x`)
  const end = await stopService(service)

  expectNoneIn('standard output', end.output)
  expectNoneIn('standard error', end.errors)
  for (const answer of answers) expectNoneIn('an answer', answer)
  for (const { output, errors } of ended) expectNoneIn('a command', output + errors)
  expect(readdirSync(data)).not.toContain('slack-credentials.json')
  for (const name of readdirSync(data, { recursive: true, encoding: 'utf8' }))
    if (statSync(join(data, name)).isFile()) expectNoneIn(name, readFileSync(join(data, name), 'latin1'))
})
