/*
 * `muster login` against a running service: the browser signs in, the answer comes back on a loopback port or is pasted, and from
 * then on commands run as that person, until it ends.
 */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import type { SealedAudit, WhoAmI } from '../../src/vocabulary/index.ts'
import { musterAt, musterScript, startService, stopService } from '../builders/muster-service.ts'
import { jsonOf } from '../builders/provisioned-company.ts'
import { createPrograms, type RunningProgram } from '../builders/programs.ts'
import { createTestBrowser } from '../builders/sign-in-world.ts'

// Each command is a process of its own, and the machine may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const programs = createPrograms()
afterEach(() => programs.clear())

const password = 'four words of chance'

async function signInAt(login: RunningProgram, address: string): Promise<URL> {
  const [, asked = ''] = await login.line(/^ {2}(http\S+authorize\S+)$/)
  const browser = createTestBrowser(address)
  await browser.get(asked)
  const { location } = await browser.submit({ name: 'mira@example.com', password })
  if (location === null) throw new Error('Nobody was sent back.')
  return location
}

test('a person signs in, commands run as that person, and logout ends it here and at the service', async () => {
  const home = programs.folder()
  const data = programs.folder()
  const service = startService(programs, { data, environment: { HOME: home } })
  const address = await service.url
  const environment = { HOME: home }
  const muster = musterAt(programs, address, { environment })
  const started = (args: readonly string[]): RunningProgram =>
    programs.start(musterScript, args, { environment: { ...environment, MUSTER_URL: address }, hasInput: true })

  expect((await muster('whoami')).output).toMatch(/holder of the operator key of this machine/)
  const create = started(['account', 'create', 'mira@example.com', '--display-name', 'Mira Okafor', '--with-password'])
  create.type(password)
  create.closeInput()
  expect(await create.ended).toMatchObject({ code: 0 })
  expect(await muster('logout')).toMatchObject({ code: 3 })

  const login = started(['login', '--no-browser'])
  const answer = await fetch(await signInAt(login, address))
  expect(await answer.text()).toContain('You are signed in to Muster')
  const ended = await login.ended
  expect(ended).toMatchObject({ code: 0 })
  expect(ended.output).toContain(`You are signed in to ${address} as mira@example.com`)

  const folder = join(home, '.muster', 'sign-ins')
  const [name = ''] = readdirSync(folder)
  const file = join(folder, name)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  expect(jsonOf<WhoAmI>(await muster('whoami', '--json'))).toMatchObject({
    kind: 'person',
    userPrincipalName: 'mira@example.com',
  })

  // Two commands at once refresh a token that has ended: each goes on, as the same sign-in.
  const before = JSON.parse(readFileSync(file, 'utf8')) as { readonly refreshToken: string }
  writeFileSync(file, JSON.stringify({ ...before, accessTokenEndsAt: 0 }), { mode: 0o600 })
  const both = await Promise.all([muster('whoami'), muster('whoami')])
  expect(both.map(({ code, errors }) => ({ code, errors }))).toEqual([
    { code: 0, errors: '' },
    { code: 0, errors: '' },
  ])
  const after = JSON.parse(readFileSync(file, 'utf8')) as { readonly refreshToken: string }
  expect(after.refreshToken).not.toBe(before.refreshToken)
  for (const text of [ended.output, ended.errors, service.program.output()])
    for (const secret of [before.refreshToken, after.refreshToken, password]) expect(text).not.toContain(secret)

  expect(await muster('logout')).toMatchObject({ code: 0 })
  expect(readdirSync(folder)).toEqual([])
  writeFileSync(file, JSON.stringify({ ...after, accessTokenEndsAt: 0 }), { mode: 0o600 })
  const over = await muster('whoami')
  expect(over).toMatchObject({ code: 2 })
  expect(over.errors).toContain('Sign in again with muster login')
  expect(await muster('logout')).toMatchObject({ code: 0 })
  await stopService(service)
})

test('an answer that the browser could not bring is pasted, and a wrong one signs nobody in', async () => {
  const home = programs.folder()
  const service = startService(programs, { data: programs.folder(), environment: { HOME: home } })
  const address = await service.url
  const environment = { HOME: home, MUSTER_URL: address }
  const create = programs.start(musterScript, ['account', 'create', 'mira@example.com', '--with-password'], {
    environment,
    hasInput: true,
  })
  create.type(password)
  create.closeInput()
  await create.ended
  const muster = musterAt(programs, address, { environment: { HOME: home } })
  expect(await muster('access', 'grant', 'mira@example.com', 'Global Administrator')).toMatchObject({
    code: 0,
  })

  const wrong = programs.start(musterScript, ['login', '--no-browser'], { environment, hasInput: true })
  const forged = await signInAt(wrong, address)
  forged.searchParams.set('state', 'of-somebody-else')
  wrong.type(forged.href)
  const refused = await wrong.ended
  expect(refused).toMatchObject({ code: 1 })
  expect(refused.errors).toContain('You are not signed in')

  const login = programs.start(musterScript, ['login', '--no-browser', '--json'], { environment, hasInput: true })
  const [, asked = ''] = await vi.waitFor(
    () => {
      const match = /^ {2}(http\S+authorize\S+)$/m.exec(login.errors())
      if (match === null) throw new Error('no address yet')
      return match
    },
    { timeout: 60_000 },
  )
  const browser = createTestBrowser(address)
  await browser.get(asked)
  const { location } = await browser.submit({ name: 'mira@example.com', password })
  login.type(location?.href ?? '')
  expect(jsonOf(await login.ended)).toMatchObject({ url: address, userPrincipalName: 'mira@example.com' })

  expect(await muster('account', 'create', 'ana@example.com')).toMatchObject({ code: 0 })
  const { entries } = jsonOf<{ readonly entries: readonly SealedAudit[] }>(await muster('audit', '--json'))
  const byMira = entries.filter(({ entry }) => entry.initiatedBy.user?.userPrincipalName === 'mira@example.com')
  expect(byMira.map(({ entry }) => entry.activityDisplayName)).toContain('Add account')
  await stopService(service)
})
