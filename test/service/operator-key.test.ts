/* The operator key: commands on the machine work without a login, wherever the data lies, and nobody else gets in. */
import { chmodSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { musterScript, startService, stopService } from '../builders/muster-service.ts'
import { createPrograms } from '../builders/programs.ts'

const programs = createPrograms()
afterAll(() => programs.clear())

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)

test('the key lies in the data folder and, while the service runs, in the home folder, for the owner alone', async () => {
  const [data, home] = [programs.folder(), programs.folder()]
  const service = startService(programs, { data, environment: { HOME: home } })
  const url = await service.url
  const file = join(data, 'operator.key')
  const inHome = join(home, '.muster', 'services', `${new URL(url).port}.key`)
  const key = readFileSync(file, 'utf8')
  expect(readFileSync(inHome, 'utf8')).toBe(key)
  expect([file, inHome, join(home, '.muster'), join(home, '.muster', 'services'), data].map(modeOf)).toEqual([
    '600',
    '600',
    '700',
    '700',
    '700',
  ])

  const status = (environment: Readonly<Record<string, string>>) =>
    programs.run(musterScript, ['status'], { environment: { MUSTER_URL: url, ...environment } })
  // By the port alone; by the data folder alone; and past a folder with the key of another service.
  const other = programs.folder()
  writeFileSync(join(other, 'operator.key'), 'muster_operator_of_another_service_altogether\n')
  expect(await status({ HOME: home })).toMatchObject({ code: 0, errors: '' })
  expect(await status({ MUSTER_DATA: data })).toMatchObject({ code: 0, errors: '' })
  expect(await status({ MUSTER_DATA: other, HOME: home })).toMatchObject({ code: 0, errors: '' })

  const refused = await status({ MUSTER_DATA: other, HOME: other })
  expect(refused).toMatchObject({ code: 2, output: '' })
  expect(refused.errors).toContain(`${join(other, 'operator.key')} (it holds the key of another service)`)
  expect(refused.errors).toContain(`${new URL(url).port}.key (there is no such file)`)
  expect(refused.errors).toMatch(/MUSTER_DATA/)
  expect(refused.errors).not.toContain('muster_operator_')
  expect((await status({ HOME: other })).errors).toContain('there is no such file')

  expect(await stopService(service)).toMatchObject({ code: 0, errors: '' })
  expect(service.program.output()).not.toContain('muster_operator_')
  expect(readdirSync(join(home, '.muster', 'services'))).toEqual([])
  const again = startService(programs, { data, environment: { HOME: home } })
  await again.url
  expect(readFileSync(file, 'utf8')).toBe(key)
  await stopService(again)
})

test('a start goes on without a home, makes an empty key anew, and refuses a weak one', async () => {
  const data = programs.folder()
  writeFileSync(join(data, 'operator.key'), '')
  const homeless = startService(programs, { data, environment: { HOME: '/dev/null' } })
  await homeless.url
  expect(await stopService(homeless)).toMatchObject({ code: 0, errors: '' })
  const file = join(data, 'operator.key')
  expect(readFileSync(file, 'utf8')).toMatch(/^muster_operator_[\w-]{43}\n$/)

  chmodSync(file, 0o644)
  const open = startService(programs, { data })
  await open.url
  expect(modeOf(file)).toBe('600')
  await stopService(open)

  writeFileSync(file, 'secret')
  const weak = await startService(programs, { data }).program.ended
  expect(weak.code).toBe(2)
  expect(weak.errors).toMatch(/operator\.key is none: .* Delete the file/)
  expect(weak.errors).not.toContain('secret')

  rmSync(file)
  const anew = startService(programs, { data })
  await anew.url
  await stopService(anew)
})
