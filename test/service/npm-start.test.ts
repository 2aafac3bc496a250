/*
 * What `npm start` runs: service and workspace simulator together, from an empty folder to people in Slack, through a change
 * and a stop to a second start.
 */
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { musterAt } from '../builders/muster-service.ts'
import { createPrograms, writeFiles, type RunningProgram } from '../builders/programs.ts'

// Three programs start here, and the machine may be busy.
vi.setConfig({ testTimeout: 120_000 })

const programs = createPrograms()
afterEach(() => programs.clear())

interface Started {
  readonly program: RunningProgram
  readonly slackUrl: string
  readonly token: string
  readonly url: string
}

/** `published`: at Slack's own pace, for a test that acts in the middle of a cycle. */
async function npmStart(data: string, rate: 'published' | 'off' = 'off'): Promise<Started> {
  const program = programs.start(join('scripts', 'start.ts'), [], {
    environment: {
      MUSTER_PORT: '0',
      MUSTER_DATA: data,
      MUSTER_RATE: rate,
      SLACK_SIM_PORT: '0',
      SLACK_SIM_RATE_SCALE: '0',
    },
    asOnTerminal: true,
  })
  const [, slackUrl = '', token = ''] = await program.line(/^slack ready (http:\S+) token (xoxp-\S+)$/)
  const [, url = ''] = await program.line(/^muster ready (http:\S+)$/)
  return { program, slackUrl, token, url }
}

async function control<T>({ slackUrl }: Started, path: string): Promise<T> {
  return (await (await fetch(`${slackUrl}/_sim/${path}`)).json()) as T
}

interface Person {
  readonly email: string
  readonly title: string
}

/** Ctrl-C, and that nothing stays behind. */
async function stop({ program, slackUrl, url }: Started): Promise<void> {
  program.kill('SIGINT')
  expect(await program.ended).toMatchObject({ code: 0, errors: '' })
  for (const address of [slackUrl, url]) await expect(fetch(address)).rejects.toThrow()
}

test('npm start provisions the example, carries a change over, stops cleanly and goes on', async () => {
  const data = programs.folder()
  const first = await npmStart(data)
  const { program } = first
  const [, created = ''] = await program.line(/│ created +│ (\d+) +│/)
  await program.line(/^Ctrl-C stops everything/)
  const shown = program.output()
  expect(Number(created)).toBeGreaterThan(50)
  expect(shown).toMatch(/│ failed +│ 0 /)
  expect(shown).toContain(`Muster stays up at ${first.url}`)
  expect(shown).toContain(`the simulated Slack workspace is at ${first.slackUrl}`)
  for (const command of ['status', 'people', 'log', 'import', 'plan']) expect(shown).toContain(`npx muster ${command}`)

  const people = await control<readonly Person[]>(first, 'people')
  const someone = people.find(({ email, title }) => email.endsWith('.example') && title !== '' && title !== 'Captain')
  expect(someone).toBeDefined()
  const muster = musterAt(programs, first.url)
  const change = programs.folder()
  writeFiles(change, [{ name: 'users.csv', text: `userPrincipalName,jobTitle\n${someone?.email ?? ''},Captain\n` }])
  const importedAt = Date.now()
  expect(await muster('import', change)).toMatchObject({ code: 0, errors: '' })
  await program.line(/^incremental cycle in .*: 0 created, 1 updated, 0 disabled, 0 deleted, 0 failed$/)
  expect(Date.now() - importedAt).toBeLessThan(15_000)
  expect((await control<Person>(first, `people/${someone?.email ?? ''}`)).title).toBe('Captain')
  await stop(first)

  const second = await npmStart(data)
  expect(second.token).toBe(first.token)
  await second.program.line(/Going on from the last cycle/)
  await second.program.line(/│ created +│ 0 +│/)
  await second.program.line(/^Ctrl-C stops everything/)
  const { entries } = await control<{ readonly entries: readonly { readonly method: string }[] }>(second, 'requests')
  expect(entries).not.toEqual([])
  expect(entries.filter(({ method }) => method !== 'GET')).toEqual([])
  expect((await control<Person>(second, `people/${someone?.email ?? ''}`)).title).toBe('Captain')
  await stop(second)
})

test('npm start stopped in its first cycle goes on with it at once, and nobody is made twice', async () => {
  const data = programs.folder()
  const first = await npmStart(data, 'published')
  await first.program.line(/^initial cycle, people and groups: [1-9]/)
  await stop(first)
  expect(first.program.output()).not.toMatch(/│ created|"level":50/)
  const second = await npmStart(data)
  await second.program.line(/^initial cycle, /)
  await second.program.line(/│ failed +│ 0 /)
  expect(second.program.output()).not.toMatch(/broke off|"level":50/)
  const emails = (await control<readonly Person[]>(second, 'people')).map(({ email }) => email)
  expect(emails.length).toBeGreaterThan(50)
  expect(new Set(emails).size).toBe(emails.length)
  await stop(second)
})

test.each(['MUSTER_PORT', 'SLACK_SIM_PORT'])(
  'npm start with %s in use says so, and leaves nothing running',
  async (name) => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = String(typeof address === 'object' && address !== null ? address.port : 0)
    const end = await programs.run(join('scripts', 'start.ts'), [], {
      environment: { MUSTER_PORT: '0', SLACK_SIM_PORT: '0', MUSTER_DATA: programs.folder(), [name]: port },
    })
    server.close()
    expect(end.code).toBe(2)
    expect(end.errors).toMatch(new RegExp(`^Port ${port} on 127\\.0\\.0\\.1 is in use.*${name}.*\\n$`))
    const [, slackUrl] = /^slack ready (\S+)/m.exec(end.output) ?? []
    if (slackUrl !== undefined) await expect(fetch(slackUrl)).rejects.toThrow()
  },
)
