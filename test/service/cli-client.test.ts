/* `muster client`: programs are made, shown, changed and deleted; their secret is told once, and the commands call with it. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ClientReport, ClientsPage } from '../../src/vocabulary/index.ts'
import { aCertificate } from '../builders/certificates.ts'
import { musterAt, startService, stopService, type Muster, type MusterService } from '../builders/muster-service.ts'
import { createPrograms, type Ended } from '../builders/programs.ts'

const programs = createPrograms()
let service: MusterService
let url: string
let muster: Muster
beforeAll(async () => {
  service = startService(programs, { data: programs.folder() })
  url = await service.url
  muster = musterAt(programs, url)
})
afterAll(() => programs.clear())

interface Made {
  readonly tenantId: string
  readonly clientId: string
  readonly clientSecret: string
  readonly tokenEndpoint: string
  readonly permissions: readonly string[]
  readonly expires: string
  readonly keyId: string
}

function jsonOf<T>({ code, output, errors }: Ended): T {
  expect([code, errors]).toEqual([0, ''])
  return JSON.parse(output) as T
}

const create = async (...args: readonly string[]): Promise<Made> =>
  jsonOf<Made>(await muster('client', 'create', ...args, '--json'))

async function askToken({ tokenEndpoint, clientId, clientSecret }: Made): Promise<Response> {
  return await fetch(tokenEndpoint, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: `${url}/.default`,
    }),
  })
}

const asProgram = ({ clientId, clientSecret }: Made, more: Readonly<Record<string, string>> = {}): Muster =>
  musterAt(programs, url, {
    environment: { MUSTER_CLIENT_ID: clientId, MUSTER_CLIENT_SECRET: clientSecret, ...more },
  })

test('the first start says how to make the first program, a later one does not', async () => {
  const hint = /muster client create --name NAME --permission/
  expect(service.program.output()).toMatch(hint)
  const data = programs.folder()
  const first = startService(programs, { data })
  await first.url
  await stopService(first)
  const again = startService(programs, { data })
  await again.url
  await stopService(again)
  expect(first.program.output()).toMatch(hint)
  expect(again.program.output()).not.toMatch(hint)
})

test('a program gets a token with what create prints, and the secret is told once', async () => {
  const made = await create('--name', 'payroll', '--permission', 'user.read.all', 'Directory.Read.All')
  expect(made).toMatchObject({
    tenantId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    clientId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    clientSecret: expect.stringMatching(/^[\w-]{40,}$/) as string,
    tokenEndpoint: `${url}/${made.tenantId}/oauth2/v2.0/token`,
    permissions: ['Directory.Read.All', 'User.Read.All'],
  })
  expect(Date.parse(made.expires)).toBeGreaterThan(Date.now() + 700 * 86_400_000)
  expect((await askToken(made)).status).toBe(200)

  const shown = await muster('client', 'show', 'PAYROLL')
  expect(shown.code).toBe(0)
  expect(shown.output).toMatch(/Directory\.Read\.All/)
  for (const args of [['show', 'payroll'], ['show', 'payroll', '--json'], ['list'], ['list', '--json']])
    expect((await muster('client', ...args)).output).not.toContain(made.clientSecret)
  const audit = await muster('audit', '--json')
  expect(audit.output).toContain('Add client')
  expect(audit.output).not.toContain(made.clientSecret)
  expect(service.program.output()).not.toContain(made.clientSecret)
})

test('text says what it is for', async () => {
  const made = await muster('client', 'create', '--name', 'reader', '--days', '30')
  expect(made).toMatchObject({ code: 0, errors: '' })
  expect(made.output).toMatch(/client secret .*[\w-]{40}/)
  expect(made.output).toMatch(/shown this once, and kept nowhere/)
  expect(made.output).toMatch(/none: muster client grant/)
})

test('permissions come and go, and secrets beside others', async () => {
  const made = await create('--name', 'worker')
  expect((await muster('client', 'grant', 'worker', 'Group.Read.All', 'User.Read.All')).code).toBe(0)
  expect(await muster('client', 'revoke', 'worker', 'User.Read.All')).toMatchObject({ code: 4 })
  const left = await muster('client', 'revoke', 'worker', 'User.Read.All', '--yes')
  expect(left.output).toMatch(/has Group\.Read\.All now/)

  const second = jsonOf<Made>(await muster('client', 'add-secret', 'worker', '--days', '1', '--json'))
  expect(second).toMatchObject({ clientId: made.clientId, permissions: ['Group.Read.All'] })
  const asked = await muster('client', 'remove-secret', 'worker', made.keyId)
  expect([asked.code, asked.errors]).toEqual([4, expect.stringContaining('1 other way in')])
  expect((await muster('client', 'remove-secret', 'worker', made.keyId, '--yes')).code).toBe(0)
  expect((await askToken(made)).status).toBe(401)
  expect((await askToken(second)).status).toBe(200)
  expect(await muster('client', 'remove-secret', 'worker', 'x', '--yes')).toMatchObject({ code: 3 })

  expect(await muster('client', 'delete', 'worker')).toMatchObject({ code: 4 })
  expect((await muster('client', 'delete', 'worker', '--yes')).code).toBe(0)
  expect((await askToken(second)).status).toBe(400)
  expect(await muster('client', 'show', 'worker')).toMatchObject({ code: 3 })
})

test('a certificate instead of a secret, also out of a file with its private key', async () => {
  const { certificate, privateKey } = await aCertificate({ name: 'CN=backup' })
  const file = join(programs.folder(), 'backup.pem')
  writeFileSync(file, `${privateKey}\n${certificate}\n`)
  const made = await create('--name', 'backup', '--certificate', file)
  expect(made.clientSecret).toBeNull()
  const report = jsonOf<ClientReport>(await muster('client', 'show', 'backup', '--json'))
  expect(report).toMatchObject({ secrets: [], certificates: [{ keyId: made.keyId, isInForce: true }] })
  expect(await muster('client', 'add-secret', 'backup', '--certificate', `${file}.none`)).toMatchObject({ code: 2 })
  writeFileSync(file, privateKey)
  const refused = await muster('client', 'add-secret', 'backup', '--certificate', file)
  expect(refused.errors).toMatch(/holds no certificate/)
})

test.each([
  [['create'], 2, /--name/],
  [['create', '--name', 'x', '--permission', 'User.Reed.All'], 2, /Is User\.Read\.All meant\?/],
  [['create', '--name', 'x', '--permission', 'Mail.Send'], 2, /no permission "Mail.Send".*Known are/],
  [['create', '--name', 'x', '--days', '0'], 2, /whole number/],
  [['show', 'payrol'], 3, /Is "payroll" meant\?/],
  [['grant', 'payroll', 'nothing'], 2, /no permission "nothing"/],
  [['revoke', 'payroll', 'Group.ReadWrite.All', '--yes'], 3, /does not have Group\.ReadWrite\.All/],
])('muster client %j is refused, and changes nothing', async (args, code, says) => {
  const before = jsonOf<ClientsPage>(await muster('client', 'list', '--json'))
  const refused = await muster('client', ...args)
  expect(refused).toMatchObject({ code, output: '' })
  expect(refused.errors).toMatch(says)
  expect(jsonOf<ClientsPage>(await muster('client', 'list', '--json'))).toEqual(before)
})

test('lists are searched and paged', async () => {
  const all = jsonOf<ClientsPage>(await muster('client', 'list', '--json'))
  const first = jsonOf<ClientsPage>(await muster('client', 'list', '--limit', '1', '--json'))
  expect(first).toMatchObject({ total: all.total, cursor: all.clients[0]?.clientId })
  const rest = jsonOf<ClientsPage>(await muster('client', 'list', '--cursor', first.cursor ?? '', '--json'))
  expect([...first.clients, ...rest.clients]).toEqual(all.clients)
  const found = jsonOf<ClientsPage>(await muster('client', 'list', 'PAY', '--json'))
  expect(found.clients.map(({ displayName }) => displayName)).toEqual(['payroll'])
})

test('a fresh key signs from now on, and tokens of the old one go on', async () => {
  const made = await create('--name', 'signed', '--permission', 'Directory.Read.All')
  const { access_token: token } = (await (await askToken(made)).json()) as { readonly access_token: string }
  const replaced = await muster('client', 'replace-signing-key')
  expect(replaced.output.match(/signs|published for an hour more/g)).toEqual(['signs', 'published for an hour more'])
  const answer = await fetch(`${url}/v1.0/users`, { headers: { authorization: `Bearer ${token}` } })
  expect(answer.status).toBe(200)
})

test('commands call as the program that the environment names', async () => {
  const made = await create('--name', 'operations', '--permission', 'Directory.Read.All', 'AuditLog.Read.All')
  expect(await asProgram(made, { MUSTER_TENANT_ID: made.tenantId })('people')).toMatchObject({ code: 0, errors: '' })
  const wrong = await asProgram({ ...made, clientSecret: 'a-wrong-secret' })('status')
  expect([wrong.code, wrong.errors]).toEqual([2, expect.stringMatching(/no token: AADSTS7000215/)])
  expect(wrong.errors).not.toContain('a-wrong-secret')
  const elsewhere = await asProgram(made, { MUSTER_TENANT_ID: 'nowhere.example' })('status')
  expect(elsewhere.errors).toMatch(/AADSTS90002/)
  const half = await musterAt(programs, url, { environment: { MUSTER_CLIENT_ID: made.clientId } })('status')
  expect([half.code, half.errors]).toEqual([2, expect.stringContaining('MUSTER_CLIENT_SECRET is not')])
  const open = await musterAt(programs, 'http://192.0.2.1:8470', {
    environment: { MUSTER_CLIENT_ID: made.clientId, MUSTER_CLIENT_SECRET: made.clientSecret },
  })('status')
  expect([open.code, open.errors]).toEqual([2, expect.stringContaining('would travel')])
})
