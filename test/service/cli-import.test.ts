/* `muster import` against a running service: what each kind of file brings, and what is refused. */
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { generateCompany, writeCompany, writtenFormats, type Company } from '../../scripts/seed/index.ts'
import { musterAt, startService, type Muster } from '../builders/muster-service.ts'
import { createPrograms, writeFiles, type Ended } from '../builders/programs.ts'

// Each command is a process of its own, and the machine may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const programs = createPrograms()
afterEach(() => programs.clear())

let muster: Muster
beforeEach(async () => {
  muster = musterAt(programs, await startService(programs, { data: programs.folder() }).url)
})

const company = generateCompany({ users: 30, groups: 8, seed: 5 })
const [, someone, another] = company.users

function folderWith(files: readonly { readonly name: string; readonly text: string }[]): string {
  const folder = programs.folder()
  writeFiles(folder, files)
  return folder
}

function fileWith(name: string, text: string): string {
  return join(folderWith([{ name, text }]), name)
}

interface Counts {
  readonly users: Readonly<Record<string, number>>
  readonly groups: Readonly<Record<string, number>>
}

function countsIn({ output }: Ended): Counts {
  return JSON.parse(output) as Counts
}

async function peopleIn(): Promise<number> {
  const { output } = await muster('people', '--json')
  return (JSON.parse(output) as { readonly total: number }).total
}

/** The company without these people, in the groups too. */
function without(left: readonly string[]): Company {
  return {
    users: company.users
      .filter((user) => !left.includes(user.objectId))
      .map((user) => (left.includes(user.manager ?? '') ? { ...user, manager: null } : user)),
    groups: company.groups.map((group) => ({
      ...group,
      members: group.members.filter((member) => !left.includes(member)),
    })),
  }
}

test.each(writtenFormats)('a folder of %s brings everybody, and changes nothing the second time', async (format) => {
  const folder = folderWith(writeCompany(company, format))
  const dryRun = await muster('import', '--dry-run', folder)
  expect(dryRun).toMatchObject({ code: 0, errors: '' })
  expect(dryRun.output).toContain('A dry run: nothing was stored.')
  expect(dryRun.output).toContain('people: 30 new, 0 changed, 0 unchanged')
  expect(await peopleIn()).toBe(0)

  const first = await muster('import', folder)
  expect(first).toMatchObject({ code: 0, errors: '' })
  expect(first.output).toContain('people: 30 new, 0 changed, 0 unchanged\ngroups: 8 new, 0 changed, 0 unchanged\n')
  expect(await peopleIn()).toBe(38)

  const second = await muster('import', folder, '--json')
  expect(second).toMatchObject({ code: 0, errors: '' })
  expect(countsIn(second)).toMatchObject({
    users: { created: 0, changed: 0, unchanged: 30 },
    groups: { created: 0, changed: 0, unchanged: 8 },
    membersAdded: 0,
    membersRemoved: 0,
  })
})

describe('rows that cannot be used', () => {
  const rows = [
    'userPrincipalName,displayName,accountEnabled,mail',
    'ana@example.com,Ana Ames,True,ana@example.com',
    ',Nobody,True,nobody@example.com',
    'ben@example.com,Ben Berg,perhaps,ben@example.com',
    'cem@example.com,Cem Costa,True',
    'dana@example.com,Dana Diaz,False,dana@example.com',
  ]
  const problems = [
    ['line 3', 'column userPrincipalName', 'The userPrincipalName is empty.'],
    ['line 4', 'column accountEnabled', '"perhaps"', 'must be True or False'],
    ['line 5', 'The row has 3 cells, the heading has 4.'],
  ]

  function expectListed(text: string): void {
    const lines = text.split('\n').filter((line) => line.startsWith('  users.csv, '))
    expect(lines).toHaveLength(problems.length)
    for (const [index, words] of problems.entries())
      for (const word of words) expect(lines[index], lines[index]).toContain(word)
  }

  test('are listed with file, line, column and reason, and nothing is stored', async () => {
    const file = fileWith('users.csv', rows.join('\r\n') + '\r\n')
    const refused = await muster('import', file)
    expect(refused).toMatchObject({ code: 2, output: '' })
    expectListed(refused.errors)
    expect(refused.errors).toContain('--keep-going')
    expect(await peopleIn()).toBe(0)

    const asJson = await muster('import', file, '--json')
    expect(asJson.code).toBe(2)
    expect(JSON.parse(asJson.output)).toMatchObject({
      error: {
        problems: [
          { file: 'users.csv', line: 3, column: 'userPrincipalName', value: '' },
          { file: 'users.csv', line: 4, column: 'accountEnabled', value: 'perhaps' },
          { file: 'users.csv', line: 5 },
        ],
      },
    })
  })

  test('are left out with --keep-going, and the others are stored', async () => {
    const file = fileWith('users.csv', rows.join('\n') + '\n')
    const kept = await muster('import', '--keep-going', file)
    expect(kept).toMatchObject({ code: 1, errors: '' })
    expect(kept.output).toContain('people: 2 new, 0 changed, 0 unchanged')
    expect(kept.output).toContain('3 rows were refused:')
    expectListed(kept.output)
    expect(await peopleIn()).toBe(2)
  })
})

describe('a file that is not whole', () => {
  const json = writeCompany(company, 'graph-json').find(({ name }) => name === 'users.json')?.text ?? ''
  const csv = writeCompany(company, 'entra-csv').find(({ name }) => name === 'users.csv')?.text ?? ''
  const ldif = writeCompany(company, 'ldif')[0]?.text ?? ''

  test.each([
    ['an empty file', 'users.csv', '', /The file is empty/],
    ['an empty JSON file', 'users.json', '', /The file is empty/],
    ['a CSV cut in a row', 'users.csv', csv.slice(0, csv.length / 2), /cut off/],
    ['a JSON cut in an object', 'users.json', json.slice(0, json.length / 2), /cut off/],
    ['an LDIF cut in a line', 'people.ldif', ldif.slice(0, ldif.length / 2), /cut off/],
    ['a file of another kind', 'notes.csv', 'colour,shape\nred,round\n', /notes\.csv/],
  ])('is refused: %s', async (_, name, text, says) => {
    for (const flags of [[], ['--keep-going'], ['--full', '--allow-removals', '1000']]) {
      const refused = await muster('import', ...flags, fileWith(name, text))
      expect(refused).toMatchObject({ code: 2, output: '' })
      expect(refused.errors).toMatch(says)
      expect(refused.errors).toContain('Nothing was stored.')
    }
    expect(await peopleIn()).toBe(0)
  })

  test('is refused when it cannot be found', async () => {
    const refused = await muster('import', 'nowhere.csv')
    expect(refused).toMatchObject({ code: 2, output: '' })
    expect(refused.errors).toMatch(/^nowhere\.csv cannot be read \(ENOENT\)\. Nothing was imported\..*\n$/)
  })
})

describe('--full', () => {
  test('puts whom the files no longer name into the recycle bin, and takes them back from it', async () => {
    const left = [String(someone?.objectId), String(another?.objectId)]
    const names = [someone, another].map((user) => String(user?.attributes['displayName']))
    await muster('import', '--full', folderWith(writeCompany(company, 'graph-json')))
    const fewer = folderWith(writeCompany(without(left), 'graph-json'))

    const dryRun = await muster('import', '--full', '--dry-run', fewer)
    expect(dryRun.output).toMatch(/2 put into the recycle bin/)
    for (const name of names) expect(dryRun.output).toContain(name)
    const before = await muster('people', String(left[0]))
    expect(before.output).not.toContain('in the recycle bin')

    const partial = await muster('import', fewer)
    expect(partial.output).not.toContain('recycle bin')
    const full = await muster('import', '--full', fewer)
    expect(full).toMatchObject({ code: 0, errors: '' })
    expect(full.output).toMatch(/people: .*, 2 put into the recycle bin/)
    const after = await muster('people', String(left[0]))
    expect(after.output).toContain('in the recycle bin')

    const again = await muster('import', '--full', folderWith(writeCompany(company, 'graph-json')))
    expect(again.output).toMatch(/people: .*, 2 restored/)
  })

  test('refuses more removals than anybody would believe, unless they are meant', async () => {
    await muster('import', '--full', folderWith(writeCompany(company, 'graph-json')))
    const left = company.users.slice(-12).map((user) => user.objectId)
    const fewer = folderWith(writeCompany(without(left), 'graph-json'))
    const refused = await muster('import', '--full', fewer)
    expect(refused).toMatchObject({ code: 4, output: '' })
    expect(refused.errors).toMatch(/12 of 30 people.*--allow-removals 12/)
    const asJson = await muster('import', '--full', fewer, '--json')
    expect(JSON.parse(asJson.output)).toMatchObject({ error: { removals: 12, present: 30 } })
    const meant = await muster('import', '--full', '--allow-removals', '12', fewer)
    expect(meant).toMatchObject({ code: 0, errors: '' })
    expect(meant.output).toMatch(/people: .*, 12 put into the recycle bin/)
  })
})
