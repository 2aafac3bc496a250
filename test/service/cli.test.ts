/* Every command against a running service in front of the simulated workspace: what it prints, and how it ends. */
import type { Command } from 'commander'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { exitCodes } from '../../src/cli/exit-codes.ts'
import { createProgram } from '../../src/cli/program.ts'
import type {
  PeopleFound,
  PersonReport,
  Plan,
  ProvisioningObjectSummary,
  StatusReport,
} from '../../src/vocabulary/index.ts'
import { aProvisionedCompany, company, jsonOf, type LogPage } from '../builders/provisioned-company.ts'
import { musterScript, type Muster, type ServiceWithSlack } from '../builders/muster-service.ts'
import { createPrograms } from '../builders/programs.ts'

// Each command is a process of its own, and the machine may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const [chief, someone] = company.users
const chiefName = String(chief?.attributes['displayName'])
const someoneAddress = String(someone?.attributes['mail'])

describe('commands that only look', () => {
  const programs = createPrograms()
  let service: ServiceWithSlack
  let muster: Muster
  let log: LogPage
  let writes: number
  beforeAll(async () => {
    service = await aProvisionedCompany(programs)
    muster = service.muster
    log = jsonOf<LogPage>(await muster('log', '--limit', '1000', '--json'))
    writes = service.writesToSlack()
  })
  afterAll(async () => {
    expect(service.writesToSlack()).toBe(writes)
    await service.close()
    await programs.clear()
  })

  test('status says what there is, what is managed, and when the next cycle runs', async () => {
    const { code, output, errors } = await muster('status')
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
    expect(output).toContain(`Muster 0.1.0 at ${service.address}, database sqlite`)
    expect(output).toContain('40 users present')
    expect(output).toMatch(/status +Active, schedule Active; scope assigned users and groups/)
    expect(output).toMatch(/managed +2 groups now/)
    expect(output).toMatch(/next cycle +\d{4}-.* UTC \(in (3\d|40) min/)
    const report = jsonOf<StatusReport>(await muster('status', '--json'))
    expect(report.jobs).toHaveLength(1)
    expect(report.jobs[0]).toMatchObject({ status: 'Active', escrowed: 0, runningCycle: null })
  })

  test('plan has nothing to do when all is done, and writes nothing', async () => {
    const { code, output } = await muster('plan')
    expect(code).toBe(0)
    expect(output).toContain('This is a plan: nothing was written.')
    expect(output).toMatch(/│ created +│ 0 /)
    expect(jsonOf<Plan>(await muster('plan', '--json')).counters).toMatchObject({ created: 0, updated: 0, disabled: 0 })
  })

  describe('log', () => {
    const entriesOf = async (...args: readonly string[]): Promise<readonly string[]> =>
      jsonOf<LogPage>(await muster('log', '--limit', '1000', '--json', ...args)).entries.map((entry) => entry.id)
    const idsWhere = (test: (entry: ProvisioningObjectSummary) => boolean): readonly string[] =>
      log.entries.filter(test).map((entry) => entry.id)

    test('is a table, or every step with --steps', async () => {
      const table = await muster('log', '--limit', '5')
      expect(table).toMatchObject({ code: 0, errors: '' })
      expect(table.output).toMatch(/when \(UTC\) +│ action +│ status +│ who +│ what/)
      expect(table.output).toMatch(/There are older ones: --cursor \S+/)
      const steps = await muster('log', chiefName, '--action', 'create', '--steps')
      expect(steps.output).toMatch(/1\. import success: .*\n +2\. scoping success: /)
      expect(steps.output).toContain(`title: (none) → ${String(chief?.attributes['jobTitle'])}`)
    })

    test.each(['success', 'failure', 'skipped', 'warning'] as const)('--status %s', async (status) => {
      expect(await entriesOf('--status', status)).toEqual(
        idsWhere((entry) => entry.provisioningStatusInfo.status === status),
      )
    })

    test.each(['create', 'update', 'other'] as const)('--action %s', async (action) => {
      const wanted = idsWhere((entry) => entry.provisioningAction === action)
      expect(wanted).not.toEqual([])
      expect(await entriesOf('--action', action)).toEqual(wanted)
    })

    test('part of a name, with other filters', async () => {
      const wanted = idsWhere(
        (entry) => entry.provisioningAction === 'create' && entry.sourceIdentity.displayName === chiefName,
      )
      expect(wanted).toHaveLength(1)
      expect(await entriesOf(chiefName.slice(0, -1), '--action', 'create')).toEqual(wanted)
      expect((await muster('log', 'nobody at all')).output).toBe('No entry fits.\n')
    })

    test('--cycle, --since and --until', async () => {
      const cycles = [...new Set(log.entries.map((entry) => entry.cycleId))]
      for (const cycle of cycles)
        expect(await entriesOf('--cycle', cycle)).toEqual(idsWhere((entry) => entry.cycleId === cycle))
      const middle = log.entries[Math.floor(log.entries.length / 2)]?.activityDateTime ?? ''
      expect(await entriesOf('--since', middle)).toEqual(idsWhere((entry) => entry.activityDateTime >= middle))
      const older = await entriesOf('--until', middle)
      expect(older).toEqual(log.entries.map((entry) => entry.id).slice(-older.length))
      expect(await entriesOf('--since', '2999-01-01')).toEqual([])
    })

    test('pages follow one another by their cursors', async () => {
      const met: string[] = []
      let cursor: string | null = null
      do {
        const page: LogPage = jsonOf<LogPage>(
          await muster('log', '--json', '--limit', '30', ...(cursor === null ? [] : ['--cursor', cursor])),
        )
        expect(page.entries.length).toBeLessThanOrEqual(30)
        met.push(...page.entries.map((entry) => entry.id))
        cursor = page.cursor
      } while (cursor !== null)
      expect(met).toEqual(log.entries.map((entry) => entry.id))
    })

    test.each([
      ['--status', 'nope', /"status": .*"success"/],
      ['--action', 'nope', /"action": .*"create"/],
      ['--limit', '0', /"limit"/],
      ['--since', 'yesterday', /--since takes an instant .* is neither/],
      ['--cursor', 'next', /"cursor": .*is not a cursor/],
    ])('%s %s is refused', async (flag, value, says) => {
      const refused = await muster('log', flag, value)
      expect(refused).toMatchObject({ code: 2, output: '' })
      expect(refused.errors).toMatch(says)
    })

    test('read by somebody who has soon seen enough is no failure', async () => {
      const reader = programs.start(musterScript, ['log', '--json', '--limit', '1000', '--url', service.address])
      await reader.line(/entries/)
      reader.closeOutput()
      expect(await reader.ended).toMatchObject({ code: 0, errors: '' })
    })
  })

  describe('people', () => {
    test('a unique name, address or id gives everything known', async () => {
      for (const name of [someoneAddress, someoneAddress.toUpperCase(), String(someone?.objectId)]) {
        const { code, output, errors } = await muster('people', name)
        expect({ code, errors }).toEqual({ code: 0, errors: '' })
        expect(output).toContain(`<${String(someone?.attributes['userPrincipalName'])}> (User)`)
        expect(output).toMatch(/in scope +yes/)
        expect(output).toMatch(/assigned +through group Engineering/)
        expect(output).toMatch(/link +U\w+, active/)
        expect(output).toMatch(new RegExp(`^ {2}manager +${chiefName} <`, 'm'))
      }
      const report = jsonOf<PersonReport>(await muster('people', someoneAddress, '--json'))
      expect(report.entry.objectId).toBe(someone?.objectId)
      expect(report.jobs[0]?.link?.targetAnchor).toBe(service.simulator.person(someoneAddress)?.id)
      expect(report.jobs[0]?.attributes.filter(({ verdict }) => verdict === 'differs')).toEqual([])
    })

    test('a group is explained like a person', async () => {
      const { code, output } = await muster('people', 'Engineering')
      expect(code).toBe(0)
      expect(output).toMatch(/assigned +itself/)
      expect(output).toMatch(/link +S\w+, active/)
    })

    test('a name that fits several lists them and is not found', async () => {
      const several = await muster('people', '@')
      expect(several.code).toBe(3)
      expect(several.errors).toMatch(/"@" fits 44 objects\. Name one by its address or id\./)
      expect(several.output.trimEnd().split('\n')).toHaveLength(20)
      const asJson = await muster('people', '@', '--json')
      expect(asJson.code).toBe(3)
      expect(jsonOf<{ readonly error: PeopleFound }>(asJson).error).toMatchObject({ total: 44 })
    })

    test('a name that fits nobody is not found', async () => {
      const nobody = await muster('people', 'nobody at all')
      expect(nobody).toMatchObject({ code: 3, output: '' })
      expect(nobody.errors).toContain('"nobody at all"')
      expect(jsonOf(await muster('people', 'nobody at all', '--json'))).toHaveProperty('error.message')
    })

    test('no name lists everybody', async () => {
      const { output } = await muster('people')
      expect(output.trimEnd().split('\n')).toHaveLength(company.users.length + company.groups.length + 1)
      expect(jsonOf<PeopleFound>(await muster('people', '--json')).total).toBe(48)
    })
  })

  test.each([
    ['assign', 'nobody at all'],
    ['unassign', 'nobody at all'],
    ['assign', '--user', 'Engineering'],
    ['assign', '@'],
    ['run', '--job', 'other'],
    ['plan', '--job', 'other'],
    ['scope', 'all', '--job', 'other'],
  ])('%s %s does not find what it names', async (command, ...args) => {
    const lost = await muster(command, ...args)
    expect(lost).toMatchObject({ code: 3, output: '' })
    expect(lost.errors.trimEnd().split('\n')).toHaveLength(1)
    expect(jsonOf(await muster(command, ...args, '--json'))).toHaveProperty('error.message')
  })

  test.each([
    ['plan', '--rows', '0'],
    ['scope', 'some'],
    ['import', '--allow-removals', 'many', 'x.csv'],
  ])('%s %s %s is refused before anything begins', async (command, ...args) => {
    expect(await muster(command, ...args)).toMatchObject({ code: 2, output: '' })
  })

  test('unassign without --yes says what it would take away, and does nothing', async () => {
    const asked = await muster('unassign', '--group', 'Engineering')
    expect(asked).toMatchObject({ code: 4, output: '' })
    expect(asked.errors).toMatch(/\d+ people with Slack accounts leave the scope .* repeat with --yes/)
    expect(jsonOf(await muster('unassign', '--group', 'Engineering', '--json'))).toHaveProperty('error.message')
    // Who is assigned through a group alone loses nothing.
    const through = await muster('unassign', someoneAddress)
    expect(through).toMatchObject({ code: 0, errors: '' })
    expect(through.output).toContain('was not assigned itself')
  })
})

describe('help', () => {
  const programs = createPrograms()
  afterAll(() => programs.clear())
  const help = async (...path: readonly string[]): Promise<string> => {
    const { code, output, errors } = await programs.run(musterScript, [...path, '--help'])
    expect({ path, code, errors }).toEqual({ path, code: 0, errors: '' })
    return output
  }
  const commandsIn = (output: string): readonly string[] => {
    const [, section = ''] = /^Commands:\n((?:.+\n)*)/m.exec(output) ?? []
    return [...section.matchAll(/^ {2}([a-z-]+)/gm)].map(([, name = '']) => name).filter((name) => name !== 'help')
  }

  test('of muster names the commands, the exit codes and examples', async () => {
    const output = await help()
    expect(commandsIn(output)).toEqual(expect.arrayContaining(['serve', 'import', 'plan', 'people', 'schema']))
    const codes = [...output.matchAll(/^ {2}(\d) {2}\S/gm)].map(([, number]) => Number(number))
    expect(codes).toEqual(Object.values(exitCodes))
    expect(output).toMatch(/Examples:\n {2}\$ muster serve/)
  })

  test('of every command has an example of it, and that of those which lead to others too', () => {
    const commandsBelow = (command: Command): readonly Command[] =>
      command.commands.flatMap((each) => [each, ...commandsBelow(each)])
    const withoutExample = commandsBelow(createProgram()).flatMap((command) => {
      let path = command.name()
      let { parent } = command
      for (; parent !== null; parent = parent.parent) path = `${parent.name()} ${path}`
      let output = ''
      command.configureOutput({ writeOut: (text) => (output += text) }).outputHelp()
      const ofGroup = path.split(' ').slice(0, 2).join(' ')
      return new RegExp(`Examples:\\n(.*\\n)*? {2}\\$ (MUSTER_SLACK_TOKEN=\\S+ )?${ofGroup}`).test(output) ? [] : [path]
    })
    expect(withoutExample).toEqual([])
    expect(commandsBelow(createProgram()).length).toBeGreaterThan(60)
  })
})
