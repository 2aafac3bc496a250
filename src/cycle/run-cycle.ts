/*
 * One cycle, a short list of passes: objects (with references to whoever is linked on the way), memberships and what was
 * left of the references, held removals (style.md section 4). A stopped cycle goes on from its last saved page.
 */
import type { SourceConnector } from '../connectors/source.ts'
import type { TargetConnector } from '../connectors/target.ts'
import { compileSchema, isDueCode } from '../provisioning/index.ts'
import type {
  Clock,
  Cycle,
  CyclePhase,
  DeferredReference,
  HeldRemoval,
  Link,
  ObjectTypeName,
  SourceObject,
  StopSignal,
  SynchronizationJob,
} from '../vocabulary/index.ts'
import { believedSource } from './believed-source.ts'
import type { DemandDoor } from './demand-desk.ts'
import { createCompute } from './give-way.ts'
import { openHeldRemovals } from './held-removals.ts'
import { inFlight } from './in-flight.ts'
import type { CycleContext } from './cycle-context.ts'
import { createLeaversFirst } from './leavers-first.ts'
import { leaveUnknown } from './leave-unknown.ts'
import type { Ledger } from './ledger.ts'
import { openLinkBook } from './link-book.ts'
import { logFrame } from './log-frame.ts'
import { createMatchTurns } from './match-turns.ts'
import { openNameBook } from './name-book.ts'
import { readOpenWrites } from './open-writes.ts'
import { createPageCount } from './page-count.ts'
import type { ProgressBoard } from './progress.ts'
import type { ObjectReport, PassOptions } from './object-run.ts'
import { createReadings } from './readings.ts'
import { settleAhead } from './settle-ahead.ts'
import { createSideLane, type SideLane } from './side-lane.ts'
import { provisionObject } from './provision-object.ts'
import { tallyReport, tallyResults, tallyTraffic } from './tally.ts'
import { liveView, wholeView, type TargetView } from './target-view.ts'
import { createVisitorView } from './visitor-view.ts'
import type { WriteGate } from './write-gate.ts'

/** Objects in one page of the change feed: what a stop loses at most, and what one look-up of links covers. */
const pageSize = 500
/** From this many objects on, reading the whole target is cheaper than asking for each (slack.md 6.3). */
const wholeTargetFrom = 500
/** Objects read again in one go. */
const rereadMax = 500

export interface CycleRequest {
  readonly job: SynchronizationJob
  readonly cycle: Cycle
  /** Begun earlier and stopped: what it had in mind then is forgotten, what it stored is not. */
  readonly isResumed: boolean
  readonly source: SourceConnector
  readonly target: TargetConnector
  readonly ledger: Ledger
  readonly clock: Clock
  readonly newId: () => string
  readonly tenantId: string
  readonly progress: ProgressBoard
  /** Asked between objects: an aborted cycle ends after those in flight and goes on later. */
  readonly stop: StopSignal
  /** Where provisioning on demand comes in while the cycle runs; a plan has none. */
  readonly door?: DemandDoor
  /** What each write passes while a plan is made or carried out; `null`: whatever is to be done is sent. */
  readonly gate: WriteGate | null
  /** As in `CyclePorts`. */
  readonly stopwatch?: () => number
}

export interface CycleEnd {
  readonly cycle: Cycle
  /** The watermark to go on from. */
  readonly watermark: string
  /** Removals that were not done because there are too many (spec section 8); the same as before, or others with them. */
  readonly staged: { readonly count: number; readonly because: string; readonly areSame: boolean } | null
}

export class CycleStoppedError extends Error {
  override readonly name = 'CycleStoppedError'
}

const firstPass: PassOptions = { removals: 'hold', memberships: 'later', quietWhenSame: 'onceToldOf' }
const referencePass: PassOptions = { removals: 'hold', memberships: 'later', quietWhenSame: true }
const membershipPass: PassOptions = { removals: 'hold', memberships: 'now', quietWhenSame: false }
/** For groups that are looked at without a change of their own. */
const quietMembershipPass: PassOptions = { ...membershipPass, quietWhenSame: true }
/** Who has come back since is released. */
const recheckPass: PassOptions = { ...firstPass, quietWhenSame: true }
const removalPass: PassOptions = { ...firstPass, removals: 'carryOut' }
const stagePass: PassOptions = { ...firstPass, removals: 'stage' }

type Owner = Pick<Link, 'objectType' | 'sourceAnchor'>

const keyOf = (objectType: ObjectTypeName, anchor: string): string => `${objectType} ${anchor}`

export async function runCycle(request: CycleRequest): Promise<CycleEnd> {
  const lanes: Lanes = { references: createSideLane(), memberships: createSideLane(), leavers: createSideLane() }
  const watchIsOver = new AbortController()
  try {
    return await runPasses(request, lanes, watchIsOver)
  } finally {
    // Nothing may still be on its way when the cycle gives the job back.
    watchIsOver.abort(new Error('The cycle is over.'))
    await request.door?.close()
    await Promise.allSettled(Object.values(lanes).map((lane: SideLane) => lane.settle()))
  }
}

/** What is written beside the objects pass, each on a budget of its own (slack.md 6.3). */
interface Lanes {
  readonly references: SideLane
  readonly memberships: SideLane
  readonly leavers: SideLane
}

async function runPasses(request: CycleRequest, lanes: Lanes, watchIsOver: AbortController): Promise<CycleEnd> {
  const { job, target, ledger, clock, stop, gate } = request
  const source = believedSource(request.source)
  let { cycle } = request
  const schema = compileSchema(job.schema)
  const description = target.describe()
  const trafficBefore = target.traffic()
  let phase: CyclePhase = 'objects'
  const atStart = cycle.counters

  function publish(): void {
    const counters = tallyTraffic(
      { ...cycle.counters, requests: atStart.requests, throttled: atStart.throttled },
      trafficBefore,
      target.traffic(),
    )
    cycle = { ...cycle, counters }
    request.progress.update(
      {
        jobId: job.jobId,
        cycleId: cycle.cycleId,
        kind: cycle.kind,
        phase,
        beganAt: cycle.beganAt,
        objectsDone: cycle.objectsDone,
        objectsKnown: cycle.objectsKnown,
        pagesDone: cycle.pagesDone,
        pagesKnown: cycle.pagesKnown,
        counters,
      },
      target.budgets,
    )
  }
  function stopIfAsked(): void {
    if (stop.aborted) throw new CycleStoppedError('The cycle was stopped and goes on from its last saved page.')
  }

  await source.checkCredentials()
  await target.checkCredentials()
  publish()

  const frame = logFrame(job, cycle, request.tenantId, schema)
  const links = openLinkBook(ledger)
  const turns = createMatchTurns()
  const objectTurns = createMatchTurns()
  const demanded = new Map<string, string>()
  const readings = createReadings()
  const visitors = createVisitorView(target)
  const compute = createCompute(request.stopwatch)
  const names = openNameBook(ledger, turns)
  const openWrites = await readOpenWrites(ledger)
  const enabledTypes = [...schema.objectMappings.values()]
    .filter((mapping) => mapping.enabled)
    .map((mapping) => mapping.objectType)
  let view: TargetView | null = null
  async function targetView(objectsAhead: number): Promise<TargetView> {
    if (view !== null) return view
    const readsWhole = description.capabilities.list && (cycle.kind === 'initial' || objectsAhead >= wholeTargetFrom)
    if (readsWhole && objectsAhead > 0) {
      phase = 'readingTarget'
      publish()
      view = await wholeView(target, enabledTypes, publish)
      phase = 'objects'
    } else {
      view = liveView(target)
    }
    visitors.tell(view)
    return view
  }
  const lent = {
    source,
    targetDescription: description,
    ledger,
    links,
    turns,
    objectTurns,
    demanded,
    readings,
    names,
    openWrites,
    clock,
    compute,
    newId: request.newId,
  }
  const contextWith = (target: TargetView): CycleContext => {
    return { ...lent, target, schema, settings: job.settings, frame, now: gate?.now ?? cycle.beganAt, gate }
  }
  const contextFor = async (objectsAhead: number): Promise<CycleContext> => contextWith(await targetView(objectsAhead))

  /** Groups whose members are still to be written in this cycle: those that changed, and those that only may have to be. */
  const membershipsWanted = new Set<string>()
  const membershipsToCheck = new Set<string>()
  /** Users that wait for a reference that has become writable. */
  const referencesWanted = new Set<string>()
  const attempted = new Set<string>()
  /** Whom a write without an answer was about when the cycle began, and who has not had a turn yet. */
  const unanswered = new Map(openWrites.owners().map((each) => [keyOf(each.objectType, each.sourceAnchor), each]))
  /** All users of the feed have had their turn, so that groups need not wait with their members. */
  let usersAreDone = false
  let isLastPage = false
  // What an interrupted cycle has removed counts when it goes on. Nobody remembers which of it had been approved.
  const goneBefore = request.isResumed ? await ledger.countRemovalsIn(cycle.cycleId) : 0
  /** Whose removal turns out to have been done before the interruption. */
  const foundGone = new Set<string>()
  const held = await openHeldRemovals({
    ledger,
    prevention: { ...job.settings.deletionPrevention, ...(gate?.allowsRemovals === true ? { isOn: false } : {}) },
    clock,
    goneAlready: () => goneBefore + new Set([...leavers.gone, ...foundGone]).size,
  })
  // Of what an interrupted cycle has held its memory is gone.
  for (const { objectType, sourceAnchor } of [...held.approved(), ...held.unanswered()])
    if (objectType === 'User') links.noteLeaving(sourceAnchor)
  request.door?.open({
    lent: { ...lent, target: visitors.view },
    note: (object, report) => held.note(object, report.hold),
  })
  /** Who waits for whom, by the anchor waited for: what is stored about this page's people, and what this cycle adds. */
  const waitingFor = new Map<string, DeferredReference[]>()
  function noteWaiting(references: readonly DeferredReference[]): void {
    for (const reference of references) {
      const others = waitingFor.get(reference.referencedAnchor)
      if (others === undefined) waitingFor.set(reference.referencedAnchor, [reference])
      else others.push(reference)
    }
  }

  async function take(
    context: CycleContext,
    objects: readonly SourceObject[],
    options: PassOptions,
    isFirstPass: boolean,
  ): Promise<void> {
    for (const objectType of ['User', 'Group'] as const) {
      const ofType = objects.filter((object) => object.objectType === objectType)
      if (ofType.length === 0) continue
      if (isFirstPass && objectType === 'Group') usersAreDone = isLastPage
      const anchors = ofType.map((object) => object.anchor)
      const reading = readings.open()
      const known = await ledger.linksBySource(objectType, anchors)
      const escrow = await ledger.escrow(objectType, anchors)
      if (schema.objectMappings.get(objectType)?.hasUniqueValues === true) {
        await names.read(
          objectType,
          anchors.filter((anchor) => !known.has(anchor)),
        )
      }
      if (objectType === 'User') {
        noteWaiting(await ledger.deferredTo(anchors))
        await links.users(
          ofType.flatMap((object) =>
            typeof object.attributes['manager'] === 'string' ? [object.attributes['manager']] : [],
          ),
        )
      }
      await inFlight(ofType, description.capabilities.concurrencyMax, async (object) => {
        stopIfAsked()
        const key = keyOf(objectType, object.anchor)
        const facts = {
          link: known.get(object.anchor),
          escrow: escrow.get(object.anchor),
          held: held.of(objectType, object.anchor),
          reading,
        }
        if (facts.escrow !== undefined) attempted.add(key)
        unanswered.delete(key)
        const report = await provisionObject(context, object, facts, options)
        if (report !== null) noteReport(object, report, isFirstPass)
        if (isFirstPass && referencesWanted.size > 0) lanes.references.start(() => writeReferences(context))
        if (isFirstPass && usersAreDone && membershipsWanted.size > 0)
          lanes.memberships.start(() => writeWantedMemberships(context))
        if (isFirstPass) cycle = { ...cycle, objectsDone: cycle.objectsDone + 1 }
        publish()
      })
      reading.close()
    }
  }

  function noteTold({ anchor }: SourceObject, told: ObjectReport['told']): void {
    if (request.isResumed && told.some(({ action }) => action === 'disable' || action === 'delete'))
      foundGone.add(anchor)
  }

  function noteReport(object: SourceObject, report: ObjectReport, isFirstPass: boolean): void {
    cycle = { ...cycle, counters: tallyReport(cycle.counters, report, isFirstPass) }
    noteWaiting(report.deferred)
    held.note(object, report.hold)
    noteTold(object, report.told)
    if (report.inScope && object.objectType === 'User') links.noteStaying(object.anchor)
    if (report.result?.status === 'failure' || isDueCode(report.result?.errorCode))
      attempted.add(keyOf(object.objectType, object.anchor))
    if (report.wantsMemberships) membershipsWanted.add(object.anchor)
    if (!report.becameLinked || object.objectType !== 'User') return
    want(waitingFor.get(object.anchor) ?? [])
  }

  /** Which references are written late is a setting; an initial cycle evaluates everybody anyway (spec 5.5). */
  const repairsReferences = job.settings.repairsReferences || cycle.kind === 'initial'

  function want(references: readonly DeferredReference[]): void {
    if (!repairsReferences) return
    for (const { ownerType, ownerAnchor } of references)
      (ownerType === 'Group' ? membershipsToCheck : referencesWanted).add(ownerAnchor)
  }

  async function withoutEscrow(owners: readonly Owner[]): Promise<readonly Owner[]> {
    const anchorsOf = (objectType: ObjectTypeName): readonly string[] => [
      ...new Set(owners.filter((each) => each.objectType === objectType).map((each) => each.sourceAnchor)),
    ]
    const escrowed = {
      User: await ledger.escrow('User', anchorsOf('User')),
      Group: await ledger.escrow('Group', anchorsOf('Group')),
    }
    return owners.filter(({ objectType, sourceAnchor }) => !escrowed[objectType].has(sourceAnchor))
  }

  /**
   * References that wait for somebody who is linked by now: the person came while their owner was on its way, or the cycle
   * was stopped in between. An owner in escrow is tried again when its time comes, not with every cycle.
   */
  async function overdueReferences(): Promise<readonly DeferredReference[]> {
    const waiting = await ledger.deferredResolvable(Number.MAX_SAFE_INTEGER)
    const linked = await links.users(waiting.map((each) => each.referencedAnchor))
    const owners = waiting.map((each): Owner => ({ objectType: each.ownerType, sourceAnchor: each.ownerAnchor }))
    const free = new Set((await withoutEscrow(owners)).map((each) => keyOf(each.objectType, each.sourceAnchor)))
    return waiting.filter(
      (each) =>
        linked.get(each.referencedAnchor)?.isActive === true && free.has(keyOf(each.ownerType, each.ownerAnchor)),
    )
  }

  /** Objects as they are now, in the order asked for; who is missing from the answer is missing here. */
  async function readNow(objectType: ObjectTypeName, anchors: readonly string[]): Promise<readonly SourceObject[]> {
    const found = new Map((await source.readObjects(objectType, anchors)).map((object) => [object.anchor, object]))
    return anchors.flatMap((anchor) => found.get(anchor) ?? [])
  }

  const saidUnknown = new Set<string>()
  async function noteUnknown(
    context: CycleContext,
    objectType: ObjectTypeName,
    anchors: readonly string[],
  ): Promise<void> {
    const unknown = anchors.filter((anchor) => !saidUnknown.has(keyOf(objectType, anchor)))
    if (unknown.length === 0) return
    const known = await ledger.linksBySource(objectType, unknown)
    const escrow = await ledger.escrow(objectType, unknown)
    for (const anchor of unknown) {
      saidUnknown.add(keyOf(objectType, anchor))
      await leaveUnknown(context, objectType, anchor, {
        link: known.get(anchor),
        escrow: escrow.get(anchor),
        held: held.of(objectType, anchor),
      })
    }
  }

  /** Reads objects again, as they are now, and takes them once more. */
  async function takeAgain(
    context: CycleContext,
    objectType: ObjectTypeName,
    anchors: readonly string[],
    options: PassOptions,
    isFirstPass: boolean,
  ): Promise<void> {
    for (let start = 0; start < anchors.length; start += rereadMax) {
      const batch = anchors.slice(start, start + rereadMax)
      const objects = await readNow(objectType, batch)
      await take(context, objects, options, isFirstPass)
      const found = new Set(objects.map((object) => object.anchor))
      await noteUnknown(
        context,
        objectType,
        batch.filter((anchor) => !found.has(anchor)),
      )
    }
  }

  /** Writes the references that have become writable. */
  async function writeReferences(context: CycleContext): Promise<void> {
    while (referencesWanted.size > 0) {
      const batch = [...referencesWanted].slice(0, rereadMax)
      for (const anchor of batch) referencesWanted.delete(anchor)
      await takeAgain(context, 'User', batch, referencePass, false)
    }
  }

  const leavers = createLeaversFirst({
    source,
    ledger,
    schema,
    settings: job.settings,
    clock,
    compute,
    pageSize,
    judge: (more) => held.judge(more),
    read: (anchors) => readNow('User', anchors),
    remove: async (gone) => take(await contextFor(gone.length), gone, removalPass, true),
    renew: async (anchors) => takeAgain(await contextFor(anchors.length), 'User', anchors, referencePass, false),
  })

  async function writeWantedMemberships(context: CycleContext): Promise<void> {
    while (membershipsWanted.size > 0) {
      const batch = [...membershipsWanted].slice(0, rereadMax)
      for (const anchor of batch) membershipsWanted.delete(anchor)
      await takeAgain(context, 'Group', batch, membershipPass, false)
    }
  }

  // ---- writes of which nobody knows what became of them; the objects themselves come with the feed, or after it
  for (const { source: object, told } of await settleAhead(contextWith(liveView(target)))) {
    cycle = { ...cycle, counters: tallyResults(cycle.counters, told) }
    noteTold(object, told)
  }

  // ---- objects
  let watermark = cycle.position
  const doneBefore = cycle.objectsDone
  const pages = createPageCount()
  for await (const page of source.readChanges({ watermark: cycle.position, pageSize })) {
    stopIfAsked()
    cycle = {
      ...cycle,
      objectsKnown: Math.max(cycle.objectsKnown, doneBefore + page.objectsKnown),
      pagesKnown: cycle.pagesDone + 1 + pages.ahead(page),
    }
    const context = await contextFor(page.objectsKnown)
    isLastPage = page.isLast
    if (leavers.isWorthIt(page.objectsKnown))
      lanes.leavers.start(() => leavers.watch(page.watermark, page.objectsKnown, watchIsOver.signal))
    await take(context, await leavers.firstOf(page.objects, page.objectsKnown), firstPass, true)
    for (const lane of Object.values(lanes) as readonly SideLane[]) if (lane.hasFailed) await lane.settle()
    watermark = page.watermark
    cycle = {
      ...cycle,
      pagesDone: cycle.pagesDone + 1,
      position: watermark,
      ...(page.objects.length > 0 ? { brokenSince: null } : {}),
    }
    publish()
    await ledger.saveCycle(cycle)
  }

  // ---- objects that failed earlier and are due (spec 6.2 step 2); those met in the feed have had their turn
  const isOver = ({ objectType, sourceAnchor }: Owner): boolean => attempted.has(keyOf(objectType, sourceAnchor))
  const failedEarlier = (await ledger.escrowDue(cycle.beganAt, Number.MAX_SAFE_INTEGER)).filter((each) => !isOver(each))
  // Writes of which nobody knows what became of them, or did not before; who failed with one comes when it is tried again.
  for (const each of openWrites.owners()) unanswered.set(keyOf(each.objectType, each.sourceAnchor), each)
  const unknown = await withoutEscrow([...unanswered.values()].filter((each) => !isOver(each)))
  const due: readonly Owner[] = [...failedEarlier, ...unknown]
  const context = await contextFor(due.length)
  cycle = { ...cycle, objectsKnown: Math.max(cycle.objectsKnown, cycle.objectsDone + due.length) }
  for (const objectType of ['User', 'Group'] as const) {
    await takeAgain(
      context,
      objectType,
      due.filter((entry) => entry.objectType === objectType).map((entry) => entry.sourceAnchor),
      firstPass,
      true,
    )
  }

  // ---- references
  phase = 'references'
  publish()
  if (request.isResumed) for (const anchor of await allLinkedGroups(ledger)) membershipsToCheck.add(anchor)
  want(await overdueReferences())
  await lanes.references.settle()
  await writeReferences(context)
  await lanes.memberships.settle()
  const onlyToCheck = [...membershipsToCheck].filter((anchor) => !membershipsWanted.has(anchor))
  await writeWantedMemberships(context)
  await takeAgain(context, 'Group', onlyToCheck, quietMembershipPass, false)

  // ---- held removals: each is judged again by what the source says now, and all of them by how many they are
  phase = 'removals'
  publish()
  watchIsOver.abort(new Error('All removals have their turn now.'))
  await lanes.leavers.settle()
  async function takeHeld(removals: readonly HeldRemoval[], options: PassOptions): Promise<void> {
    for (const objectType of ['User', 'Group'] as const) {
      const anchors = removals.filter((each) => each.objectType === objectType).map((each) => each.sourceAnchor)
      await takeAgain(context, objectType, anchors, options, false)
    }
  }
  // First what an administrator has agreed to: within the hours of the window it counts as done.
  await takeHeld(held.approved(), removalPass)
  let verdict = await held.judge()
  if (verdict.kind === 'tooMany') {
    await takeHeld(held.unanswered(), recheckPass)
    verdict = await held.judge()
  }
  await takeHeld(held.unanswered(), verdict.kind === 'allowed' ? removalPass : stagePass)
  const staged = held.stagedCount()

  phase = 'ended'
  publish()
  if (watermark === null) throw new Error('A whole feed has a last page, and that a watermark.')
  const hasFailures = Object.keys(cycle.counters.failed).length > 0
  return {
    cycle: { ...cycle, endedAt: clock.now(), state: hasFailures ? 'EntryLevelErrors' : 'Succeeded' },
    watermark,
    staged:
      verdict.kind === 'tooMany' && staged > 0
        ? // What an interrupted cycle has staged may not have been told of.
          { count: staged, because: verdict.because, areSame: !request.isResumed && !held.hasNewlyStaged() }
        : null,
  }
}

async function allLinkedGroups(ledger: Ledger): Promise<readonly string[]> {
  const anchors: string[] = []
  let after: string | null = null
  for (;;) {
    const page = await ledger.listLinks('Group', after, rereadMax)
    anchors.push(...page.map((link) => link.sourceAnchor))
    const last = page.at(-1)
    if (last === undefined) return anchors
    after = last.sourceAnchor
  }
}
