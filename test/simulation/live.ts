/*
 * Plays a history: changes are made in the directory and told to the company, cycles run in the real engine through all
 * their troubles: processes die and come back, or sleep while another one takes the job over.
 */
import {
  createDemandDesk,
  createProgressBoard,
  leaseMs,
  runJob,
  type CyclePorts,
  type JobRunEnd,
} from '../../src/cycle/index.ts'
import { sourceOf } from '../../src/provisioning/read-mapping-source.ts'
import { withUserNames } from '../../src/provisioning/index.ts'
import type { Clock, Cycle, ObjectMapping, SynchronizationSchema, TargetObject } from '../../src/vocabulary/index.ts'
import { usualReview } from '../../src/vocabulary/index.ts'
import { aWorld, anAccount, type World } from '../builders/world.ts'
import { createAdministrator, type LastTurn } from './administrator.ts'
import { Company, filteredDepartment, titleMark } from './company.ts'
import { directoryChanges, slotMail } from './directory-changes.ts'
import type { Answer, Change, Decision, Demand, History, Trouble } from './history.ts'
import { createLuck, nameOf, type Luck } from './luck.ts'
import { createProcess, type Point, type SimulatedProcess, type Turn } from './process.ts'
import { allObjects } from './restored.ts'
import { createStory } from './story.ts'
import { slackSide } from './slack-side.ts'
import { memorySide, type TargetTruth } from './target-side.ts'
import { unluckySource } from './unlucky-source.ts'
import type { TargetWatcher } from './unlucky-target.ts'
import { createWatch, inWords } from './watch.ts'

const minuteMs = 60_000
/** Starts of a process in one cycle; more mean that it never ends. */
const attemptsMax = 40

/** Where the accounts are: in memory, or in the simulated Slack behind the real connector. */
export type Place = 'memory' | 'slack'

export interface Life {
  readonly world: World
  readonly place: Place
  readonly target: TargetTruth
  readonly company: Company
  /** Accounts and groups that were there before Muster. */
  readonly before: readonly TargetObject[]
  /** Of those, the ones that never become Muster's. */
  readonly strangers: ReadonlySet<string>
  /** What should never have been sent, in words. */
  readonly wrongs: readonly string[]
  /** What only a look at everybody, or links made anew, can mend. */
  readonly debts: { evaluation: boolean; links: boolean }
  /** Accounts that the target has given another id. */
  readonly renumbered: ReadonlySet<string>
  readonly story: readonly string[]
  /** How often each misfortune has happened, and at which calls processes died. */
  readonly happened: ReadonlyMap<string, number>
  change(change: Change): Promise<void>
  decide(decision: Decision): Promise<void>
  /** Makes the feed report everybody anew, in this order. */
  reorder(order: readonly number[]): Promise<void>
  /** Runs a cycle, through all its troubles, to its end. */
  cycle(troubles?: readonly Trouble[]): Promise<Cycle>
  /** The same where cycles may wait for an answer: `null` when it does. */
  turn(troubles?: readonly Trouble[]): Promise<Cycle | null>
  answer(answer: Answer): Promise<void>
  /** What a lucky process sees of the world. */
  readonly ports: CyclePorts
}

function accountsBefore({ setting }: History): readonly TargetObject[] {
  const groups = setting.groupsBefore.map((slot): TargetObject => ({
    objectType: 'Group',
    anchor: `G-${slot}`,
    displayName: `${slot} team`,
    attributes: { displayName: `${slot} team`, members: ['U-STRANGER'] },
  }))
  return [
    anAccount({ anchor: 'U-STRANGER' }),
    anAccount({ anchor: 'U-SLEEPER', attributes: { active: false } }),
    { objectType: 'Group', anchor: 'G-STRANGER', displayName: 'Strangers', attributes: { displayName: 'Strangers' } },
    ...setting.accountsBefore.map((slot, index) =>
      anAccount({ anchor: `U-${slot}`, mail: slotMail(slot), attributes: { active: index % 2 === 0 } }),
    ),
    ...groups,
  ]
}

function withUserMapping(
  schema: SynchronizationSchema,
  edit: (mapping: ObjectMapping) => ObjectMapping,
): SynchronizationSchema {
  return {
    ...schema,
    synchronizationRules: schema.synchronizationRules.map((rule) => ({
      ...rule,
      objectMappings: rule.objectMappings.map((each) => (each.sourceObjectName === 'User' ? edit(each) : each)),
    })),
  }
}

const titled =
  (isMarked: boolean) =>
  (mapping: ObjectMapping): ObjectMapping => ({
    ...mapping,
    attributeMappings: mapping.attributeMappings.map((each) =>
      each.targetAttributeName === 'title'
        ? { ...each, source: sourceOf(isMarked ? `Join("", "${titleMark}", [jobTitle])` : '[jobTitle]') }
        : each,
    ),
  })

const filtered =
  (isOn: boolean) =>
  (mapping: ObjectMapping): ObjectMapping => {
    const targetOperand = { values: [filteredDepartment] }
    const clause = { sourceOperandName: 'department', operatorName: 'EQUALS', targetOperand }
    return { ...mapping, scope: isOn ? { groups: [{ name: 'one department', clauses: [clause] }] } : null }
  }

export async function begin(history: History, place: Place = 'memory'): Promise<Life> {
  const { setting } = history
  const prevention = { isOn: true, threshold: null, percentage: null, windowHours: null }
  const world = await aWorld({
    assignEverybody: false,
    pageSizeMax: setting.pageSize,
    settings: { deletionPrevention: prevention },
    schema: (schema) => (setting.namesAreAllotted ? withUserNames(schema, { mode: 'allotted', avoided: [] }) : schema),
    target: {
      objects: accountsBefore(history),
      capabilities: { list: setting.canList, concurrencyMax: setting.concurrency },
    },
  })
  const { store, job } = world
  let skewMs = 0
  const clock: Clock = {
    now: () => world.clock.now() + skewMs,
    sleep: (durationMs, stop) => world.clock.sleep(durationMs, stop),
  }
  const company = new Company()
  const directory = directoryChanges(world, company, setting)
  const story = createStory(clock.now)
  const { tell } = story
  const watch = createWatch(world, company, clock.now)
  const debts = { evaluation: false, links: false }
  const renumbered = new Set<string>()
  const happened = new Map<string, number>()
  const count = (what: string): void => void happened.set(what, (happened.get(what) ?? 0) + 1)
  const newLuck = (troubles: readonly Trouble[]): Luck => createLuck(troubles, (each) => count(nameOf(each)))
  let luck = newLuck([])

  const watcher: TargetWatcher = {
    comes: (write) => watch.comes(write),
    async ended(write, end, receipt, error) {
      const what = error === null ? '' : ` (${error.code}, ${error.scope})`
      tell(`target: ${inWords(write)} -> ${end}${what}${receipt === null ? '' : ` ${receipt.anchor}`}`)
      if (end !== 'refused') await watch.noteRemoval(write)
    },
    owes(debt, anchor) {
      debts[debt] = true
      if (debt === 'links') renumbered.add(anchor)
    },
    tell,
  }
  const sideOf = place === 'slack' ? slackSide : memorySide
  const side = sideOf({ world, setting, clock, luck: () => luck, watcher })
  const before = [...side.truth.objects('User'), ...side.truth.objects('Group')]

  const portsUntil = (death: AbortSignal): CyclePorts => ({
    ...world.ports,
    clock,
    connect: (each) => ({
      source: unluckySource({
        source: world.ports.connect(each).source,
        luck: () => luck,
        owes: () => void (debts.evaluation = true),
        tell,
      }),
      target: side.connect(death),
    }),
  })

  async function change(request: Change): Promise<void> {
    tell(`directory: ${JSON.stringify(request)}`)
    await directory.make(request)
  }

  async function decide(decision: Decision): Promise<void> {
    tell(`administrator: ${JSON.stringify(decision)}`)
    const { rules } = company
    switch (decision.kind) {
      case 'mapTitle':
        rules.titleIsMarked = decision.isMarked
        await world.setSchema((schema) => withUserMapping(schema, titled(decision.isMarked)))
        break
      case 'filter':
        rules.filterIsOn = decision.isOn
        await world.setSchema((schema) => withUserMapping(schema, filtered(decision.isOn)))
        break
      case 'syncAll':
        rules.syncAll = decision.isOn
        await world.setSettings({ syncAll: decision.isOn })
        // What was out of scope is in it now, and the feed says nothing of it (spec 5.8).
        await world.restart()
        break
      case 'threshold': {
        const { removalsMax: threshold, windowHours } = decision
        rules.removalsMax = threshold
        rules.windowHours = windowHours
        await world.setSettings({ deletionPrevention: { ...prevention, threshold, windowHours } })
        break
      }
      case 'approve':
        await store.provisioning.approveRemovals(job.jobId)
        break
      case 'restart':
        await world.restart()
        break
      case 'review':
        rules.isReviewed = decision.isOn
        await world.setSettings({ review: { ...usualReview, mode: decision.isOn ? 'always' : 'off' } })
        break
    }
    company.note()
  }

  /** What becomes of a process at its points. */
  function fateOf(
    name: string,
    stop: AbortController,
    thawOthers: (number: number) => void,
    ask: (demand: Demand) => void,
  ) {
    let deathAfterCall = 0
    return {
      nextNumber: () => luck.nextNumber(),
      async begins({ number, call }: Point): Promise<Turn> {
        thawOthers(number)
        const jump = luck.takeAt('clockJumps', number)
        if (jump !== undefined) {
          skewMs += jump.byMs
          tell(`the clock jumps by ${String(jump.byMs / 1000)} s`)
        }
        const demand = luck.take('demand')
        if (demand !== undefined) ask(demand)
        const meanwhile = luck.take('meanwhile')
        if (meanwhile !== undefined) await change(meanwhile.change)
        if (luck.takeAt('stops', number) !== undefined) {
          tell(`${name} is asked to stop at ${String(number)} ${call}`)
          stop.abort(new Error('stopped'))
        }
        const death = luck.takeAt('dies', number)
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
        const freeze = luck.takeAt('freezes', number)
        if (freeze === undefined) return 'goesOn'
        thawAt = luck.number + freeze.thawsAfter
        tell(`${name} freezes after ${String(number)} ${call}`)
        return 'freezes'
      },
    }
  }

  let isTakenOver = false
  let thawAt = 0
  let workers = 0

  interface Sleeper {
    readonly name: string
    readonly process: SimulatedProcess
    readonly end: Promise<JobRunEnd>
    readonly visits: readonly Promise<void>[]
    readonly thawAt: number
    isAwake: boolean
  }

  let lastTurn: LastTurn | null = null

  async function turn(troubles: readonly Trouble[] = []): Promise<Cycle | null> {
    const held = allObjects(side.truth)
    lastTurn = { cycleId: '', before: held, isAlone: true }
    const ended = await runThrough(troubles)
    lastTurn = ended === null ? null : { ...lastTurn, cycleId: ended.cycleId }
    return ended
  }

  async function cycle(troubles: readonly Trouble[] = []): Promise<Cycle> {
    const ended = await turn(troubles)
    if (ended === null) throw new Error('the cycle waits for an answer')
    return ended
  }

  /** Until nothing of it is under way any more, unless the process dies. */
  async function finish(visits: readonly Promise<void>[], process: SimulatedProcess): Promise<void> {
    if (visits.length === 0) return
    const end = await world.clock.runUntilDone(Promise.race([Promise.all(visits), process.died]))
    if (end === 'died') await store.jobs.breakLeases()
  }

  async function runThrough(troubles: readonly Trouble[]): Promise<Cycle | null> {
    await world.clock.advance(40 * minuteMs)
    await watch.cycleBegins()
    const latest = async (): Promise<Cycle | undefined> => (await store.jobs.cycles(job.jobId, 1))[0]
    const earlier = await latest()
    const endedEarlier = earlier?.endedAt === null ? undefined : earlier?.cycleId
    luck = newLuck(troubles)
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
        fateOf(name, stop, thawOthers, (demand) => void visits.push(administrator.demand(process.ports, demand))),
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
          luck = newLuck([])
          return last
        }
      } else if (end === 'froze') {
        sleepers.push({ name, process, end: run, visits, thawAt, isAwake: false })
        await world.clock.advance(leaseMs + 1000)
      } else {
        tell(
          `${name}: the cycle ${end.kind === 'waits' ? '' : 'has '}${end.kind}${end.kind === 'broken' ? ` (${end.error})` : ''}`,
        )
        await finish(visits, process)
        if (end.kind === 'waits') count('cycle waits for an answer')
        if (end.kind === 'ended' || end.kind === 'waits') {
          for (const sleeper of sleepers) {
            wake(sleeper)
            const its = await world.clock.runUntilDone(Promise.race([sleeper.end, sleeper.process.died]))
            tell(`${sleeper.name} ends: ${its === 'died' ? its : its.kind}`)
            await finish(sleeper.visits, sleeper.process)
          }
          luck = newLuck([])
          return end.kind === 'ended' ? end.cycle : null
        }
        await world.clock.advance(minuteMs)
      }
    }
    throw new Error('the cycle never ended')
  }

  const ports = portsUntil(new AbortController().signal)
  const administrator = createAdministrator({
    world,
    target: side.truth,
    watch,
    tell,
    count,
    isOneByOne: setting.concurrency === 1,
    idOf: (slot) => directory.idOf(slot),
    lastTurn: () => lastTurn,
    turn,
  })

  async function answer(what: Answer): Promise<void> {
    switch (what.kind) {
      case 'keepPlan':
        return await administrator.keepPlan()
      case 'planAndApply':
        return await administrator.planAndApply()
      case 'apply':
        return await administrator.apply(what.which, what.troubles)
      case 'reject':
        return await administrator.reject(what.which)
      case 'undo':
        return await administrator.undo(what.back, what.troubles)
      case 'demand':
        return await world.clock.runUntilDone(administrator.demand(ports, what))
    }
  }

  async function reorder(order: readonly number[]): Promise<void> {
    const ids = [...company.people.keys(), ...company.teams.keys()]
    const placed = ids.map((id, index) => ({ id, place: order[index % order.length] ?? 0 }))
    placed.sort((one, other) => one.place - other.place)
    await store.directory.transaction((transaction) => transaction.touch(placed.map(({ id }) => id)))
  }

  await directory.gatherCrowd(setting.crowd)
  return {
    world,
    place,
    target: side.truth,
    company,
    before,
    strangers: side.strangers,
    wrongs: watch.wrongs,
    debts,
    renumbered,
    story: story.lines,
    happened,
    change,
    decide,
    reorder,
    cycle,
    turn,
    answer,
    ports,
  }
}

/** Plays all of it. */
export async function play(history: History, place: Place = 'memory'): Promise<Life> {
  const life = await begin(history, place)
  for (const step of history.steps) {
    if (step.kind === 'change') await life.change(step.change)
    else if (step.kind === 'decision') await life.decide(step.decision)
    else if (step.kind === 'answer') await life.answer(step.answer)
    else await life.turn(step.troubles)
  }
  return life
}
