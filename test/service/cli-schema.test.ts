/* `muster schema`, against a running service in front of the simulated workspace, and without any. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import type {
  Cycle,
  SchemaCheckReport,
  SchemaProblem,
  SchemaReport,
  SynchronizationSchema,
} from '../../src/vocabulary/index.ts'
import { musterScript, type ServiceWithSlack } from '../builders/muster-service.ts'
import { createPrograms, type Ended } from '../builders/programs.ts'
import { aProvisionedCompany, company, jsonOf } from '../builders/provisioned-company.ts'
import { withAttributeMapping, withFilter, withoutAttributeMapping } from '../builders/schema-changes.ts'

// Each command is a process of its own, and the machine may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const programs = createPrograms()
let service: ServiceWithSlack | null = null
afterEach(async () => {
  await service?.close()
  service = null
  await programs.clear()
})

const schemaOf = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as SynchronizationSchema

/** A service with people in Slack, and its commands. */
async function aService() {
  const started = await aProvisionedCompany(programs, ['Slack users', 'Leadership'])
  service = started
  const folder = programs.folder()
  const schema = (subcommand: string, ...args: readonly string[]): Promise<Ended> =>
    programs.run(musterScript, ['schema', subcommand, '--url', started.address, ...args])
  const write = (name: string, content: unknown): string => {
    const file = join(folder, name)
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
    return file
  }
  const exported = join(folder, 'exported.json')
  return { ...started, schema, write, exported }
}

test('export, import and export again give the same bytes, and everybody is evaluated', async () => {
  const { schema, muster, exported, simulator } = await aService()
  expect(await schema('export', '--output', exported)).toMatchObject({ code: 0 })
  const printed = await schema('export')
  expect(printed.output).toBe(readFileSync(exported, 'utf8'))
  const people = simulator.people().length
  const imported = await schema('import', exported)
  expect(imported).toMatchObject({ code: 0, errors: '' })
  expect(imported.output).toMatch(
    /^Saved as version [0-9a-f]{16}, which says the same as before\. Nobody leaves the scope\./,
  )
  expect((await schema('export')).output).toBe(printed.output)
  const cycle = jsonOf<Cycle>(await muster('run', '--json'))
  expect(simulator.people()).toHaveLength(people)
  expect(cycle.counters).toMatchObject({ created: 0, updated: 0, disabled: 0, deleted: 0 })
})

test('a schema that cannot work is refused with every problem, each with a caret', async () => {
  const { schema, write, exported } = await aService()
  await schema('export', '--output', exported)
  const wrong = withAttributeMapping(schemaOf(exported), 'User', 'title', {
    source: { expression: 'ToUper([jobTitle])' },
  })
  const file = write('wrong.json', withoutAttributeMapping(wrong, 'User', 'active'))
  const refused = await schema('import', file, '--yes')
  expect(refused).toMatchObject({ code: 2, output: '' })
  expect(refused.errors).toContain('The schema has 2 errors and was not saved.')
  expect(refused.errors).toContain(`error ExpressionUnknownFunction: Provision Azure Active Directory Users, title
    ToUper([jobTitle])
    ^
  There is no function "ToUper" in this language.
  Did you mean ToUpper?`)
  expect(refused.errors).toContain('error ActiveNotMapped: Provision Azure Active Directory Users\n')
  const checked = await schema('check', file, '--json')
  expect(checked.code).toBe(1)
  const { problems, isUsable } = jsonOf<SchemaCheckReport>({ ...checked, code: 0 })
  expect(isUsable).toBe(false)
  expect(problems.map((problem: SchemaProblem) => problem.code)).toEqual([
    'ActiveNotMapped',
    'ExpressionUnknownFunction',
  ])
  expect((await schema('export')).output).toBe(readFileSync(exported, 'utf8'))
})

test('a filter that takes people out says how many, asks, and is carried out', async () => {
  const { schema, muster, write, exported, simulator } = await aService()
  await schema('export', '--output', exported)
  const active = simulator.people().filter((person) => person.active).length
  const one = company.users.find((user) => simulator.person(String(user.attributes['mail']))?.active === true)
  const butOne = {
    groups: [{ name: 'But one', clauses: [clause('mail', 'NOT EQUALS', String(one?.attributes['mail']))] }],
  }
  const file = write('but-one.json', withFilter(schemaOf(exported), 'User', butOne))
  const dryRun = jsonOf<SchemaReport>(await schema('import', file, '--dry-run', '--json'))
  expect(dryRun).toMatchObject({ isSaved: false, isChanged: true, losingGroups: 0 })
  expect(dryRun.losing).toBe(1)
  const unconfirmed = await schema('import', file)
  expect(unconfirmed).toMatchObject({ code: 4, output: '' })
  expect(unconfirmed.errors).toMatch(/^1 person with a Slack account leaves the scope and will be disabled in Slack\./)
  expect(await schema('import', file, '--yes')).toMatchObject({ code: 0 })
  await muster('run')
  expect(simulator.people().filter((person) => person.active)).toHaveLength(active - 1)

  const back = await schema('restore-defaults', '--yes')
  expect(back).toMatchObject({ code: 0 })
  expect((await schema('export')).output).toBe(readFileSync(exported, 'utf8'))
  await muster('run')
  expect(simulator.people().filter((person) => person.active)).toHaveLength(active)
})

test('restoring the defaults asks first, and not when they are in use', async () => {
  const { schema, write, exported } = await aService()
  expect(await schema('restore-defaults')).toMatchObject({ code: 0 })
  await schema('export', '--output', exported)
  const other = withAttributeMapping(schemaOf(exported), 'User', 'title', { defaultValue: 'Staff' })
  expect(await schema('import', write('other.json', other))).toMatchObject({ code: 0 })
  expect((await schema('restore-defaults', '--dry-run')).output).toMatch(/^A dry run: nothing was stored\. It differs/)
  const unconfirmed = await schema('restore-defaults')
  expect(unconfirmed).toMatchObject({ code: 4 })
  expect(unconfirmed.errors).toContain('keeps a copy). Nobody leaves the scope. Nothing was done')
  expect(await schema('restore-defaults', '--yes')).toMatchObject({ code: 0 })
  expect((await schema('export')).output).toBe(readFileSync(exported, 'utf8'))
})

test('check works without a service, on mappings alone too', async () => {
  const file = join(programs.folder(), 'by-hand.json')
  const document = {
    synchronizationRules: [
      {
        sourceDirectoryName: 'Azure Active Directory',
        targetDirectoryName: 'Slack',
        objectMappings: [
          {
            sourceObjectName: 'User',
            targetObjectName: 'User',
            scope: { groups: [{ clauses: [clause('employeeId', 'REGEX MATCH', '[1-9][0-9]')] }] },
            attributeMappings: [
              { targetAttributeName: 'active', source: { expression: 'Not([IsSoftDeleted])' } },
              { targetAttributeName: 'userName', source: { expression: '[mailNickname]' } },
              {
                targetAttributeName: 'emails[type eq "work"].value',
                source: { expression: '[mail]' },
                matchingPriority: 1,
              },
            ],
          },
        ],
      },
    ],
  }
  writeFileSync(file, JSON.stringify(document))
  const warned = await programs.run(musterScript, ['schema', 'check', '--offline', file])
  expect(warned).toMatchObject({ code: 0, errors: '' })
  expect(warned.output).toContain('warning UnanchoredPattern: User to User')
  expect(warned.output).toContain(`${file} can be imported: 0 errors, 1 warning.`)

  writeFileSync(file, '{"synchronizationRules": [')
  const refused = await programs.run(musterScript, ['schema', 'check', '--offline', file])
  expect(refused.code).toBe(1)
  expect(refused.output).toContain('error SchemaShape: the document\n  The document is not JSON: ')

  writeFileSync(
    file,
    JSON.stringify(document).replace('Not([IsSoftDeleted])', '[jobTitle]').replace('"active"', '"title"'),
  )
  const unaccepted = await programs.run(musterScript, ['schema', 'check', '--offline', file])
  expect(unaccepted).toMatchObject({ code: 1, output: expect.stringContaining('error ActiveNotMapped') as string })
  const accepted = await programs.run(musterScript, [
    'schema',
    'check',
    '--offline',
    '--accept',
    'ActiveNotMapped',
    file,
  ])
  expect(accepted).toMatchObject({ code: 0, output: expect.stringContaining('0 errors, 2 warnings') as string })

  // Windows PowerShell writes what it redirects as UTF-16.
  writeFileSync(file, Buffer.from(`\uFEFF${JSON.stringify(document)}`, 'utf16le'))
  expect(await programs.run(musterScript, ['schema', 'check', '--offline', file])).toMatchObject({ code: 0 })
  for (const [content, says] of [
    [Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), 'is no text in UTF-8. Name a file with a schema'],
    [Buffer.alloc(9 * 1024 * 1024, ' '), 'has 9.0 MB; a schema has at most 8. Name a file with a schema'],
  ] as const) {
    writeFileSync(file, content)
    const unread = await programs.run(musterScript, ['schema', 'check', '--offline', file])
    expect(unread).toMatchObject({ code: 2, output: '' })
    expect(unread.errors).toContain(says)
  }

  const missing = await programs.run(musterScript, ['schema', 'check', '--offline', `${file}.missing`])
  expect(missing).toMatchObject({ code: 2, output: '' })
  expect(missing.errors).toContain('cannot be read (ENOENT)')
})

test('a schema that does not say how people are named says that names are then as mapped', async () => {
  const { schema, muster, write, exported } = await aService()
  await schema('export', '--output', exported)
  const rules = schemaOf(exported).synchronizationRules.map((rule) => ({ ...rule, metadata: [] }))
  const file = write('without.json', { ...schemaOf(exported), synchronizationRules: rules })
  const dryRun = await schema('import', file, '--dry-run')
  expect(dryRun.output).toContain('Nobody leaves the scope. User names of new people are then as mapped')
  expect(dryRun.output).toContain(`"muster schema diff ${file}" shows who gets what else.`)
  expect((await schema('import', file)).output).toContain('User names of new people are then as mapped, no longer')
  expect((await muster('names')).output).toContain('are as mapped')
  expect((await schema('import', exported)).output).toContain('New people are then allotted user names')
})

function clause(sourceOperandName: string, operatorName: string, ...values: readonly string[]) {
  return { sourceOperandName, operatorName, targetOperand: { values } }
}
