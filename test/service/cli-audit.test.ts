/* The audit log on the command line: who did what, the export, and the proof of the chain against a change past Muster. */
import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { parse } from 'csv-parse/sync'
import { afterEach, expect, test, vi } from 'vitest'
import type { AuditVerification, SealedAudit } from '../../src/vocabulary/index.ts'
import { musterAt, startService, stopService } from '../builders/muster-service.ts'
import { jsonOf } from '../builders/provisioned-company.ts'
import { createPrograms } from '../builders/programs.ts'

// Each command is a process of its own, and the machine may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const programs = createPrograms()
afterEach(() => programs.clear())

interface AuditPage {
  readonly entries: readonly SealedAudit[]
}

test('what was changed, by whom, is listed, exported and proved; what is rewritten past Muster is found', async () => {
  const data = programs.folder()
  const service = startService(programs, { data })
  const muster = musterAt(programs, await service.url)
  expect(await muster('removals', 'threshold', '--count', '7')).toMatchObject({ code: 0 })
  expect(await muster('notifications', 'set', '--webhook', 'https://hooks.example.com/T0/very-secret')).toMatchObject({
    code: 0,
  })
  expect(await muster('pause')).toMatchObject({ code: 1 })

  const { username } = userInfo()
  const { entries } = jsonOf<AuditPage>(await muster('audit', '--json'))
  expect(
    entries.map(({ entry }) => [
      entry.activityDisplayName,
      entry.result,
      entry.initiatedBy.user?.displayName ?? 'Muster',
    ]),
  ).toEqual([
    ['Disable/pause provisioning configuration', 'failure', username],
    ['Update provisioning setting or credentials', 'success', username],
    ['Update provisioning setting or credentials', 'success', username],
    ['Add provisioning configuration', 'success', 'Muster'],
  ])
  const shown = await muster('audit', 'threshold', '--details')
  expect(shown.output).toContain('settings.deletionPrevention.threshold: 500 → 7')
  expect(shown.output).toContain(`by ${username}`)
  expect((await muster('audit')).output).not.toContain('very-secret')

  const proved = await muster('audit', 'verify')
  expect(proved).toMatchObject({ code: 0 })
  expect(proved.output).toMatch(/4 entries, from the first on, are as they were written/)
  const head = jsonOf<AuditVerification>(await muster('audit', 'verify', '--json')).head
  expect(proved.output).toContain(`number 4 with hash ${head?.hash ?? '?'}`)
  expect(await muster('audit', 'verify', '--noted', entries[2]?.hash ?? '')).toMatchObject({ code: 0 })
  expect(await muster('audit', 'verify', '--noted', 'f'.repeat(64))).toMatchObject({ code: 1 })

  const out = join(programs.folder(), 'audit')
  expect(await muster('audit', 'export', '--out', out)).toMatchObject({ code: 0 })
  const rows = parse<Record<string, string>>(readFileSync(join(out, 'AuditLogs.csv'), 'utf8'), { columns: true })
  expect(rows.map((row) => row['hash'])).toEqual(entries.map((sealed) => sealed.hash))
  expect(await muster('audit', 'export', '--format', 'json', '--out', `${out}.json`)).toMatchObject({ code: 0 })
  expect(JSON.parse(readFileSync(`${out}.json`, 'utf8'))).toEqual(entries)
  await stopService(service)

  const intruder = new DatabaseSync(join(data, 'muster.sqlite'))
  intruder.exec(`drop trigger audit_entry_is_final; update audit_entry set entry = replace(entry, '"7"', '"700"')`)
  intruder.close()
  const again = startService(programs, { data })
  const found = await musterAt(programs, await again.url)('audit', 'verify')
  expect(found).toMatchObject({ code: 1 })
  expect(found.output).toMatch(
    /broken at entry 2 \([-0-9a-f]+\)\. Its content gives hash .*changed after it was written/,
  )
  expect(found.errors).toContain('Somebody has changed the audit log past Muster')
  await stopService(again)
})
