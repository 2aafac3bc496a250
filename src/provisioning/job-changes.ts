/*
 * What became different about a job, as the audit log tells it (spec 12.6): each setting, mapping and filter by its path, with
 * its old and its new value. What can be a secret is not shown.
 */
import type { AuditActivity, ModifiedProperty, SynchronizationJob } from '../vocabulary/index.ts'

type Leaves = Map<string, string>

/** What an administrator decides about a job, or is told about it; where it stands in its cycles is not among it. */
const decided = (job: SynchronizationJob): object => ({
  status: job.status,
  scheduleState: job.scheduleState,
  quarantine: job.quarantine?.reason ?? null,
  settings: job.settings,
  schema: job.schema,
})

/** In the order of the paths. */
export function jobChanges(
  before: SynchronizationJob | null,
  after: SynchronizationJob | null,
): readonly ModifiedProperty[] {
  const old = before === null ? new Map<string, string>() : leavesOf(decided(before))
  const now = after === null ? new Map<string, string>() : leavesOf(decided(after))
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((path) => old.get(path) !== now.get(path))
    .sort()
    .map((path) => ({
      displayName: path,
      oldValue: shown(path, old.get(path)),
      newValue: shown(path, now.get(path)),
    }))
}

/** What a later step of an act did to the job, by its own name; `null`: it has none. */
export function activityOfChanges(changes: readonly ModifiedProperty[]): AuditActivity | null {
  const changed = (path: string): ModifiedProperty | undefined => changes.find((each) => each.displayName === path)
  if (changed('quarantine') !== undefined) return 'Quarantine'
  const schedule = changed('scheduleState')
  if (schedule !== undefined)
    return schedule.newValue === 'Active'
      ? 'Enable/start provisioning configuration'
      : 'Disable/pause provisioning configuration'
  if (changes.some((each) => each.displayName.startsWith('settings.')))
    return 'Update provisioning setting or credentials'
  return null
}

function leavesOf(value: unknown, path = '', leaves: Leaves = new Map()): Leaves {
  if (typeof value !== 'object' || value === null) {
    if (value !== null && value !== undefined)
      leaves.set(path, typeof value === 'string' ? value : JSON.stringify(value))
    return leaves
  }
  const below = (name: string): string => (path === '' ? name : `${path}.${name}`)
  if (!Array.isArray(value)) {
    for (const [name, member] of Object.entries(value)) leavesOf(member, below(name), leaves)
    return leaves
  }
  const elements = value as readonly unknown[]
  if (elements.every((element) => typeof element !== 'object')) {
    if (elements.length > 0) leaves.set(path, elements.map(String).join(', '))
    return leaves
  }
  const taken = new Map<string, number>()
  for (const element of elements) {
    const name = nameOf(element)
    const times = (taken.get(name) ?? 0) + 1
    taken.set(name, times)
    leavesOf(element, `${path}[${name}${times === 1 ? '' : ` ${String(times)}`}]`, leaves)
  }
  return leaves
}

/** An element of a list keeps its name when another one is put before it. */
function nameOf(element: unknown): string {
  if (typeof element !== 'object' || element === null) return ''
  for (const key of ['targetAttributeName', 'sourceOperandName', 'name', 'key', 'id'])
    if (key in element) return String((element as Readonly<Record<string, unknown>>)[key])
  return ''
}

/** The path of a webhook's address is often all that protects it. */
function shown(path: string, value: string | undefined): string | null {
  if (value === undefined) return null
  if (path !== 'settings.notifications.webhookUrl') return value
  const [, origin = ''] = /^(\w+:\/\/[^/@]*)(?:\/|$)/.exec(value) ?? []
  return `${origin}/...`
}
