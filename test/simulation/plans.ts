/*
 * A plan and the log of the cycle that followed it, made comparable: ids of accounts become the people and groups they
 * belong to, because nobody can know beforehand which id the target will issue.
 */
import type { TargetWrite } from '../../src/connectors/target.ts'
import type { Cycle, ModifiedProperty, PlannedChange } from '../../src/vocabulary/index.ts'
import type { Life } from './live.ts'
import { nameLinks, type Names } from './pieces.ts'

const told = (names: Names, value: string | null): string | null =>
  value === null ? null : (names.get(value) ?? value)

function line(names: Names, change: Omit<PlannedChange, 'displayName' | 'reason'>): string {
  const properties = change.modifiedProperties.map((each: ModifiedProperty) =>
    [each.displayName, told(names, each.oldValue), told(names, each.newValue)].join(' '),
  )
  const { objectType, sourceId, targetId, action, status, code } = change
  return [objectType, sourceId, told(names, targetId), action, status, code, ...properties.sort()].join(' | ')
}

export interface PlanAndCycle {
  /** What the plan sent to the target. */
  readonly sent: readonly TargetWrite[]
  readonly planned: readonly string[]
  readonly done: readonly string[]
  readonly cycle: Cycle
}

/** Plans, then runs the cycle, without trouble. */
export async function planAndCycle(life: Life): Promise<PlanAndCycle> {
  const { world } = life
  const before: Names = new Map()
  await nameLinks(world, before)
  // By the clock that the cycle will see.
  const { plan, changes } = await world.plan(life.ports.clock)
  const sent = world.sent()
  const cycle = await life.cycle([])
  const after: Names = new Map(before)
  await nameLinks(world, after)
  const planned: Names = new Map(after)
  for (const change of changes) if (change.action === 'create') planned.set(change.targetId, change.sourceId)
  const { entries } = await world.store.provisioning.queryLog({ cycleId: cycle.cycleId, limit: 1000 })
  const { created, updated, disabled, deleted, skipped, failed, warnings } = plan.counters
  const counters = cycle.counters
  return {
    sent,
    planned: [
      ...changes.map((change) => line(planned, change)).sort(),
      JSON.stringify([created, updated, disabled, deleted, skipped, failed, warnings]),
    ],
    done: [
      ...entries
        .map((entry) =>
          line(after, {
            objectType: entry.sourceIdentity.identityType,
            sourceId: entry.sourceIdentity.id,
            targetId: entry.targetIdentity.id,
            action: entry.provisioningAction,
            status: entry.provisioningStatusInfo.status,
            code: entry.provisioningStatusInfo.errorInformation?.errorCode ?? null,
            modifiedProperties: entry.modifiedProperties,
          }),
        )
        .sort(),
      JSON.stringify([
        counters.created,
        counters.updated,
        counters.disabled,
        counters.deleted,
        counters.skipped,
        counters.failed,
        counters.warnings,
      ]),
    ],
    cycle,
  }
}
