/* Mail through a real SMTP server with TLS and login, webhooks to a receiver that checks the signature itself. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { SMTPServer } from 'smtp-server'
import { afterEach, expect, test, vi } from 'vitest'
import type { NotificationsReport } from '../../src/vocabulary/index.ts'
import type { ServiceWithSlack } from '../builders/muster-service.ts'
import { startServiceWithSlack } from '../builders/muster-service.ts'
import { jsonOf } from '../builders/provisioned-company.ts'
import { createPrograms } from '../builders/programs.ts'

// Each command is a process of its own, and the machine may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const programs = createPrograms()
const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
  await programs.clear()
})

const password = 'open-sesame-9431'
const secret = `whsec_${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}`

interface Mail {
  readonly to: readonly string[]
  readonly user: string
  readonly isSecure: boolean
  readonly content: string
}

/** A mail server on a free port that takes mail only over TLS and after a login. */
async function aMailServer(): Promise<{ readonly url: string; readonly mails: readonly Mail[] }> {
  const mails: Mail[] = []
  const server = new SMTPServer({
    onAuth(auth, _session, done) {
      if (auth.username === 'muster' && auth.password === password) done(null, { user: auth.username })
      else done(new Error('535 wrong user or password'))
    },
    onData(stream, session, done) {
      void text(stream).then((content) => {
        const to = session.envelope.rcptTo.map((each) => each.address)
        mails.push({ to, user: String(session.user), isSecure: session.secure, content })
        done()
      })
    },
  })
  const port = await new Promise<number>((resolve) => {
    const listening = server.listen(0, '127.0.0.1', () => resolve((listening.address() as AddressInfo).port))
  })
  closing.push(() => new Promise((resolve) => void server.close(resolve)))
  // Its certificate is its own: only a test may pass that over.
  return { url: `smtp://muster:${password}@127.0.0.1:${String(port)}?tls.rejectUnauthorized=false`, mails }
}

interface Call {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Answers what `statuses` says, in order, then 204. */
async function aReceiver(...statuses: readonly number[]): Promise<{ readonly url: string; readonly calls: Call[] }> {
  const calls: Call[] = []
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      calls.push({ headers: request.headers, body })
      response.statusCode = statuses[calls.length - 1] ?? 204
      response.end()
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  closing.push(() => new Promise((resolve) => void server.close(() => resolve())))
  return { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/muster`, calls }
}

/** As Standard Webhooks tells a receiver to do it. */
function isGenuine({ headers, body }: Call): boolean {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`
  const expected = Buffer.from(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`)
  const given = Buffer.from(String(headers['webhook-signature']))
  const age = Math.abs(Date.now() / 1000 - Number(headers['webhook-timestamp']))
  return expected.length === given.length && timingSafeEqual(expected, given) && age < 300
}

async function aService(environment: Readonly<Record<string, string>>): Promise<ServiceWithSlack> {
  const service = await startServiceWithSlack(programs, ['--log-level', 'warn'], { environment })
  closing.push(() => service.close())
  return service
}

test('a quarantine is told once by mail and by webhook, and again when it is over', async () => {
  const mail = await aMailServer()
  const receiver = await aReceiver()
  const { muster, simulator, program } = await aService({
    MUSTER_SMTP_URL: mail.url,
    MUSTER_MAIL_FROM: 'Muster <muster@example.com>',
    MUSTER_WEBHOOK_SECRET: secret,
  })
  await muster('notifications', 'set', '--recipients', 'night@example.com, it@example.com', '--webhook', receiver.url)

  const tried = await muster('notifications', 'test')
  expect(tried).toMatchObject({ code: 0 })
  expect(tried.output).toMatch(/mail +arrived[^]*webhook +arrived/)
  expect(mail.mails).toMatchObject([{ to: ['night@example.com', 'it@example.com'], user: 'muster', isSecure: true }])
  expect(receiver.calls.map(isGenuine)).toEqual([true])
  const [first] = receiver.calls
  expect(first === undefined || isGenuine({ ...first, body: first.body.replace('Slack', 'Slick') })).toBe(false)

  simulator.addFault({ kind: 'status', status: 401, body: '{"Errors":{"description":"invalid_authentication"}}' })
  for (let cycle = 0; cycle < 3; cycle += 1) await muster('run')
  await vi.waitFor(() => expect([mail.mails.length, receiver.calls.length]).toEqual([2, 2]), 20_000)
  expect(mail.mails[1]?.content).toMatch(
    /Subject: Muster: Slack: provisioning has stopped[^]*What happened[^]*Whom it concerns[^]*What to do[^]*muster start/,
  )
  const { type, data } = JSON.parse(receiver.calls[1]?.body ?? '') as { type: string; data: unknown }
  expect(type).toBe('muster.quarantineImposed')
  expect(data).toMatchObject({ reason: 'EncounteredQuarantineException' })

  simulator.clearFaults()
  await muster('run')
  await vi.waitFor(() => expect([mail.mails.length, receiver.calls.length]).toEqual([3, 3]), 20_000)
  expect(mail.mails[2]?.content).toMatch(/Subject: Muster: Slack: healthy again/)
  expect(receiver.calls.every(isGenuine)).toBe(true)

  const listed = await muster('notifications')
  expect(listed.output.match(/arrived/g)).toHaveLength(4)
  program.kill('SIGINT')
  const { output, errors } = await program.ended
  const everything = [tried, listed].map((each) => each.output + each.errors).join('') + output + errors
  expect(everything).not.toContain(password)
  expect(everything).not.toContain(secret)
})

test('what a server does not take is tried again, and nobody is named: the commands say so', async () => {
  const receiver = await aReceiver(500)
  const { muster, simulator } = await aService({ MUSTER_WEBHOOK_SECRET: secret })
  const nobody = await muster('notifications', 'test')
  expect(nobody).toMatchObject({ code: 2 })
  expect(nobody.errors).toMatch(/Nobody is told.*--recipients/)
  const threshold = await muster('removals', 'threshold', '--count', '3')
  expect(threshold.output).toMatch(/nobody is named to be told/)

  await muster('notifications', 'set', '--webhook', receiver.url, '--recipients', 'night@example.com')
  simulator.addFault({ kind: 'status', status: 401, body: '{"Errors":{"description":"invalid_authentication"}}' })
  await muster('run')
  await vi.waitFor(async () => {
    const { deliveries } = jsonOf<NotificationsReport>(await muster('notifications', '--json'))
    expect(deliveries.map((each) => [each.channel, each.attempts])).toEqual([
      ['mail', 1],
      ['webhook', 1],
    ])
  }, 20_000)
  const listed = (await muster('notifications')).output
  expect(listed).toMatch(/No mail server is known/)
  expect(listed).toMatch(/tried again [^]*The receiver at/)
  expect(await muster('notifications', 'set', '--webhook', 'ftp://example.com')).toMatchObject({ code: 2 })
})
