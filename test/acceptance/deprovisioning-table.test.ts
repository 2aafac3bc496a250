/*
 * Spec 7.2 and 7.3, row by row and column by column: what each event sends. D: update with active = false; X: DELETE; A: update
 * with active = true and the changed attributes; U: an update that leaves active alone; C: create; -: nothing.
 */
import { afterEach, describe, expect, test } from 'vitest'
import type { TargetWrite } from '../../src/connectors/target.ts'
import type { ScopingFilter } from '../../src/vocabulary/index.ts'
import { withFilter, withFlowTypes, withObjectMapping, withoutAttributeMapping } from '../builders/schema-changes.ts'
import { aWorld, anAccount, type World, type WorldOptions } from '../builders/world.ts'

let world: World
afterEach(() => world.close())

type Sent = 'D' | 'X' | 'A' | 'U' | 'C' | '-'

function letterOf(write: TargetWrite): Sent {
  switch (write.kind) {
    case 'create':
      return 'C'
    case 'disable':
      return 'D'
    case 'delete':
      return 'X'
    case 'update': {
      const active = write.changes.find((change) => change.attribute === 'active')
      if (active === undefined) return 'U'
      return active.kind === 'set' && active.value === true ? 'A' : 'D'
    }
  }
}
const sent = (objectType: 'User' | 'Group' = 'User'): string =>
  world
    .sent()
    .filter((write) => write.objectType === objectType)
    .map(letterOf)
    .join('') || '-'

const differs = (attribute: string, value: string): ScopingFilter => ({
  groups: [
    {
      name: 'elsewhere',
      clauses: [{ sourceOperandName: attribute, operatorName: 'NOT EQUALS', targetOperand: { values: [value] } }],
    },
  ],
})
const notHere = (department: string): ScopingFilter => differs('department', department)

const noPrevention = {
  deletionPrevention: { isOn: false, threshold: null, percentage: null, windowHours: null },
} as const
const columns: Readonly<Record<string, WorldOptions>> = {
  default: {},
  'skip flag': { settings: { skipOutOfScopeDeletions: true } },
  'active not mapped': { schema: (schema) => withoutAttributeMapping(schema, 'User', 'active') },
  'Update off': { schema: (schema) => withFlowTypes(schema, 'User', 'Add,Delete') },
  'Delete off': { schema: (schema) => withFlowTypes(schema, 'User', 'Add,Update') },
  'no soft delete': {
    target: { deleteDeactivatesUsers: false, capabilities: { softDelete: { User: false, Group: false } } },
  },
}

interface Row {
  /** What has happened before, with a cycle after it; what it sent does not count. */
  readonly before?: (ana: string) => Promise<unknown>
  readonly event: (ana: string) => Promise<unknown>
  /** A column each. */
  readonly sends: readonly [Sent, Sent, Sent, Sent, Sent, Sent]
  readonly logs: 'disable' | 'delete' | 'update' | 'other'
}

/** Assigned through a group, and no other way. */
const throughGroup = async (ana: string): Promise<void> => {
  const crew = await world.group('Crew', [ana])
  await world.unassign(ana)
  await world.assign(crew)
}
const comesBack = async (ana: string, how: () => Promise<void>): Promise<void> => {
  await world.change(ana, { jobTitle: 'Captain' })
  await how()
}

const rows: Readonly<Record<string, Row>> = {
  '1: unassigned': { event: (ana) => world.unassign(ana), sends: ['D', '-', '-', '-', 'D', 'X'], logs: 'disable' },
  '1: left the assigned group': {
    before: throughGroup,
    event: () => world.members('group-crew', []),
    sends: ['D', '-', '-', '-', 'D', 'X'],
    logs: 'disable',
  },
  '1: the group was unassigned': {
    before: throughGroup,
    event: () => world.unassign('group-crew'),
    sends: ['D', '-', '-', '-', 'D', 'X'],
    logs: 'disable',
  },
  '1: the group is no security group any more': {
    before: throughGroup,
    event: async (ana) => {
      await world.change('group-crew', { securityEnabled: false })
      await world.change(ana, {})
    },
    sends: ['D', '-', '-', '-', 'D', 'X'],
    logs: 'disable',
  },
  '2: an attribute no longer passes the filter': {
    before: () => world.setSchema((schema) => withFilter(schema, 'User', notHere('Elsewhere'))),
    event: (ana) => world.change(ana, { department: 'Elsewhere' }),
    sends: ['D', '-', '-', '-', 'D', 'X'],
    logs: 'disable',
  },
  '2: a new filter is not passed': {
    event: () => world.setSchema((schema) => withFilter(schema, 'User', notHere('Deck'))),
    sends: ['D', '-', '-', '-', 'D', 'X'],
    logs: 'disable',
  },
  '3: accountEnabled false': {
    event: (ana) => world.change(ana, { accountEnabled: false }),
    sends: ['D', '-', '-', '-', 'D', 'X'],
    logs: 'disable',
  },
  '4: soft-deleted': { event: (ana) => world.softDelete(ana), sends: ['D', '-', '-', '-', 'D', 'X'], logs: 'disable' },
  '5: hard-deleted while managed': {
    event: (ana) => world.hardDelete(ana),
    sends: ['X', 'X', 'X', 'X', '-', 'X'],
    logs: 'delete',
  },
  '5: hard-deleted after the recycle bin': {
    before: (ana) => world.softDelete(ana),
    event: (ana) => world.hardDelete(ana),
    // Without soft delete the first event has deleted already.
    sends: ['X', 'X', 'X', 'X', '-', '-'],
    logs: 'delete',
  },
  '6: hard-deleted after having been unassigned': {
    before: (ana) => world.unassign(ana),
    event: (ana) => world.hardDelete(ana),
    sends: ['-', '-', '-', '-', '-', '-'],
    logs: 'disable',
  },
  '7: restored': {
    before: (ana) => world.softDelete(ana),
    event: (ana) => comesBack(ana, () => world.restore(ana)),
    sends: ['A', 'U', 'U', '-', 'A', 'C'],
    logs: 'update',
  },
  '7: enabled again': {
    before: (ana) => world.change(ana, { accountEnabled: false }),
    event: (ana) => comesBack(ana, () => world.change(ana, { accountEnabled: true })),
    sends: ['A', 'U', 'U', '-', 'A', 'C'],
    logs: 'update',
  },
  '7: assigned again': {
    before: (ana) => world.unassign(ana),
    event: (ana) => comesBack(ana, () => world.assign(ana)),
    sends: ['A', 'U', 'U', '-', 'A', 'C'],
    logs: 'update',
  },
  '7: passes the filter again': {
    before: () => world.setSchema((schema) => withFilter(schema, 'User', notHere('Deck'))),
    event: (ana) => comesBack(ana, () => world.change(ana, { department: 'Bridge' })),
    sends: ['A', 'U', 'U', '-', 'A', 'C'],
    logs: 'update',
  },
  '8: events 1 to 4 together': {
    event: async (ana) => {
      await world.change(ana, { accountEnabled: false })
      await world.unassign(ana)
      await world.softDelete(ana)
    },
    sends: ['D', '-', '-', '-', 'D', 'X'],
    logs: 'disable',
  },
  '8: one more after the other': {
    before: (ana) => world.unassign(ana),
    event: (ana) => world.change(ana, { accountEnabled: false }),
    sends: ['-', '-', '-', '-', '-', '-'],
    logs: 'other',
  },
}

describe.each(Object.entries(columns))('7.2 users, column %s', (column, options) => {
  const index = Object.keys(columns).indexOf(column)

  test.each(Object.entries(rows))('row %s', async (_row, { before, event, sends, logs }) => {
    world = await aWorld({ ...options, settings: { ...noPrevention, ...options.settings } })
    const ana = await world.user('Ana Able', { department: 'Deck' })
    await world.run()
    if (before !== undefined) {
      await before(ana)
      await world.run()
    }
    world.target.forgetCalls()
    await event(ana)
    await world.run()
    expect(sent()).toBe(sends[index])
    // Repeating the cycle sends nothing more.
    world.target.forgetCalls()
    await world.run()
    expect(sent()).toBe('-')
    if (column === 'default') expect((await world.log(ana))[0]?.provisioningAction).toBe(logs)
  })

  test.each([
    [
      '9: never linked, disabled in the source',
      (ana: string) => world.change(ana, { accountEnabled: false }),
      'NotEffectivelyEntitled',
    ],
    ['10: never linked, soft-deleted', (ana: string) => world.softDelete(ana), 'NotEffectivelyEntitled'],
    ['10: never linked, hard-deleted', (ana: string) => world.hardDelete(ana), null],
  ] as const)('row %s', async (_row, event, code) => {
    world = await aWorld({ ...options, settings: { ...noPrevention, ...options.settings } })
    const ana = await world.user('Ana Able')
    // Somebody else's account stays, whatever address it has.
    world.target.put(anAccount({ anchor: 'U-OTHER', mail: 'ana.able@example.com' }))
    await event(ana)
    await world.run()
    expect(sent()).toBe('-')
    const codes = (await world.log(ana)).map((entry) => entry.provisioningStatusInfo.errorInformation?.errorCode)
    expect(codes).toEqual(code === null ? [] : [code])
  })
})

const groupRows: Readonly<
  Record<string, { readonly event: (crew: string) => Promise<unknown>; readonly sends: readonly [Sent, Sent, Sent] }>
> = {
  unassigned: { event: (crew) => world.unassign(crew), sends: ['X', '-', '-'] },
  'fails the group filter': {
    event: () => world.setSchema((schema) => withFilter(schema, 'Group', differs('displayName', 'Crew'))),
    sends: ['X', '-', '-'],
  },
  'soft-deleted': { event: (crew) => world.softDelete(crew), sends: ['X', '-', '-'] },
  'hard-deleted': { event: (crew) => world.hardDelete(crew), sends: ['X', '-', '-'] },
  'security-enabled flag lost': {
    event: (crew) => world.change(crew, { securityEnabled: false }),
    sends: ['X', '-', '-'],
  },
  renamed: { event: (crew) => world.change(crew, { displayName: 'Company' }), sends: ['U', 'U', '-'] },
}

describe.each(['default', 'Delete off', 'group mapping disabled'] as const)('7.3 groups, %s', (column) => {
  test.each(Object.entries(groupRows))('%s', async (_event, { event, sends }) => {
    world = await aWorld({ settings: noPrevention })
    const ana = await world.user('Ana Able', {}, { isAssigned: false })
    const ben = await world.user('Ben Bold')
    const crew = await world.group('Crew', [ana, ben])
    await world.assign(crew)
    await world.run()
    if (column === 'Delete off') await world.setSchema((schema) => withFlowTypes(schema, 'Group', 'Add,Update'))
    if (column === 'group mapping disabled')
      await world.setSchema((schema) =>
        withObjectMapping(schema, 'Group', (mapping) => ({ ...mapping, enabled: false })),
      )
    await world.run()
    world.target.forgetCalls()
    await event(crew)
    // Whoever changes a group's flag touches its members: the import does.
    await world.change(ana, {})
    await world.run()
    expect(sent('Group')).toBe(sends[['default', 'Delete off', 'group mapping disabled'].indexOf(column)])
    // Rule 1 of 7.2 for whoever was entitled only through it; whoever has another path stays.
    const staysIn = _event === 'renamed' || _event === 'fails the group filter'
    expect(sent('User')).toBe(staysIn ? '-' : 'D')
    expect((await world.link('User', ben))?.isActive).toBe(true)
  })
})
