/* How new people are named, as an administrator meets it: the running service, its commands, and a kill in between. */
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { createSimulator } from '../../simulator/index.ts'
import { listenOn } from '../../simulator/listen.ts'
import { openSqliteStore } from '../../src/store/index.ts'
import type { NamesReport, Plan, PlannedChange } from '../../src/vocabulary/index.ts'
import { createBreakingNetwork } from '../builders/breaking-network.ts'
import { musterAt, startService, startServiceWithSlack, stopService } from '../builders/muster-service.ts'
import { createPrograms, writeFiles } from '../builders/programs.ts'
import { jsonOf } from '../builders/provisioned-company.ts'

// Each command is a process of its own, and the machine may be busy.
vi.setConfig({ testTimeout: 120_000 })

const programs = createPrograms()
afterEach(() => programs.clear())

/** Namesakes, and a team they are in. */
function namesakes(count: number): string {
  const people = Array.from({ length: count }, (_, index) => ({
    id: `00000000-0000-4000-8000-00000000000${String(index + 1)}`,
    displayName: 'Anna Müller',
    givenName: 'Anna',
    surname: 'Müller',
    mailNickname: 'anna.müller',
    userPrincipalName: `anna${String(index + 1)}@example.com`,
    accountEnabled: true,
  }))
  const folder = programs.folder()
  writeFiles(folder, [{ name: 'users.json', text: JSON.stringify({ value: people }) }])
  return join(folder, 'users.json')
}

const namesIn = (simulator: ReturnType<typeof createSimulator>): readonly string[] =>
  simulator
    .people()
    .filter((person) => person.email?.endsWith('@example.com') === true && person.email.startsWith('anna'))
    .map((person) => person.userName)
    .sort()

test('a new job allots names; the plan shows them, and muster names takes the rule back and sets it again', async () => {
  const service = await startServiceWithSlack(programs, ['--log-level', 'error'])
  const { muster, simulator } = service
  try {
    expect(await muster('import', namesakes(3))).toMatchObject({ code: 0 })
    expect(jsonOf<NamesReport>(await muster('names', '--json'))).toMatchObject({
      mode: 'allotted',
      avoided: [],
      named: 0,
      unnamed: 0,
    })
    const avoiding = await muster('names', 'allot', '--avoid', '#anna.mueller3,Sales')
    expect(avoiding.output).toContain('Nobody is named anna.mueller3, sales.')
    expect(avoiding.output).toContain('Everybody is evaluated in the next cycle')
    expect(await muster('scope', 'all')).toMatchObject({ code: 0 })
    expect(await muster('run')).toMatchObject({ code: 0 })
    expect(namesIn(simulator)).toEqual(['anna.mueller', 'anna.mueller2', 'anna.mueller4'])

    const preview = await muster('names', 'as-mapped', '--dry-run')
    expect(preview).toMatchObject({ code: 0 })
    expect(preview.output).toMatch(
      /would be as mapped[^]*0 people in scope without an account are concerned; 3 people keep/,
    )
    expect(jsonOf<NamesReport>(await muster('names', '--json')).mode).toBe('allotted')
    expect(jsonOf<NamesReport>(await muster('names', 'as-mapped', '--json'))).toMatchObject({
      mode: 'asMapped',
      avoided: [],
      isChanged: true,
      named: 3,
    })
    expect(await muster('run')).toMatchObject({ code: 0 })
    expect(namesIn(simulator)).toEqual(['anna.mueller', 'anna.mueller2', 'anna.mueller4'])
    const plan = jsonOf<Plan & { readonly changes: readonly PlannedChange[] }>(await muster('plan', '--json'))
    expect(plan.changes).toEqual([])

    expect(await muster('names', 'numbered')).toMatchObject({ code: 2 })
    expect((await muster('names', 'as-mapped', '--avoid', 'sales')).errors).toContain('--avoid goes with "allot"')
  } finally {
    await service.close()
  }
})

test('killed while it creates somebody, it gives the same name after the restart, whatever she is called by then', async () => {
  const data = programs.folder()
  const first = startService(programs, { data })
  const muster = musterAt(programs, await first.url)
  expect(await muster('import', namesakes(3))).toMatchObject({ code: 0 })
  expect(await muster('scope', 'all')).toMatchObject({ code: 0 })
  expect(await stopService(first)).toMatchObject({ code: 0 })

  const simulator = createSimulator({ rateScale: 0, latencyMs: 1, latencyJitterMs: 0 })
  const network = createBreakingNetwork(simulator, () => false)
  const listening = await listenOn(network.handle, {})
  const slack = { url: listening.url, token: simulator.token }
  try {
    const reached = network.until({ counts: 'writes', passed: 0, next: 'lost' })
    const service = startService(programs, { data, slack, args: ['--log-level', 'info'] })
    await reached
    service.program.kill('SIGKILL')
    await service.program.ended
    await network.cut()
    network.mend()
    expect(namesIn(simulator)).toEqual([])

    const store = await openSqliteStore({ file: join(data, 'muster.sqlite') })
    const [job] = await store.jobs.list()
    const ids = await store.directory.presentIds('User')
    const kept = await store.provisioning.allottedNames(job?.jobId ?? '', 'User', ids)
    // What was on its way had its name kept; all of them are called otherwise now.
    expect(kept.length).toBeGreaterThan(0)
    const people = await store.directory.objects(ids)
    await store.directory.transaction((transaction) =>
      transaction.putObjects(
        people.map((person) => ({
          ...person,
          attributes: { ...person.attributes, mailNickname: 'anna.schmidt', surname: 'Schmidt' },
        })),
      ),
    )
    await store.close()

    const again = startService(programs, { data, slack, args: ['--log-level', 'info'] })
    const [line] = await again.program.line(/^\{.*"msg":"cycle ended".*\}$/)
    expect(JSON.parse(line)).toMatchObject({ state: 'Succeeded' })
    const nameOf = new Map(simulator.people().map((person) => [person.id, person.userName]))
    expect(await stopService(again)).toMatchObject({ code: 0 })

    const after = await openSqliteStore({ file: join(data, 'muster.sqlite') })
    const links = await after.provisioning.linksBySource(job?.jobId ?? '', 'User', ids)
    await after.close()
    for (const name of kept) expect(nameOf.get(links.get(name.sourceAnchor)?.targetAnchor ?? '')).toBe(name.value)
    expect(new Set(namesIn(simulator)).size).toBe(3)
  } finally {
    await listening.close()
  }
})
