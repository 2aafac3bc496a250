/*
 * What a cycle gives its objects, with the view of the target that suits it: whoever has many before it reads the target
 * whole, the first time it is needed; whoever has few asks about each.
 */
import type { TargetConnector } from '../connectors/target.ts'
import type { CompiledSchema } from '../provisioning/index.ts'
import type { SynchronizationJob } from '../vocabulary/index.ts'
import type { CycleContext } from './cycle-context.ts'
import type { CycleSheet } from './cycle-sheet.ts'
import type { DemandHost, LentContext } from './demand-desk.ts'
import { logFrame } from './log-frame.ts'
import { wholeView, type TargetView } from './target-view.ts'
import { createVisitorView } from './visitor-view.ts'
import type { WriteGate } from './write-gate.ts'

/** From this many objects on, reading the whole target is cheaper than asking for each (slack.md 6.3). */
const wholeTargetFrom = 500

export interface CycleContexts {
  /** Asks the target about each object. */
  readonly live: CycleContext
  /** With so many objects before it, unless the view has been chosen already. */
  ahead(objects: number): Promise<CycleContext>
  /** What is lent to those who come in on demand. */
  readonly forVisitors: DemandHost['lent']
}

export function createCycleContexts(
  request: {
    readonly job: SynchronizationJob
    readonly target: TargetConnector
    readonly tenantId: string
    readonly gate: WriteGate | null
  },
  lent: LentContext,
  schema: CompiledSchema,
  sheet: CycleSheet,
): CycleContexts {
  const { job, target, tenantId, gate } = request
  const { kind, beganAt } = sheet.cycle
  const visitors = createVisitorView(target)
  const live: CycleContext = {
    ...lent,
    schema,
    settings: job.settings,
    frame: logFrame(job, sheet.cycle, tenantId, schema),
    now: gate?.now ?? beganAt,
    gate,
  }
  const enabledTypes = [...schema.objectMappings.values()]
    .filter((mapping) => mapping.enabled)
    .map((mapping) => mapping.objectType)

  async function readWhole(): Promise<TargetView> {
    sheet.enter('readingTarget')
    const view = await wholeView(target, enabledTypes, sheet.publish)
    sheet.enter('objects')
    return view
  }

  let chosen: TargetView | null = null
  return {
    live,
    async ahead(objects) {
      if (chosen === null) {
        const canList = lent.targetDescription.capabilities.list
        const isWorthIt = objects > 0 && (kind === 'initial' || objects >= wholeTargetFrom)
        chosen = canList && isWorthIt ? await readWhole() : lent.target
        visitors.tell(chosen)
      }
      return { ...live, target: chosen }
    },
    forVisitors: { ...lent, target: visitors.view },
  }
}
