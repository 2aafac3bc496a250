/*
 * One cycle, a short list of passes: objects (with references to whoever is linked on the way), memberships and what was
 * left of the references, held removals (style.md section 4). A stopped cycle goes on from its last saved page.
 */
import type { SourceConnector } from '../connectors/source.ts'
import type { TargetConnector } from '../connectors/target.ts'
import { compileSchema } from '../provisioning/index.ts'
import type { Clock, Cycle, SourceObject, StopSignal, SynchronizationJob } from '../vocabulary/index.ts'
import { believedSource } from './believed-source.ts'
import { createCycleContexts } from './cycle-contexts.ts'
import { openCycleSheet } from './cycle-sheet.ts'
import { decideRemovals } from './decide-removals.ts'
import type { DemandDoor } from './demand-desk.ts'
import { openHeldRemovals } from './held-removals.ts'
import { createLateWork } from './write-late.ts'
import { createStillToWrite } from './still-to-write.ts'
import { createLeaversFirst } from './leavers-first.ts'
import type { Ledger } from './ledger.ts'
import { lentBy } from './lend-context.ts'
import type { ObjectReport } from './object-run.ts'
import { referencePass, removalPass } from './passes.ts'
import type { ProgressBoard } from './progress.ts'
import { readFeed, takeStillDue } from './read-feed.ts'
import { createPassRunner } from './run-pass.ts'
import { settleAhead, touchesMembers } from './settle-ahead.ts'
import { createSideLane, type SideLane } from './side-lane.ts'
import { createStillDue } from './still-due.ts'
import { tallyResults } from './tally.ts'
import type { WriteGate } from './write-gate.ts'

/** Objects in one page of the change feed: what a stop loses at most, and what one look-up of links covers. */
const pageSize = 500

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

/** What is written beside the objects, each on a budget of its own (slack.md 6.3). */
interface Lanes {
  readonly references: SideLane
  readonly memberships: SideLane
  readonly leavers: SideLane
}

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

async function runPasses(request: CycleRequest, lanes: Lanes, watchIsOver: AbortController): Promise<CycleEnd> {
  const { job, target, ledger, clock, stop, gate, isResumed } = request
  const { settings } = job
  const schema = compileSchema(job.schema)
  const sheet = openCycleSheet(request)
  const { cycleId, kind } = sheet.cycle
  await believedSource(request.source).checkCredentials()
  await target.checkCredentials()
  sheet.publish()

  const lent = await lentBy(request, request, ledger)
  const { source, links, compute } = lent
  const contexts = createCycleContexts(request, lent, schema, sheet)
  const due = createStillDue(ledger, lent.openWrites)
  // An initial cycle evaluates everybody anyway (spec 5.5).
  const repairsReferences = settings.repairsReferences || kind === 'initial'
  const toWrite = createStillToWrite({ ledger, links, repairsReferences })

  // What an interrupted cycle has removed counts when it goes on. Nobody remembers which of it had been approved.
  const goneBefore = isResumed ? await ledger.countRemovalsIn(cycleId) : 0
  /** Whose removal turns out to have been done before the interruption. */
  const foundGone = new Set<string>()
  function noteTold({ anchor }: SourceObject, told: ObjectReport['told']): void {
    if (isResumed && told.some(({ action }) => action === 'disable' || action === 'delete')) foundGone.add(anchor)
  }
  const held = await openHeldRemovals({
    ledger,
    prevention: { ...settings.deletionPrevention, ...(gate?.allowsRemovals === true ? { isOn: false } : {}) },
    clock,
    goneAlready: () => goneBefore + new Set([...leavers.gone, ...foundGone]).size,
  })
  // Of what an interrupted cycle has held its memory is gone.
  for (const { objectType, sourceAnchor } of [...held.approved(), ...held.unanswered()])
    if (objectType === 'User') links.noteLeaving(sourceAnchor)
  request.door?.open({ lent: contexts.forVisitors, note: (object, report) => held.note(object, report.hold) })

  const passes = createPassRunner({
    lent,
    schema,
    sheet,
    held,
    toWrite,
    due,
    stop,
    noteTold,
    onBatch: (objectType) => lateWork.noteBatch(objectType),
    onFirstTurn: (context) => lateWork.beginBeside(context),
  })
  const lateWork = createLateWork({ toWrite, lanes, passes, ledger, isResumed })
  const leavers = createLeaversFirst({
    source,
    ledger,
    schema,
    settings,
    clock,
    compute,
    pageSize,
    judge: (more) => held.judge(more),
    read: (anchors) => passes.readNow('User', anchors),
    remove: async (gone) => passes.run(await contexts.ahead(gone.length), gone, removalPass, true),
    renew: async (anchors) =>
      passes.runAgain(await contexts.ahead(anchors.length), 'User', anchors, referencePass, false),
  })

  // ---- writes of which nobody knows what became of them; the objects themselves come with the feed, or after it
  for (const { source: object, told } of await settleAhead(contexts.live, touchesMembers)) {
    sheet.count((counters) => tallyResults(counters, told))
    noteTold(object, told)
  }

  // ---- objects
  const watermark = await readFeed({
    source,
    ledger,
    sheet,
    contexts,
    passes,
    leavers,
    lateWork,
    lanes: Object.values(lanes) as readonly SideLane[],
    watchLeavers: (from, objectsKnown) =>
      lanes.leavers.start(() => leavers.watch(from, objectsKnown, watchIsOver.signal)),
    pageSize,
    stop,
  })
  await takeStillDue({ sheet, contexts, passes }, due)
  const context = await contexts.ahead(0)

  sheet.enter('references')
  await lateWork.finish(context)

  sheet.enter('removals')
  watchIsOver.abort(new Error('All removals have their turn now.'))
  await lanes.leavers.settle()
  const verdict = await decideRemovals(context, held, passes)
  const staged = held.stagedCount()

  return {
    cycle: sheet.end(clock.now()),
    watermark,
    staged:
      verdict.kind === 'tooMany' && staged > 0
        ? // What an interrupted cycle has staged may not have been told of.
          { count: staged, because: verdict.because, areSame: !isResumed && !held.hasNewlyStaged() }
        : null,
  }
}
