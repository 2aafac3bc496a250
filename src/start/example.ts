/* Fills an empty directory with the example that a start names. */
import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { audited, bySystem } from '../cycle/index.ts'
import {
  assign,
  DirectoryFileError,
  importReading,
  readDirectoryFiles,
  type DirectoryFileReading,
} from '../directory/index.ts'
import { ServiceStartError } from '../service-error.ts'
import type { Store } from '../store/store.ts'
import type { SynchronizationJob } from '../vocabulary/index.ts'
import { auditPorts } from './own-audit.ts'

/** A folder of files that an empty directory is filled with, and the group that is then assigned. */
export interface Example {
  readonly folder: string
  readonly assignGroup: string
}

async function readExample(folder: string): Promise<DirectoryFileReading> {
  try {
    const files = readdirSync(folder)
      .filter((name) => name.endsWith('.csv'))
      .map((name) => ({ name, content: readFileSync(join(folder, name)) }))
    return await readDirectoryFiles(files, { keepGoing: false })
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    const found = error instanceof DirectoryFileError ? error.message : code
    if (found === undefined) throw error
    throw new ServiceStartError(
      `The example directory in ${folder} cannot be read (${found}). Name a folder of CSV files with --example, or leave it out.`,
    )
  }
}

export async function loadExample(store: Store, job: SynchronizationJob, example: Example): Promise<void> {
  const counts = await store.directory.counts()
  if (counts.length > 0) return
  const reading = await readExample(example.folder)
  const ports = auditPorts(store)
  const system = bySystem(ports)
  const details = () => [{ key: 'Folder', value: example.folder }]
  await audited(ports, { activity: 'Import directory', operation: 'Update', job: null, details, ...system }, () =>
    importReading(store.directory, { reading, full: false, now: Date.now(), removalsMax: null, dryRun: false }),
  )
  const [group] = (await store.directory.lookUp(example.assignGroup)).filter((object) => object.objectType === 'Group')
  if (group === undefined)
    throw new ServiceStartError(`The example directory in ${example.folder} has no group "${example.assignGroup}".`)
  const targets = [{ id: group.objectId, displayName: example.assignGroup, type: 'Group', modifiedProperties: [] }]
  await audited(ports, { activity: 'Add app role assignment', operation: 'Assign', job, targets, ...system }, () =>
    assign(store.directory, {
      servicePrincipalId: job.servicePrincipalId,
      principal: group,
      assignmentId: randomUUID(),
    }),
  )
}
