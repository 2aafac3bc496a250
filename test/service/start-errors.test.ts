/*
 * What keeps the service or the simulator from starting: one clear line for whoever started it, exit code 2, no stack trace
 * and no secret.
 */
import { createServer } from 'node:net'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { askAsOperator, musterScript, startService, stopService } from '../builders/muster-service.ts'
import { createPrograms, type Ended, type StartOptions } from '../builders/programs.ts'
import { mountDisk } from '../builders/small-disk.ts'

// Each command is a process of its own, and the machine may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const programs = createPrograms()
const undo: (() => void)[] = []
afterEach(async () => {
  for (const each of undo.splice(0)) each()
  await programs.clear()
})

const secret = 'xoxp-12345-geheim'
const password = 'letmein99'
const simulatorScript = join('simulator', 'main.ts')

const serve = (args: readonly string[], options?: StartOptions): Promise<Ended> =>
  programs.run(musterScript, ['serve', '--port', '0', ...args], options)

/** The one line, which is answered. After a slip of the fingers there is a hint or two in brackets. */
function refusal(end: Ended): string {
  const [line = '', ...more] = end.errors.trimEnd().split('\n')
  const hints = line.startsWith('error: ') ? more.filter((each) => /^\(.*\)$/.test(each)) : []
  expect({ code: end.code, output: end.output, more }).toEqual({ code: 2, output: '', more: hints })
  expect(end.errors).not.toMatch(/^\s*at |Error:|node:/m)
  expect(end.errors).not.toContain(secret)
  expect(end.errors).not.toContain(password)
  expect(line.length).toBeGreaterThan(20)
  return line
}

/** A port that somebody listens on until the test ends. */
async function takenPort(): Promise<string> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  undo.push(() => server.close())
  const address = server.address()
  return String(typeof address === 'object' && address !== null ? address.port : 0)
}

describe('the data folder', () => {
  test('lies below a file', async () => {
    const folder = programs.folder()
    writeFileSync(join(folder, 'file'), '')
    const line = refusal(await serve(['--data', join(folder, 'file', 'data')]))
    expect(line).toContain(join(folder, 'file', 'data'))
    expect(line).toMatch(/a file is in its place.*Name another folder/)
  })

  test('is a file', async () => {
    const folder = programs.folder()
    writeFileSync(join(folder, 'file'), 'mine')
    expect(refusal(await serve(['--data', join(folder, 'file')]))).toMatch(/a file is in its place/)
  })

  test('cannot be written', async () => {
    const folder = programs.folder()
    const disk = mountDisk(folder, 'ro')
    if ('why' in disk) {
      console.warn(
        `start-errors.test.ts: a folder that cannot be written was NOT tried, no disk could be made: ${disk.why}`,
      )
      return
    }
    undo.push(disk.unmount)
    expect(refusal(await serve(['--data', join(folder, 'data')]))).toMatch(/the folder .* cannot be written/)
    expect(refusal(await serve(['--data', folder]))).toMatch(/cannot be written|can be read but not written/)
  })

  test('lies on a full disk', async () => {
    const folder = programs.folder()
    const disk = mountDisk(folder, 'size=40k')
    if ('why' in disk) {
      console.warn(`start-errors.test.ts: a full disk was NOT tried, no disk could be made: ${disk.why}`)
      return
    }
    undo.push(disk.unmount)
    expect(refusal(await serve(['--data', join(folder, 'data')]))).toMatch(/the disk is full. .*Make room/)
    // With room again it starts as if nothing had been.
    disk.remount('size=8m')
    const service = startService(programs, { data: join(folder, 'data') })
    await service.url
    expect(await stopService(service)).toMatchObject({ code: 0 })
  })

  test('is in use by another Muster, which is not disturbed', async () => {
    const data = programs.folder()
    const service = startService(programs, { data })
    await service.url
    expect(refusal(await serve(['--data', data]))).toMatch(/another Muster has it open/)
    expect((await askAsOperator(service, '/muster/v1/status')).status).toBe(200)
    expect(await stopService(service)).toMatchObject({ code: 0, errors: '' })
  })

  test('belongs to another Slack', async () => {
    const data = programs.folder()
    const options = { environment: { MUSTER_SLACK_TOKEN: secret } }
    const first = programs.start(
      musterScript,
      ['serve', '--port', '0', '--data', data, '--slack-url', 'http://127.0.0.1:9'],
      options,
    )
    await first.line(/^muster ready/)
    first.kill('SIGTERM')
    await first.ended
    const line = refusal(await serve(['--data', data, '--slack-url', 'https://slack.example'], options))
    expect(line).toMatch(/belongs to a simulator on this machine.*https:\/\/slack\.example.*fresh folder/)
  })
})

describe('the database', () => {
  function databaseIn(data: string, statements: string): void {
    const database = new DatabaseSync(join(data, 'muster.sqlite'))
    database.exec(statements)
    database.close()
  }

  test('is a file of another kind, and stays as it is', async () => {
    const data = programs.folder()
    writeFileSync(join(data, 'muster.sqlite'), 'Dear diary, '.repeat(100))
    expect(refusal(await serve(['--data', data]))).toMatch(/is not a SQLite database/)
  })

  test('is a folder', async () => {
    const data = programs.folder()
    mkdirSync(join(data, 'muster.sqlite'))
    expect(refusal(await serve(['--data', data]))).toMatch(/it is a folder, not a file/)
  })

  test('is the database of another program', async () => {
    const data = programs.folder()
    databaseIn(data, 'create table bookmarks (url text)')
    expect(refusal(await serve(['--data', data]))).toMatch(/the database of another program .*"bookmarks"/)
  })

  test('was written by a newer Muster', async () => {
    const data = programs.folder()
    const service = startService(programs, { data })
    await service.url
    await stopService(service)
    databaseIn(data, "insert into muster_migration (number, name, applied_at) values (9999, '9999-later.sql', 0)")
    expect(refusal(await serve(['--data', data]))).toMatch(/newer Muster \(version 9999.*Start the newer Muster/)
  })

  test.each([
    ['does not answer', `postgresql://muster:${password}@127.0.0.1:1/muster`, /nothing answers there/],
    ['is named in another way', `mysql://muster:${password}@db/muster`, /must begin with postgresql:\/\//],
  ])('on a server %s', async (_, url, says) => {
    expect(refusal(await serve([], { environment: { DATABASE_URL: url } }))).toMatch(says)
  })
})

describe('the port', () => {
  test('of the service is in use', async () => {
    const port = await takenPort()
    const end = await serve(['--port', port, '--data', programs.folder()])
    expect(refusal(end)).toMatch(new RegExp(`Port ${port} on 127\\.0\\.0\\.1 is in use.*--port`))
  })

  test('of the simulator is in use', async () => {
    const port = await takenPort()
    expect(refusal(await programs.run(simulatorScript, ['--port', port]))).toMatch(
      `Port ${port} on 127.0.0.1 is in use`,
    )
  })
})

describe('a setting', () => {
  const bad = [
    ['port', '--port', 'MUSTER_PORT', '99999', /port "99999" .* must be a port number/],
    ['rate', '--rate', 'MUSTER_RATE', 'fast', /rate "fast"/],
    ['rateShare', '--rate-share', 'MUSTER_RATE_SHARE', '2', /rateShare "2" .* must be above 0 and at most 1/],
    ['cycleEvery', '--cycle-every', 'MUSTER_CYCLE_EVERY', 'often', /cycleEvery "often" .* must be a duration/],
    ['slackUrl', '--slack-url', 'MUSTER_SLACK_URL', 'slack.com', /slackUrl "slack.com" .* http or https address/],
    [
      'slackUrl',
      '--slack-url',
      'MUSTER_SLACK_URL',
      `https://me:${password}@slack.com`,
      /must not hold a user name or password/,
    ],
    ['logLevel', '--log-level', 'MUSTER_LOG_LEVEL', 'loud', /logLevel "loud"/],
    ['databaseUrl', '--database-url', 'DATABASE_URL', `http://me:${password}@db`, /must begin with postgresql/],
  ] as const

  test.each(bad)('%s is bad in the flag, the environment or the file', async (name, flag, variable, value, says) => {
    const folder = programs.folder()
    const byFlag = refusal(await serve([`${flag}=${value}`]))
    const byVariable = refusal(await programs.run(musterScript, ['serve'], { environment: { [variable]: value } }))
    writeFileSync(join(folder, 'muster.json'), JSON.stringify({ [name]: value }))
    const byFile = refusal(await programs.run(musterScript, ['serve'], { folder }))
    for (const line of [byFlag, byVariable, byFile]) expect(line).toMatch(says)
    expect(byFlag).toContain(`(from ${flag})`)
    expect(byVariable).toContain(`(from ${variable})`)
    expect(byFile).toContain(`(from "${name}" in ./muster.json)`)
  })

  test.each([
    ['not JSON', `{"slackToken": ${secret}}`, /is not JSON/],
    ['cut off', `{"slackToken": "${secret}", "po`, /is not JSON, from position \d+ \(line 1 column \d+\) on/],
    ['a list', '[1]', /has to hold one JSON object/],
    ['of an unknown setting', '{"prot": 8470}', /names unknown settings: prot\. Known are port/],
  ])('file is %s', async (_, text, says) => {
    const folder = programs.folder()
    writeFileSync(join(folder, 'muster.json'), text)
    expect(refusal(await programs.run(musterScript, ['serve'], { folder }))).toMatch(says)
  })

  test('file that was asked for is missing', async () => {
    const line = refusal(await serve(['--config', 'nowhere.json']))
    expect(line).toMatch(/nowhere\.json cannot be read \(ENOENT\)/)
  })

  test.each(['0.0.0.0', '192.0.2.1', 'muster.example'])('host is %s, which others could reach', async (host) => {
    expect(refusal(await serve(['--host', host, '--data', programs.folder()]))).toMatch(
      /is reached from other machines/,
    )
  })

  test('example folder is missing', async () => {
    const line = refusal(await serve(['--example', 'nowhere', '--data', programs.folder()]))
    expect(line).toMatch(/The example directory in nowhere cannot be read \(ENOENT\)/)
  })

  test('example folder holds a file that cannot be read', async () => {
    const folder = programs.folder()
    writeFileSync(join(folder, 'users.csv'), 'colour,shape\nred,round\n')
    const line = refusal(await serve(['--example', folder, '--data', programs.folder()]))
    expect(line).toContain(`The example directory in ${folder} cannot be read`)
  })
})

describe('the command line', () => {
  test.each([
    ['an unknown flag', ['serve', '--prot', '1'], /unknown option '--prot'/],
    ['a token on the command line, where others could see it', ['serve', `--slack-token=${secret}`], /unknown option/],
    ['an unknown command', ['server'], /unknown command 'server'/],
    ['a flag without its value', ['serve', '--port'], /argument missing/],
    ['one word too many', ['serve', 'now'], /too many arguments/],
    ['a command without what it needs', ['import'], /missing required argument 'file'/],
    ['a command that finds no service', ['status', '--port', '1'], /No service answers at .*muster serve/],
    ['a command with a bad setting', ['status', '--url', 'here'], /url "here" .* http or https address/],
  ])('has %s', async (_, args, says) => {
    expect(refusal(await programs.run(musterScript, args))).toMatch(says)
  })

  test.each([
    ['an unknown flag', ['--prot', '1'], /unknown option '--prot'/],
    ['a port that is none', ['--port', '99999'], /A port is a number from 0 to 65535/],
    ['an address of another machine', ['--port', '0', '--host', '192.0.2.1'], /cannot be taken \(EADDRNOTAVAIL\)/],
    ['a plan that does not exist', ['--plan', 'gold'], /Allowed choices are/],
  ])('of the simulator has %s', async (_, args, says) => {
    expect(refusal(await programs.run(simulatorScript, args))).toMatch(says)
  })

  test('of the simulator names a data folder below a file', async () => {
    const folder = programs.folder()
    writeFileSync(join(folder, 'file'), '')
    const line = refusal(await programs.run(simulatorScript, ['--port', '0', '--data', join(folder, 'file', 'slack')]))
    expect(line).toMatch(/cannot be kept in .* \(ENOTDIR\)/)
  })
})
