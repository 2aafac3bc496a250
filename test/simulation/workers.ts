/*
 * Who runs the cycles of a life: workers that die and come back, or sleep while another one takes the job over and then wake
 * up, through all the troubles of a cycle until it has ended.
 */
import {
  createDemandDesk,
  createProgressBoard,
  leaseMs,
  runJob,
  type CyclePorts,
  type JobRunEnd,
} from '../../src/cycle/index.ts'
import type { Clock, Cycle } from '../../src/vocabulary/index.ts'
import type { World } from '../builders/world.ts'
import type { Change, Demand, Trouble } from './history.ts'
import type { Luck } from './luck.ts'
import { createProcess, type Point, type SimulatedProcess, type Turn } from './process.ts'
import type { Watch } from './watch.ts'

const minuteMs = 60_000
/** Starts of a process in one cycle; more mean that it never ends. */
const attemptsMax = 40

/** What the troubles of a cycle have in their hands. */
export interface Fortune {
  luck: Luck
  /** How far the clock of Muster's machine has jumped. */
  skewMs: number
}

export interface WorkersOptions {
  readonly world: World
  /** Of Muster's machine. */
  readonly clock: Clock
  readonly watch: Watch
  readonly fortune: Fortune
  readonly newLuck: (troubles: readonly Trouble[]) => Luck
  readonly tell: (words: string) => void
  readonly count: (what: string) => void
  readonly change: (change: Change) => Promise<void>
  /** In the process of these ports. */
  readonly demand: (ports: CyclePorts, demand: Demand) => Promise<void>
  /** What a process sees of the world until it dies. */
  readonly portsUntil: (death: AbortSignal) => CyclePorts
}

interface Sleeper {
  readonly name: string
  readonly process: SimulatedProcess
  readonly end: Promise<JobRunEnd>
  readonly visits: readonly Promise<void>[]
  readonly thawAt: number
  isAwake: boolean
}

/** Answers what runs a cycle to its end; `null` when it waits for an answer. */
export function createWorkers(options: WorkersOptions): (troubles: readonly Trouble[]) => Promise<Cycle | null> {
  const { world, clock, watch, fortune, newLuck, tell, count, change, portsUntil } = options
  const { store, job } = world

  /** What becomes of a process at its points. */
  function fateOf(
    name: string,
    stop: AbortController,
    thawOthers: (number: number) => void,
    ask: (demand: Demand) => void,
  ) {
    let deathAfterCall = 0
    return {
      nextNumber: () => fortune.luck.nextNumber(),
      async begins({ number, call }: Point): Promise<Turn> {
        thawOthers(number)
        const jump = fortune.luck.takeAt('clockJumps', number)
        if (jump !== undefined) {
          fortune.skewMs += jump.byMs
          tell(`the clock jumps by ${String(jump.byMs / 1000)} s`)
        }
        const demand = fortune.luck.take('demand')
        if (demand !== undefined) ask(demand)
        const meanwhile = fortune.luck.take('meanwhile')
        if (meanwhile !== undefined) await change(meanwhile.change)
        if (fortune.luck.takeAt('stops', number) !== undefined) {
          tell(`${name} is asked to stop at ${String(number)} ${call}`)
          stop.abort(new Error('stopped'))
        }
        const death = fortune.luck.takeAt('dies', number)
        if (death === undefined) return 'goesOn'
        isTakenOver = death.isTakenOver
        if (death.callIsMade) {
          deathAfterCall = number
          return 'goesOn'
        }
        count(`died before ${call}`)
        tell(`${name} dies before ${String(number)} ${call}`)
        return 'dies'
      },
      answered({ number, call }: Point): Turn {
        if (deathAfterCall === number) {
          count(`died after ${call}`)
          tell(`${name} dies after ${String(number)} ${call}`)
          return 'dies'
        }
        const freeze = fortune.luck.takeAt('freezes', number)
        if (freeze === undefined) return 'goesOn'
        thawAt = fortune.luck.number + freeze.thawsAfter
        tell(`${name} freezes after ${String(number)} ${call}`)
        return 'freezes'
      },
    }
  }

  let isTakenOver = false
  let thawAt = 0
  let workers = 0

  /** What it throws is told at once: the process it happens in may be waited for much later. */
  async function visit(ports: CyclePorts, demand: Demand): Promise<void> {
    try {
      await options.demand(ports, demand)
    } catch (error) {
      watch.complain(`asked for at once: ${String(error)}`)
    }
  }

  /** Until nothing of it is under way any more, unless the process dies. */
  async function finish(visits: readonly Promise<void>[], process: SimulatedProcess): Promise<void> {
    if (visits.length === 0) return
    const end = await world.clock.runUntilDone(Promise.race([Promise.all(visits), process.died]))
    if (end === 'died') await store.jobs.breakLeases()
  }

  /** The same for a process that may still fall asleep: nobody is there to wake it, it sleeps until its lease has run out. */
  async function finishOrSleep(
    name: string,
    visits: readonly Promise<void>[],
    process: SimulatedProcess,
  ): Promise<void> {
    if (visits.length === 0) return
    const end = await world.clock.runUntilDone(Promise.race([Promise.all(visits), process.died, process.froze]))
    if (end === 'froze') {
      await world.clock.advance(leaseMs + 1000)
      tell(`${name} wakes up`)
      process.thaw()
    }
    await finish(visits, process)
  }

  async function runThrough(troubles: readonly Trouble[]): Promise<Cycle | null> {
    await world.clock.advance(40 * minuteMs)
    await watch.cycleBegins()
    const latest = async (): Promise<Cycle | undefined> => (await store.jobs.cycles(job.jobId, 1))[0]
    const earlier = await latest()
    const endedEarlier = earlier?.endedAt === null ? undefined : earlier?.cycleId
    fortune.luck = newLuck(troubles)
    const sleepers: Sleeper[] = []
    const wake = (sleeper: Sleeper): void => {
      if (!sleeper.isAwake) tell(`${sleeper.name} wakes up`)
      sleeper.isAwake = true
      sleeper.process.thaw()
    }
    const thawOthers = (number: number): void => {
      for (const sleeper of sleepers) if (number >= sleeper.thawAt) wake(sleeper)
    }
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      const claim = await store.jobs.claim({ owner: 'simulation', leaseMs, now: clock.now(), jobId: job.jobId })
      if (claim === null) {
        await world.clock.advance(leaseMs * (attempt + 1))
        continue
      }
      workers += 1
      const name = `worker ${String(workers)}`
      tell(`${name} takes the job`)
      const stop = new AbortController()
      const death = new AbortController()
      const visits: Promise<void>[] = []
      const process: SimulatedProcess = createProcess(
        { ...portsUntil(death.signal), progress: createProgressBoard(clock), desk: createDemandDesk(name) },
        fateOf(name, stop, thawOthers, (demand) => void visits.push(visit(process.ports, demand))),
      )
      const run = runJob(process.ports, claim, stop.signal)
      void process.died.then(() => {
        death.abort()
      })
      const end = await world.clock.runUntilDone(Promise.race([run, process.died, process.froze]))
      if (end === 'died') {
        if (!isTakenOver) await store.jobs.breakLeases()
        // It may have ended its cycle just before.
        const last = await latest()
        if (sleepers.length === 0 && last !== undefined && last.endedAt !== null && last.cycleId !== endedEarlier) {
          if (isTakenOver) await world.clock.advance(2 * leaseMs)
          fortune.luck = newLuck([])
          return last
        }
      } else if (end === 'froze') {
        sleepers.push({ name, process, end: run, visits, thawAt, isAwake: false })
        await world.clock.advance(leaseMs + 1000)
      } else {
        tell(
          `${name}: the cycle ${end.kind === 'waits' ? '' : 'has '}${end.kind}${end.kind === 'broken' ? ` (${end.error})` : ''}`,
        )
        await finishOrSleep(name, visits, process)
        if (end.kind === 'waits') count('cycle waits for an answer')
        if (end.kind === 'ended' || end.kind === 'waits') {
          for (const sleeper of sleepers) {
            wake(sleeper)
            const its = await world.clock.runUntilDone(Promise.race([sleeper.end, sleeper.process.died]))
            tell(`${sleeper.name} ends: ${its === 'died' ? its : its.kind}`)
            await finish(sleeper.visits, sleeper.process)
          }
          fortune.luck = newLuck([])
          return end.kind === 'ended' ? end.cycle : null
        }
        await world.clock.advance(minuteMs)
      }
    }
    throw new Error('the cycle never ended')
  }

  return runThrough
}
