/*
 * What an administrator does beside the cycles: keeps plans and applies them later, takes back what a cycle wrote, asks for
 * one person or team at once. What each of it must lead to is looked at here, from what the target has seen.
 */
import { JobBusyError, provisionOnDemand, type CyclePorts } from '../../src/cycle/index.ts'
import { ConnectorError, type Cycle, type TargetObject } from '../../src/vocabulary/index.ts'
import type { World } from '../builders/world.ts'
import type { Demand, PersonSlot, TeamSlot, Trouble } from './history.ts'
import { nameLinks, plannedPieces, sentPieces, unplanned, type Applied, type Names } from './pieces.ts'
import { allObjects, differences } from './restored.ts'
import type { TargetTruth } from './target-side.ts'
import type { Watch } from './watch.ts'

/** The last cycle, and what the target held before it. */
export interface LastTurn {
  readonly cycleId: string
  readonly before: readonly TargetObject[]
  /** Nobody has asked for anybody at once since. */
  isAlone: boolean
}

export interface AdministratorOptions {
  readonly world: World
  readonly target: TargetTruth
  readonly watch: Watch
  readonly tell: (words: string) => void
  /** Something has been looked at that is worth to be counted. */
  readonly count: (what: string) => void
  /** One write after the other: what is sent in which write is no matter of chance. */
  readonly isOneByOne: boolean
  readonly idOf: (slot: PersonSlot | TeamSlot) => string | undefined
  readonly lastTurn: () => LastTurn | null
  /** Runs what is due, through all its troubles. */
  readonly turn: (troubles: readonly Trouble[]) => Promise<Cycle | null>
}

export interface Administrator {
  keepPlan(): Promise<void>
  planAndApply(): Promise<void>
  /** Of the plans that are open; none may be. */
  apply(which: number, troubles: readonly Trouble[]): Promise<void>
  reject(which: number): Promise<void>
  /** Takes back what this cycle wrote, counted from the last one. */
  undo(back: number, troubles: readonly Trouble[]): Promise<void>
  /** In the process of these ports. */
  demand(ports: CyclePorts, demand: Demand): Promise<void>
}

const initiatedBy = { id: '', displayName: 'Administrator', initiatorType: 'user' } as const

export function createAdministrator(options: AdministratorOptions): Administrator {
  const { world, target, watch, tell, count } = options
  const { store, job, clock } = world
  const names: Names = new Map()

  async function openPlan(which: number): Promise<string | undefined> {
    const { plans } = await store.plans.list(job.jobId, { state: 'open', limit: 100 })
    return plans[which % Math.max(1, plans.length)]?.planId
  }

  async function keepPlan(): Promise<string> {
    await nameLinks(world, names)
    const { planId, counts } = await world.savePlan()
    tell(`administrator keeps the plan ${planId}: ${JSON.stringify(counts)}`)
    count('plan kept')
    return planId
  }

  /** Nothing but this plan was carried out: where a worker falls asleep when all is done, a cycle of its successor follows. */
  async function isLast(planId: string): Promise<boolean> {
    const [last] = await store.jobs.cycles(job.jobId, 1)
    return last?.planId === planId
  }

  /** Carries the plan out; nothing else may be sent, and each of its writes has come to an end. */
  async function carryOut(planId: string, by: 'plan' | 'undo', troubles: readonly Trouble[]): Promise<Applied> {
    await nameLinks(world, names)
    const writes = await world.writesOf(planId)
    const earlier = target.writes.length
    if (!(await world.beginApply(planId))) throw new Error('the plan is not open')
    watch.follows(by)
    await options.turn(troubles)
    watch.follows('cycle')
    const lately = await store.jobs.cycles(job.jobId, 2)
    if (!lately.some((each) => each.planId === planId && each.endedAt !== null))
      watch.complain(`the plan ${planId} was not carried out`)
    // Accounts that the plan takes over have their links by now.
    await nameLinks(world, names)
    const planned = plannedPieces(writes, names)
    const applied = {
      planned,
      sent: (await isLast(planId)) ? sentPieces(target.writes.slice(earlier), names) : planned,
    }
    for (const piece of unplanned(applied)) watch.complain(`sent and not planned: ${piece}`)
    for (const write of await world.writesOf(planId))
      if (write.outcome === null) watch.complain(`write ${String(write.number)} of the plan has come to no end`)
    if (writes.length > 0) count(`${by} applied`)
    return applied
  }

  /** Nobody has failed whose turn comes later, and of every write it is known what became of it. */
  async function isInStep(): Promise<boolean> {
    const { provisioning } = store
    return (await provisioning.countEscrow(job.jobId)) === 0 && (await provisioning.openWrites(job.jobId)).length === 0
  }

  return {
    async keepPlan() {
      await keepPlan()
    },
    async planAndApply() {
      const isClear = options.isOneByOne && (await isInStep())
      const { planned, sent } = await carryOut(await keepPlan(), 'plan', [])
      if (!isClear) return
      count('plan compared with what was sent')
      for (const piece of new Set(planned)) if (!sent.includes(piece)) watch.complain(`planned and not sent: ${piece}`)
    },
    async apply(which, troubles) {
      const planId = await openPlan(which)
      if (planId === undefined) return
      tell(`administrator applies the plan ${planId}`)
      await carryOut(planId, 'plan', troubles)
    },
    async reject(which) {
      const planId = await openPlan(which)
      if (planId === undefined) return
      tell(`administrator rejects the plan ${planId}`)
      await store.plans.decide(planId, { state: 'rejected', at: clock.now(), by: 'ana' })
    },
    async undo(back, troubles) {
      const cycle = (await store.jobs.cycles(job.jobId, back + 1))[back]
      if (cycle === undefined) return
      const last = options.lastTurn()
      // What nobody knows the end of cannot be taken back yet.
      const isKnown = (await store.provisioning.openWrites(job.jobId)).length === 0
      const { plan, isKept } = await world.planUndo({ cycleId: cycle.cycleId })
      tell(`administrator takes back the cycle ${cycle.cycleId}: ${JSON.stringify(plan.counts)}`)
      if (!isKept) return
      const conflicts = (await world.writesOf(plan.planId)).filter((each) => each.outcome === 'void')
      await carryOut(plan.planId, 'undo', troubles)
      const left = (await world.writesOf(plan.planId)).filter(
        (each) => each.outcome !== 'done' && !conflicts.some(({ number }) => number === each.number),
      )
      if (troubles.length > 0 && left.length > 0) return
      for (const each of left)
        watch.complain(
          `not taken back: ${JSON.stringify(each.image)} ${String(each.outcome)} ${String(each.outcomeReason)}`,
        )
      if (last?.cycleId !== cycle.cycleId || !last.isAlone || !isKnown || !(await isLast(plan.planId))) return
      const excused = new Set(conflicts.flatMap(({ image }) => image.targetAnchor ?? []))
      count('undo compared with what was there')
      for (const each of differences(last.before, allObjects(target), excused)) watch.complain(`after the undo ${each}`)
    },
    async demand(ports, { who, isAgreed }) {
      const anchor = options.idOf(who)
      if (anchor === undefined) return
      const last = options.lastTurn()
      if (last !== null) last.isAlone = false
      const objectType = who.startsWith('T') ? 'Group' : 'User'
      const agreed =
        isAgreed && objectType === 'User' ? [{ objectType, sourceAnchor: anchor, kind: 'disable' } as const] : []
      watch.demands(agreed.map(({ sourceAnchor }) => sourceAnchor))
      tell(`administrator asks for ${anchor} at once`)
      const current = (await store.jobs.get(job.jobId)) ?? job
      const members = 'all'
      const stop = new AbortController().signal
      const subject = { objectType, anchor } as const
      try {
        const { result } = await provisionOnDemand(ports, {
          job: current,
          subject,
          members,
          isDryRun: false,
          initiatedBy,
          agreed,
          stop,
        })
        tell(`${anchor} at once: ${result}`)
        count(`at once: ${result}`)
      } catch (error) {
        if (!(error instanceof JobBusyError) && !(error instanceof ConnectorError)) throw error
        tell(`${anchor} at once: ${error.message}`)
      }
    },
  }
}
