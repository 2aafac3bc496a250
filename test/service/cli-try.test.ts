/* `muster try`, `muster functions` and `muster attributes`, against a running service and without one. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Completion, ExpressionTry, FunctionHelp } from '../../src/vocabulary/index.ts'
import { askAsOperator, musterScript, type Muster, type ServiceWithSlack } from '../builders/muster-service.ts'
import { createPrograms } from '../builders/programs.ts'
import { aProvisionedCompany, company, jsonOf } from '../builders/provisioned-company.ts'

// Each command is a process of its own, and the machine may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

describe('with a service', () => {
  const programs = createPrograms()
  let service: ServiceWithSlack
  let muster: Muster
  let requests: number
  const [chief] = company.users
  const chiefAddress = String(chief?.attributes['mail'])
  const chiefNickname = String(chief?.attributes['mailNickname'])
  const lacking = company.users.filter(({ attributes }) => (attributes['mobile'] ?? '') === '').length
  beforeAll(async () => {
    service = await aProvisionedCompany(programs)
    muster = service.muster
    requests = service.writesToSlack()
  })
  afterAll(async () => {
    expect(service.writesToSlack()).toBe(requests)
    await service.close()
    await programs.clear()
  })

  test('a person, part by part, and what Slack makes of it', async () => {
    const { code, output, errors } = await muster(
      'try',
      'ToUpper(Left([mailNickname], 4), )',
      '--person',
      chiefAddress,
      '--target',
      'userName',
    )
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
    const cut = chiefNickname.slice(0, 4)
    expect(output).toContain(`  ToUpper(Left([mailNickname], 4), )  "${cut.toUpperCase()}"  text\n`)
    expect(output).toContain(`    Left([mailNickname], 4)           "${cut}"  text\n`)
    expect(output).toContain(`      [mailNickname]                  "${chiefNickname}"  text\n`)
    expect(output).toContain(`userName (String) becomes "${cut.toUpperCase()}".\n    Slack changes it: it has capitals`)
  })

  test('several people can be named, and a name that fits nobody is not found', async () => {
    const others = company.users.slice(0, 2).flatMap(({ attributes }) => ['--person', String(attributes['mail'])])
    expect(jsonOf<ExpressionTry>(await muster('try', '[mail]', ...others, '--json')).tries).toHaveLength(2)
    expect(await muster('try', '[mail]', '--person', 'nobody at all')).toMatchObject({ code: 3, output: '' })
  })

  test('without a name a few people are chosen, those who lack something among them', async () => {
    expect(lacking).toBeGreaterThan(0)
    const { output } = await muster('try', 'BitAnd([mobile], 1)')
    expect(output).toContain('has everything the expression reads:')
    expect(output).toContain('has no mobile:')
    expect(output).toMatch(
      new RegExp(
        `Warning:\\n {2}BitAnd\\(\\[mobile\\], 1\\)\\n {9}\\^\\n${String(lacking)} of 40 people have no mobile; BitAnd fails`,
      ),
    )
  })

  test('a group', async () => {
    const { code, output } = await muster('try', '[displayName] & "!"', '--group', '--person', 'Engineering')
    expect(code).toBe(0)
    expect(output).toContain('"Engineering!"  text')
  })

  test.each([
    ['Left([mail])', 2, /\n {2}\^\nLeft needs NumChars/],
    ['[Mail]', 2, /\^\nThe source has no attribute "Mail"\.\nUpper and lower case count: the attribute is \[mail\]/],
    ['Append([mail],\n  Foo())', 2, / {2} {2}Foo\(\)\)\n {4}\^\nThere is no function "Foo"/],
    ['Item(Split([mail], "@"), 9)', 1, /\^\n/],
  ])('%s: the place, the reason and the remedy', async (expression, code, says) => {
    const ended = await muster('try', expression, '--person', chiefAddress)
    expect(ended).toMatchObject({ code, errors: '' })
    expect(`\n${ended.output}`).toMatch(says)
  })

  test('Redact hides values', async () => {
    const { output } = await muster('try', 'Redact([mail])', '--person', chiefAddress, '--target', 'email')
    expect(output).toContain('Redact([mail])  [Redact]')
    expect(output.split('\n').slice(1).join('\n')).not.toContain(chiefAddress)
  })

  test('an unknown target attribute is refused with the ones there are', async () => {
    const refused = await muster('try', '[mail]', '--target', 'shoeSize')
    expect(refused).toMatchObject({ code: 2, output: '' })
    expect(refused.errors).toContain('no attribute "shoeSize"')
  })

  test('attributes of both sides, with how many have them', async () => {
    const { code, output, errors } = await muster('attributes', 'mobile')
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
    expect(output).toMatch(new RegExp(`\\[mobile\\] +│ String │ ${String(40 - lacking)} of 40 +│ `))
    expect(output).toMatch(/phoneNumbers\[type eq "mobile"\]\.value │ String │ .*│ \[mobile\]/)
    expect((await muster('attributes', 'mobile', '--source')).output).not.toContain('target attribute')
    expect(await muster('attributes', 'shoeSize')).toMatchObject({ code: 3, output: '' })
    expect((await muster('attributes', '--group', '--target')).output).toMatch(/members +│ Reference, several │ all/)
    type Listed = Pick<Completion, 'source' | 'target' | 'sourcePeople'>
    const listed = jsonOf<Listed>(await muster('attributes', '--json'))
    expect(listed.sourcePeople).toBe(40)
    expect(listed.source.find(({ name }) => name === 'objectId')).toMatchObject({ people: 40, readBy: ['externalId'] })
    expect(listed.target.find(({ name }) => name === 'emails[type eq "work"].value')).toMatchObject({
      isRequired: true,
      matchingPriority: 1,
    })
  })

  test('completion has functions, operators and what filters may ask for', async () => {
    const answer = await askAsOperator(service, '/muster/v1/jobs/default/completion')
    const completion = (await answer.json()) as Completion
    expect(completion.functions).toHaveLength(51)
    expect(completion.functions.find(({ name }) => name === 'Left')).toMatchObject({
      signature: 'Left(String, NumChars)',
      parameters: [{ failsOnNull: false }, { failsOnNull: true }],
      whenNull: '""',
    })
    expect(completion.filterOperators.map(({ name }) => name)).toContain('NOT REGEX MATCH')
    const filterable = new Map(completion.source.map(({ name, isFilterable }) => [name, isFilterable]))
    expect([filterable.get('department'), filterable.get('manager'), filterable.get('userType')]).toEqual([
      true,
      false,
      false,
    ])
  })
})

describe('without a service', () => {
  const programs = createPrograms()
  afterAll(() => programs.clear())

  function withFile(content: string, ...args: readonly string[]) {
    const folder = programs.folder()
    writeFileSync(join(folder, 'person.json'), content)
    return programs.run(musterScript, ['try', ...args, '--attributes', 'person.json'], { folder })
  }

  test('attributes come from a file', async () => {
    const { code, output, errors } = await withFile(
      '{"mailNickname": "mira.okafor", "employeeOrgData": {"costCenter": "12"}}',
      '[mailNickname] & [employeeOrgData.costCenter]',
      '--target',
      'userName',
    )
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
    expect(output).toContain('"mira.okafor12"  text')
    expect(output).toContain('Slack takes it as it is.')
  })

  test.each([
    ['{"a": ', 'is not JSON'],
    ['[1]', 'Attributes are one JSON object'],
    ['{"a": [1]}', 'The attribute "a" is to be'],
  ])('%s is refused', async (content, says) => {
    const refused = await withFile(content, '[a]')
    expect(refused).toMatchObject({ code: 2, output: '' })
    expect(refused.errors).toContain(says)
  })

  test('of a long expression only what is around the place is shown, and no terminal obeys it', async () => {
    const refused = await withFile('{}', `"${'x'.repeat(300)}\u001B[2J" "y" & "${'z'.repeat(300)}"`)
    expect(refused.code).toBe(2)
    const [line = '', caret = ''] = refused.output.split('\n')
    expect(line).toMatch(/^ {2}…x{54}\uFFFD\[2J" "y" & "z+…$/)
    expect(line.charAt(caret.indexOf('^'))).toBe('"')
    expect(line.length).toBeLessThan(130)
  })

  test('a file that is not there, and a person beside a file', async () => {
    const missing = await programs.run(musterScript, ['try', '[a]', '--attributes', 'nowhere.json'])
    expect(missing).toMatchObject({ code: 2, output: '' })
    expect(await withFile('{}', '[mail]', '--person', 'mira')).toMatchObject({ code: 2, output: '' })
  })

  test('functions are listed, searched and read', async () => {
    const run = (...args: readonly string[]) => programs.run(musterScript, ['functions', ...args])
    expect((await run()).output).toContain('51 functions')
    const page = await run('mid')
    expect(page).toMatchObject({ code: 0, errors: '' })
    expect(page.output).toMatch(/^Mid\(source, start, length\)\n/)
    expect(page.output).toContain('  length  Integer, null is an error')
    expect(page.output).toContain('Without any of those attributes the first example gives "".')
    expect((await run('diacritic')).output).toMatch(/^NormalizeDiacritics/)
    expect(jsonOf<readonly FunctionHelp[]>(await run('Join', '--json'))).toHaveLength(1)
    expect(await run('nothing like it')).toMatchObject({ code: 3, output: '' })
  })
})
