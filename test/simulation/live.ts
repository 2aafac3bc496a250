/*
 * Plays a history: changes are made in the directory and told to the company, cycles run in the real engine through all
 * their troubles (`workers.ts`), and an administrator decides and answers.
 */
import type { CyclePorts } from '../../src/cycle/index.ts'
import { sourceOf } from '../../src/provisioning/read-mapping-source.ts'
import { withUserNames } from '../../src/provisioning/index.ts'
import {
  usualReview,
  type Clock,
  type Cycle,
  type ObjectMapping,
  type SynchronizationSchema,
  type TargetObject,
} from '../../src/vocabulary/index.ts'
import { aWorld, anAccount, type World } from '../builders/world.ts'
import { createAdministrator, type LastTurn } from './administrator.ts'
import { Company, filteredDepartment, titleMark } from './company.ts'
import { directoryChanges, slotMail } from './directory-changes.ts'
import type { Answer, Change, Decision, History, Trouble } from './history.ts'
import { createLuck, nameOf, type Luck } from './luck.ts'
import { allObjects } from './restored.ts'
import { createStory } from './story.ts'
import { slackSide } from './slack-side.ts'
import { memorySide, type TargetTruth } from './target-side.ts'
import { unluckySource } from './unlucky-source.ts'
import type { TargetWatcher } from './unlucky-target.ts'
import { createWatch, inWords } from './watch.ts'
import { createWorkers, type Fortune } from './workers.ts'

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
  const clock: Clock = {
    now: () => world.clock.now() + fortune.skewMs,
    elapsed: () => world.clock.now(),
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
  const fortune: Fortune = { luck: newLuck([]), skewMs: 0 }

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
  const side = sideOf({ world, setting, clock, luck: () => fortune.luck, watcher })
  const before = [...side.truth.objects('User'), ...side.truth.objects('Group')]

  const portsUntil = (death: AbortSignal): CyclePorts => ({
    ...world.ports,
    clock,
    connect: (each) => ({
      source: unluckySource({
        source: world.ports.connect(each).source,
        luck: () => fortune.luck,
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

  let lastTurn: LastTurn | null = null

  async function turn(troubles: readonly Trouble[] = []): Promise<Cycle | null> {
    const held = allObjects(side.truth)
    // A plan that is to be carried out has its cycle already, and a cycle that was stopped goes on.
    const earlier = (await store.jobs.cycles(job.jobId, 2)).find((each) => each.endedAt !== null)
    lastTurn = { cycleId: '', before: held, isAlone: true }
    const ended = await runThrough(troubles)
    // Where a second cycle has followed at once, nobody has looked between the two.
    const [, before] = await store.jobs.cycles(job.jobId, 2)
    const isOne = before?.cycleId === earlier?.cycleId
    lastTurn = ended === null || !isOne ? null : { ...lastTurn, cycleId: ended.cycleId }
    return ended
  }

  async function cycle(troubles: readonly Trouble[] = []): Promise<Cycle> {
    const ended = await turn(troubles)
    if (ended === null) throw new Error('the cycle waits for an answer')
    return ended
  }

  const runThrough = createWorkers({
    world,
    clock,
    watch,
    fortune,
    newLuck,
    tell,
    count,
    change,
    demand: (ports, demand) => administrator.demand(ports, demand),
    portsUntil,
  })

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
