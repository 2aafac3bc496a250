/* The master key of an installation: made at the first start, missed at a later one, rotated. */
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { KeyRotationReport, KeysReport } from '../../src/vocabulary/index.ts'
import { musterAt, musterScript, startService, stopService } from '../builders/muster-service.ts'
import { createPrograms } from '../builders/programs.ts'

// Each command is a process of its own, and the machine may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const programs = createPrograms()
afterEach(() => programs.clear())

const keysIn = (file: string): readonly string[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))

describe('the master key', () => {
  test('is made at the first start, missed at a later one, and lost only when somebody says so', async () => {
    const data = programs.folder()
    const file = join(data, 'master.key')
    const first = startService(programs, { data })
    await first.url
    await stopService(first)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const [key = ''] = keysIn(file)

    renameSync(file, join(data, 'muster.key-elsewhere'))
    const without = await programs.run(musterScript, ['serve', '--port', '0', '--data', data])
    expect(without).toMatchObject({ code: 2, output: '' })
    expect(without.errors).toMatch(
      /^The database holds 1 secret sealed with the key [0-9a-f]{8} \(keyCheck of muster\), and it is not here: .*there is no file .*master\.key\. Nothing was changed\. Put back the master\.key.*--abandon-secrets [0-9a-f]{8}/,
    )
    const other = await programs.run(musterScript, ['serve', '--port', '0', '--data', data], {
      environment: { MUSTER_MASTER_KEY: Buffer.alloc(32, 7).toString('base64') },
    })
    expect(other).toMatchObject({ code: 2, output: '' })
    expect(other.errors).toContain('MUSTER_MASTER_KEY has')

    renameSync(join(data, 'muster.key-elsewhere'), file)
    const again = startService(programs, { data })
    await again.url
    await stopService(again)
    expect(keysIn(file)).toEqual([key])

    writeFileSync(file, Buffer.alloc(32, 9).toString('base64'))
    const lost = /--abandon-secrets ([0-9a-f]{8})/.exec(without.errors)?.[1] ?? ''
    const abandoned = startService(programs, { data, args: ['--abandon-secrets', lost] })
    await abandoned.url
    await stopService(abandoned)
  })

  test('is rotated while the service runs', async () => {
    const data = programs.folder()
    const service = startService(programs, { data })
    const muster = musterAt(programs, await service.url)
    const [old = ''] = keysIn(join(data, 'master.key'))
    const listed = await muster('keys', 'list', '--json')
    const [before] = (JSON.parse(listed.output) as KeysReport).keys
    expect(before).toMatchObject({ isSealing: true, origin: 'file' })
    const report = JSON.parse((await muster('keys', 'rotate', '--json')).output) as KeyRotationReport
    expect(report).toMatchObject({ isNew: true, retired: [{ keyId: before?.keyId, isInFile: false }] })
    expect(report.resealed).toBe(before?.sealed)
    const [fresh = ''] = keysIn(join(data, 'master.key'))
    expect(fresh).not.toBe(old)
    const again = await muster('keys', 'rotate', '--keep-old')
    expect(again.output).toMatch(
      /^A new key, [0-9a-f]{8}, seals from now on\.\n\d+ secrets? w.* sealed again with it\.\nNothing is sealed with [0-9a-f]{8} any more; it stays/,
    )
    expect(keysIn(join(data, 'master.key'))).toContain(fresh)
    expect((await muster('keys', 'list')).output).toContain('master.key in the data folder')
    const audit = await muster('audit', '--json')
    expect(audit.output).toContain('Rotate master key')
    await stopService(service)
    for (const { output, errors } of [listed, again, audit])
      for (const key of [old, ...keysIn(join(data, 'master.key'))]) expect(output + errors).not.toContain(key)
  })
})
