/*
 * A real LDAP server holds the company, ldapsearch and slapcat print it, and the reader finds the company again. Runs
 * where `slapd` and `ldapsearch` are installed; elsewhere the committed samples stand in, and the test says so.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { generateCompany, type CompanyUser } from '../../scripts/seed/index.ts'
import { DirectoryFileError, readDirectoryFiles, type DirectoryFileReading } from '../../src/directory/files/index.ts'

const run = promisify(execFile)
const suffix = 'dc=tidewater,dc=example'
const administrator = `cn=admin,${suffix}`

function findProgram(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/libexec', '/usr/libexec']
  return folders
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}

const programs = { slapd: findProgram('slapd'), ldapsearch: findProgram('ldapsearch'), ldapadd: findProgram('ldapadd') }
const isInstalled = Object.values(programs).every((path) => path !== undefined)
if (!isInstalled) {
  console.warn(
    'slapd or ldapsearch is not installed (apt-get install slapd ldap-utils): LDIF was tried with the committed samples only.',
  )
}

const company = generateCompany({ users: 120, groups: 10, seed: 23 })
const people = company.users.filter(({ attributes }) => typeof attributes['surname'] === 'string')
const dnOf = ({ attributes }: CompanyUser): string => `uid=${String(attributes['mailNickname'])},ou=people,${suffix}`
const dnById = new Map([
  ...people.map((user): [string, string] => [user.objectId, dnOf(user)]),
  ...company.groups.map(({ objectId, displayName }): [string, string] => [
    objectId,
    `cn=${displayName},ou=groups,${suffix}`,
  ]),
])

/** Everything in base64: the server decides how it prints it. */
function entry(dn: string, values: readonly (readonly [string, unknown])[]): string {
  const lines = [['dn', dn] as const, ...values]
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => `${name}:: ${Buffer.from(String(value), 'utf8').toString('base64')}\n`)
  return `${lines.join('')}\n`
}

function ldapEntries(): string {
  const units = ['people', 'groups'].map((unit) =>
    entry(`ou=${unit},${suffix}`, [
      ['objectClass', 'organizationalUnit'],
      ['ou', unit],
    ]),
  )
  const persons = people.map((user) => {
    const of = (name: string): unknown => user.attributes[name]
    return entry(dnOf(user), [
      ...([
        ['objectClass', 'inetOrgPerson'],
        ['uid', of('mailNickname')],
        ['cn', of('displayName')],
        ['sn', of('surname')],
      ] as const),
      ...([
        ['displayName', of('displayName')],
        ['givenName', of('givenName')],
        ['mail', of('mail')],
        ['title', of('jobTitle')],
      ] as const),
      ...([
        ['l', of('city')],
        ['employeeNumber', of('employeeId')],
        ['telephoneNumber', of('telephoneNumber')],
      ] as const),
      ['manager', user.manager === null ? null : dnById.get(user.manager)],
    ])
  })
  const groups = company.groups.map(({ objectId, displayName, members }) =>
    entry(String(dnById.get(objectId)), [
      ['objectClass', 'groupOfNames'],
      ['cn', displayName],
      ...members.flatMap((member): [string, unknown][] => (dnById.has(member) ? [['member', dnById.get(member)]] : [])),
    ]),
  )
  const root = entry(suffix, [
    ['objectClass', 'dcObject'],
    ['objectClass', 'organization'],
    ['dc', 'tidewater'],
    ['o', 'Tidewater'],
  ])
  return [root, ...units, ...persons, ...groups].join('')
}

const configuration = (folder: string): string => `
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
database mdb
suffix "${suffix}"
rootdn "${administrator}"
rootpw loopback
directory ${folder}/db
overlay memberof
memberof-group-oc groupOfNames
memberof-member-ad member
memberof-memberof-ad memberOf
`

describe.runIf(isInstalled)('a company in slapd', () => {
  let folder = ''
  let server: ChildProcess | undefined
  let url = ''

  const client = (name: 'ldapadd' | 'ldapsearch', args: readonly string[]): Promise<{ stdout: string }> =>
    run(programs[name] ?? name, ['-x', '-H', url, '-D', administrator, '-w', 'loopback', ...args], {
      maxBuffer: 50_000_000,
    })
  const search = async (...args: readonly string[]): Promise<string> =>
    (await client('ldapsearch', ['-b', suffix, ...args])).stdout

  /** Connects until the server answers; each attempt takes as long as its process does. */
  async function waitForServer(): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        await client('ldapsearch', ['-s', 'base', '-b', ''])
        return
      } catch (error) {
        if (attempt === 100 || server?.exitCode !== null) throw error
      }
    }
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-slapd-'))
    url = `ldapi://${encodeURIComponent(join(folder, 'socket'))}`
    await mkdir(join(folder, 'db'))
    await writeFile(join(folder, 'slapd.conf'), configuration(folder))
    await writeFile(join(folder, 'entries.ldif'), ldapEntries())
    server = spawn(programs.slapd ?? 'slapd', ['-d', '0', '-f', join(folder, 'slapd.conf'), '-h', url], {
      stdio: 'ignore',
    })
    await waitForServer()
    await client('ldapadd', ['-f', join(folder, 'entries.ldif')])
  })

  afterAll(async () => {
    const exited = new Promise((resolve) => server?.once('exit', resolve))
    server?.kill('SIGTERM')
    await exited
    await rm(folder, { recursive: true })
  })

  const read = (text: string): Promise<DirectoryFileReading> =>
    readDirectoryFiles([{ name: 'search.ldif', content: Buffer.from(text, 'utf8') }], { keepGoing: false })

  function expectCompany({ users, groups, memberships, completeness }: DirectoryFileReading): void {
    const mailById = new Map(users.map(({ objectId, attributes }) => [objectId, attributes['mail']]))
    const companyMailById = new Map(people.map(({ objectId, attributes }) => [objectId, attributes['mail']]))
    const names = ['displayName', 'givenName', 'surname', 'jobTitle', 'city', 'employeeId', 'telephoneNumber']
    const found = users.map(({ attributes }) => [
      attributes['mail'],
      ...names.map((name) => attributes[name] ?? null),
      typeof attributes['manager'] === 'string' ? mailById.get(attributes['manager']) : null,
    ])
    const expected = people.map(({ attributes, manager }) => [
      attributes['mail'],
      ...names.map((name) => attributes[name] ?? null),
      manager === null ? null : (companyMailById.get(manager) ?? null),
    ])
    expect(new Map(found.map(([mail, ...others]) => [mail, others]))).toEqual(
      new Map(expected.map(([mail, ...others]) => [mail, others])),
    )
    const groupNames = new Map(groups.map(({ objectId, attributes }) => [objectId, attributes['displayName']]))
    const nameOf = (id = ''): string => String(mailById.get(id) ?? groupNames.get(id))
    const companyGroups = new Map(company.groups.map(({ objectId, displayName }) => [objectId, displayName]))
    expect(
      memberships
        .map(({ groupObjectId, memberObjectId }) => `${nameOf(groupObjectId)} < ${nameOf(memberObjectId)}`)
        .sort(),
    ).toEqual(
      company.groups
        .flatMap(({ displayName, members }) =>
          members
            .filter((id) => dnById.has(id))
            .map((id) => `${displayName} < ${String(companyMailById.get(id) ?? companyGroups.get(id))}`),
        )
        .sort(),
    )
    expect(completeness).toMatchObject({ users: 'whole', groups: 'whole', reasons: [] })
    expect(completeness.memberListsOf).toHaveLength(company.groups.length)
  }

  test.each([
    ['as it prints by default', []],
    ['with operational attributes and memberOf', ['(objectClass=*)', '*', '+']],
    ['as LDIF version 1', ['-L']],
    ['without comments', ['-LLL', '(objectClass=*)', '*', 'memberOf']],
    ['in pages', ['-E', 'pr=17/noprompt']],
    ['without folding', ['-o', 'ldif-wrap=no']],
  ])('ldapsearch, %s', async (_, args) => {
    expectCompany(await read(await search(...args)))
  })

  test('slapcat', async () => {
    // slapcat is slapd under another name.
    const { stdout } = await run(programs.slapd ?? 'slapd', ['-Tcat', '-f', join(folder, 'slapd.conf')], {
      maxBuffer: 50_000_000,
    })
    expectCompany(await read(stdout))
  })

  test('people and groups in two files, people first', async () => {
    const texts = await Promise.all(
      ['people', 'groups'].map((unit) => search('-LLL', '-s', 'one', '-b', `ou=${unit},${suffix}`)),
    )
    const files = texts.map((text, index) => ({ name: `${index}.ldif`, content: Buffer.from(text, 'utf8') }))
    expectCompany(await readDirectoryFiles(files, { keepGoing: false }))
  })

  test('an answer that met the size limit is refused, and so is one that was cut', async () => {
    const limited: unknown = await search('-z', '20').catch((error: unknown) => error)
    const stdout = typeof limited === 'object' && limited !== null && 'stdout' in limited ? String(limited.stdout) : ''
    expect(stdout).toContain('result: 4')
    await expect(read(stdout)).rejects.toThrow(DirectoryFileError)
    const whole = await search()
    await expect(read(whole.slice(0, whole.lastIndexOf('\ndn:') + 1))).rejects.toThrow('# numResponses')
  })
})
