/* `muster access` against a service: roles given by name, shown, and taken back after asking. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createPrograms } from '../builders/programs.ts'
import { startServiceWithSlack, type ServiceWithSlack } from '../builders/muster-service.ts'

// Each command is a process of its own, and the machine may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const programs = createPrograms()
let service: ServiceWithSlack
beforeAll(async () => {
  service = await startServiceWithSlack(programs)
})
afterAll(async () => {
  await service.close()
  await programs.clear()
})

test('a role is given by name, on everything or one application, shown and taken back', async () => {
  const { muster } = service
  expect((await muster('account', 'create', 'mira@example.com')).code).toBe(0)
  expect((await muster('access', 'list')).output).toContain('The operator key')
  expect(await muster('access', 'grant', 'mira@example.com', 'auditor')).toMatchObject({
    code: 0,
    output: expect.stringContaining('has the role Reports Reader on everything') as string,
  })
  expect((await muster('access', 'grant', 'mira@example.com', 'owner', '--app', 'Slack')).code).toBe(0)
  expect((await muster('access', 'grant', 'mira@example.com', 'auditor')).errors).toContain('given there already')
  expect((await muster('access', 'grant', 'mira@example.com', 'owner')).errors).toContain('on one application')
  expect((await muster('access', 'grant', 'mira@example.com', 'emperor')).code).toBe(3)
  expect((await muster('access', 'grant', 'nobody@example.com', 'auditor')).code).toBe(3)

  const shown = (await muster('access', 'show', 'mira@example.com')).output
  expect(shown).toMatch(/Reports Reader.*everything/)
  expect(shown).toMatch(/Application Owner.*Slack/)
  const listed = JSON.parse((await muster('access', 'list', 'owner', '--json')).output) as { readonly total: number }
  expect(listed.total).toBe(1)

  expect(await muster('access', 'revoke', 'mira@example.com', 'auditor')).toMatchObject({ code: 4 })
  expect((await muster('access', 'revoke', 'mira@example.com', 'auditor', '--yes')).code).toBe(0)
  expect((await muster('access', 'revoke', 'mira@example.com', 'auditor', '--yes')).code).toBe(3)
  expect((await muster('access', 'show', 'mira@example.com')).output).not.toContain('Reports Reader')
})

test('the roles say what they may', async () => {
  const { muster } = service
  expect((await muster('access', 'roles')).output).toContain('Cloud Application Administrator')
  const { output } = await muster('access', 'roles', 'Global Reader')
  expect(output).toContain('microsoft.directory/servicePrincipals/synchronization/standard/read')
  expect(output).not.toContain('manage')
})
