/* `muster account`: made, listed, shown, invited, disabled and deleted; a password comes by standard input and is never shown. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import type { AccountReport, AccountsPage, SealedAudit } from '../../src/vocabulary/index.ts'
import { musterAt, musterScript, startService, stopService } from '../builders/muster-service.ts'
import { jsonOf } from '../builders/provisioned-company.ts'
import { createPrograms, type Ended } from '../builders/programs.ts'

// Each command is a process of its own, and the machine may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const programs = createPrograms()
afterEach(() => programs.clear())

const password = 'four words of chance'

test('accounts are made, listed, shown, disabled and deleted; their secrets stand nowhere', async () => {
  const data = programs.folder()
  const service = startService(programs, { data })
  const address = await service.url
  const muster = musterAt(programs, address)
  const typing = async (args: readonly string[], line: string): Promise<Ended> => {
    const program = programs.start(musterScript, args, { environment: { MUSTER_URL: address }, hasInput: true })
    program.type(line)
    program.closeInput()
    return await program.ended
  }

  expect((await muster('account')).output).toContain('There are no accounts yet: muster account create')
  const made = await typing(
    ['account', 'create', 'mira@example.com', '--display-name', 'Mira Okafor', '--with-password'],
    password,
  )
  expect(made).toMatchObject({ code: 0 })
  expect(made.output).toContain('The account mira@example.com is made.')
  const short = await typing(['account', 'create', 'bo@example.com', '--with-password'], 'short')
  expect(short).toMatchObject({ code: 2 })
  expect(short.errors).toContain('short ones can be guessed')
  expect(await muster('account', 'create', 'MIRA@example.com')).toMatchObject({ code: 1 })

  const invited = await muster('account', 'create', 'ana@example.com')
  const [link = ''] = /http\S+\/account\/invitation\?code=\S{43}/.exec(invited.output) ?? []
  expect(link.startsWith(address)).toBe(true)
  const both = await muster('account', 'create', 'x@example.com', '--issuer', 'https://login.example.com')
  expect(both.errors).toContain('give both --issuer and --subject')
  const elsewhere = ['--issuer', 'https://login.example.com', '--subject', '8f2c'] as const
  expect(await muster('account', 'create', 'zoe@example.com', ...elsewhere)).toMatchObject({ code: 0 })

  const listed = await muster('account', 'list')
  expect(listed.output).toMatch(/ana@example.com.*active.*none yet/)
  expect(listed.output).toMatch(/mira@example.com.*Mira Okafor.*active.*password.*never/)
  expect(listed.output).toMatch(/zoe@example.com.*https:\/\/login\.example\.com/)
  const page = jsonOf<AccountsPage>(await muster('account', 'list', '--limit', '1', '--json'))
  expect(page).toMatchObject({ total: 3, accounts: [{ userPrincipalName: 'ana@example.com' }] })
  expect(page.accounts[0]).not.toHaveProperty('passwordHash')
  const next = await muster('account', 'list', 'example', '--cursor', page.cursor ?? '', '--json')
  expect(jsonOf<AccountsPage>(next).accounts.map((each) => each.userPrincipalName)).toEqual([
    'mira@example.com',
    'zoe@example.com',
  ])

  expect(await muster('account', 'show', 'nobody@example.com')).toMatchObject({ code: 3 })
  const refused = await muster('account', 'disable', 'mira@example.com')
  expect(refused).toMatchObject({ code: 4 })
  expect(refused.errors).toContain('1 person, Mira Okafor, is signed out everywhere')
  expect(await muster('account', 'disable', 'Mira@example.com', '--yes')).toMatchObject({ code: 0 })
  expect(jsonOf<AccountReport>(await muster('account', 'show', 'mira@example.com', '--json')).isDisabled).toBe(true)
  expect((await muster('account', 'invite', 'mira@example.com')).errors).toContain('muster account enable')
  expect(await muster('account', 'enable', 'mira@example.com')).toMatchObject({ code: 0 })
  expect(await typing(['account', 'set-password', 'mira@example.com'], 'four other words')).toMatchObject({ code: 0 })
  expect(await muster('account', 'delete', 'ana@example.com', '--yes')).toMatchObject({ code: 0 })

  const { entries } = jsonOf<{ readonly entries: readonly SealedAudit[] }>(
    await muster('audit', '--json', 'example.com'),
  )
  const told = entries.map(
    ({ entry }) => `${entry.result} ${entry.activityDisplayName} ${entry.targetResources[0]?.displayName ?? '?'}`,
  )
  expect(told).toEqual([
    'success Delete account ana@example.com',
    'success Set account password mira@example.com',
    'success Update account mira@example.com',
    'failure Invite account mira@example.com',
    'success Update account mira@example.com',
    'success Add account zoe@example.com',
    'success Invite account ana@example.com',
    'success Add account ana@example.com',
    'failure Add account mira@example.com',
    'failure Add account bo@example.com',
    'success Add account mira@example.com',
  ])

  const { output, errors } = await stopService(service)
  const kept = readdirSync(data).map((file) => readFileSync(join(data, file), 'latin1'))
  const invitation = link.split('=')[1] ?? '?'
  for (const secret of [password, 'four other words', invitation])
    for (const place of [output, errors, ...kept, JSON.stringify(entries)]) expect(place).not.toContain(secret)
})
