/* `muster schema diff` against a running service: what it says, what it refuses, and that it changes nothing. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { defaultSlackSchema, withExpression } from '../../src/provisioning/index.ts'
import type { PopulationDiff, PopulationDiffLine, StatusReport } from '../../src/vocabulary/index.ts'
import { askAsOperator, musterScript, type Muster, type ServiceWithSlack } from '../builders/muster-service.ts'
import { createPrograms } from '../builders/programs.ts'
import { aProvisionedCompany, company, jsonOf } from '../builders/provisioned-company.ts'
import { withFilter } from '../builders/schema-changes.ts'

// Each command is a process of its own, and the machine may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const programs = createPrograms()
let service: ServiceWithSlack
let muster: Muster
let writes: number
beforeAll(async () => {
  service = await aProvisionedCompany(programs)
  muster = service.muster
  writes = service.writesToSlack()
})
afterAll(async () => {
  expect(service.writesToSlack()).toBe(writes)
  await service.close()
  await programs.clear()
})

const template = defaultSlackSchema('job', 'allotted')
const engineers = new Set(company.groups.find(({ attributes }) => attributes['displayName'] === 'Engineering')?.members)
const leaders = company.groups.find(({ attributes }) => attributes['displayName'] === 'Leadership')?.members ?? []
const assigned = company.users.filter(({ objectId }) => engineers.has(objectId) || leaders.includes(objectId))
const inScope = assigned.filter(({ attributes }) => attributes['accountEnabled'] !== false)
const differing = inScope.filter(({ attributes }) => {
  const title = String(attributes['jobTitle'] ?? '')
  return title !== title.toUpperCase()
}).length

const diff = (...args: readonly string[]) =>
  programs.run(musterScript, ['schema', 'diff', '--url', service.address, ...args])

async function diffOfFile(schema: unknown, ...args: readonly string[]) {
  const folder = programs.folder()
  writeFileSync(join(folder, 'schema.json'), typeof schema === 'string' ? schema : JSON.stringify(schema))
  return await programs.run(musterScript, ['schema', 'diff', 'schema.json', '--url', service.address, ...args], {
    folder,
  })
}

test('one mapping tried quickly', async () => {
  const { code, output } = await diff('--set', 'title=ToUpper([jobTitle], )')
  expect(code).toBe(0)
  expect(output).toMatch(/^40 people, \d+ in scope; nothing changes for \d+\.\n/)
  expect(output).toContain(`${String(differing)} people get another title: it changes in upper and lower case only`)
  expect(output).toMatch(/: "[^"]+" → "[^"a-z]+"/)
  expect(output).toContain('nothing was saved, and Slack was not asked.')
})

test('several at once, as JSON, with as many examples as wanted', async () => {
  const found = jsonOf<PopulationDiff>(
    await diff(
      '--set',
      'title=ToUpper([jobTitle], )',
      '--set',
      'emails[type eq "work"].value="all@x.example"',
      '--examples',
      '7',
      '--json',
    ),
  )
  expect(found.totals.User).toMatchObject({ objects: 40, inScopeBefore: inScope.length, inScopeAfter: inScope.length })
  const collision = found.clusters.find(({ effect }) => effect === 'collides')
  expect(collision).toMatchObject({
    attribute: 'emails[type eq "work"].value',
    count: inScope.length,
    weight: 'harmful',
  })
  // The first of those who share it is named too.
  expect(collision?.examples[0]?.displayName.split(', ')).toHaveLength(6)
  expect(found.clusters.find(({ attribute }) => attribute === 'title')?.examples).toHaveLength(Math.min(7, differing))
})

test('a whole schema, with a filter', async () => {
  const departments = inScope.map(({ attributes }) => attributes['department'])
  const [kept] = departments
  const leaving = departments.filter((department) => department !== kept).length
  const clauses = [
    { sourceOperandName: 'department', operatorName: 'EQUALS', targetOperand: { values: [String(kept)] } },
  ]
  const { code, output } = await diffOfFile(withFilter(template, 'User', { groups: [{ name: null, clauses }] }))
  expect(code).toBe(0)
  expect(output).toContain(`Look at these first:\n`)
  expect(output.replaceAll(/\s+/g, ' ')).toContain(
    `${String(leaving)} ${leaving === 1 ? 'person' : 'people'} leave the scope and are disabled: department EQUALS "${String(kept)}"`,
  )
})

test('the schema as it is changes nothing', async () => {
  const { code, output } = await diffOfFile(template)
  expect(code).toBe(0)
  expect(output).toContain('Nothing would change for anybody.')
})

test('a mapping of groups', async () => {
  const { output } = await diff('--group', '--set', 'displayName=[displayName] & " (crew)"')
  expect(output).toContain('2 groups get another displayName: it gets another part')
})

test.each([
  [['--set', 'title'], /--set takes a target attribute/],
  [['--set', 'title=Foo('], /Foo|title/],
  [['--set', 'shoeSize=[mail]'], /no attribute "shoeSize"/],
  [[], /Name a file with a schema/],
  [['nowhere.json'], /nowhere\.json cannot be read/],
  [['--set', 'title=[mail]', '--examples', 'many'], /--examples takes a whole number/],
])('%j is refused', async (args, says) => {
  const refused = await diff(...args)
  expect(refused).toMatchObject({ code: 2, output: '' })
  expect(refused.errors).toMatch(says)
})

test.each(['{"a": ', '[]', '{"synchronizationRules": []}', '{"synchronizationRules": [], "directories": []}'])(
  'a file with %s is no schema',
  async (text) => {
    expect(await diffOfFile(text)).toMatchObject({ code: 2, output: '' })
  },
)

test('over HTTP it comes as lines: progress, then the result', async () => {
  const path = '/muster/v1/jobs/default/schema/populationDiff'
  const answer = await askAsOperator(service, path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ schema: withExpression(template, 'User', 'title', '[city]') }),
  })
  expect(answer.headers.get('content-type')).toBe('application/x-ndjson')
  const lines = (await answer.text())
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as PopulationDiffLine)
  expect(lines.map(({ type }) => type)).toEqual(['progress', 'diff'])
})

test('nothing is stored: the next cycle has nothing to do', async () => {
  const [job] = jsonOf<StatusReport>(await muster('status', '--json')).jobs
  expect(job?.watermark).not.toBeNull()
  expect((await muster('plan')).output).toMatch(/│ updated +│ 0 /)
})
