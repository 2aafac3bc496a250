/*
 * Runs objects through a pass of the cycle: looks up what is remembered of them, takes as many at once as the target bears, and notes what
 * came of it for those who come later in the cycle.
 */
import type { CompiledSchema } from '../provisioning/index.ts'
import { isDueCode } from '../provisioning/index.ts'
import type { ObjectTypeName, SourceObject, StopSignal } from '../vocabulary/index.ts'
import type { CycleContext } from './cycle-context.ts'
import type { CycleSheet } from './cycle-sheet.ts'
import { CycleStoppedError } from './cycle-stopped.ts'
import type { LentContext } from './demand-desk.ts'
import type { HeldRemovals } from './held-removals.ts'
import { inFlight } from './in-flight.ts'
import type { StillToWrite } from './still-to-write.ts'
import { leaveUnknown } from './leave-unknown.ts'
import { objectKey } from './object-key.ts'
import type { ObjectFacts, ObjectReport, PassOptions } from './object-run.ts'
import { provisionObject } from './provision-object.ts'
import type { StillDue } from './still-due.ts'
import { tallyReport } from './tally.ts'

/** Objects read again in one go. */
const rereadMax = 500

export interface PassRunner {
  /** `isFirst`: they have not had a turn in this cycle. */
  run(context: CycleContext, objects: readonly SourceObject[], pass: PassOptions, isFirst: boolean): Promise<void>
  /** Reads objects as they are now, and runs them. */
  runAgain(
    context: CycleContext,
    objectType: ObjectTypeName,
    anchors: readonly string[],
    pass: PassOptions,
    isFirst: boolean,
  ): Promise<void>
  /** The same for these users or groups as long as there are some: others may come while it goes on. */
  runAll(context: CycleContext, objectType: ObjectTypeName, wanted: Set<string>, pass: PassOptions): Promise<void>
  /** Objects as they are now, in the order asked for; who is missing from the answer is missing here. */
  readNow(objectType: ObjectTypeName, anchors: readonly string[]): Promise<readonly SourceObject[]>
}

export interface PassRunnerOptions {
  readonly lent: LentContext
  readonly schema: CompiledSchema
  readonly sheet: CycleSheet
  readonly held: HeldRemovals
  readonly toWrite: StillToWrite
  readonly due: StillDue
  readonly stop: StopSignal
  /** Told of what earlier writes turned out to have done, whoever they were about. */
  readonly noteTold: (object: SourceObject, told: ObjectReport['told']) => void
  /** Objects of a type are about to have their first turn. */
  readonly onBatch: (objectType: ObjectTypeName) => void
  /** An object has had its first turn. */
  readonly onFirstTurn: (context: CycleContext) => void
}

export function stopIfAsked(stop: StopSignal): void {
  if (stop.aborted) throw new CycleStoppedError('The cycle was stopped and goes on from its last saved page.')
}

export function createPassRunner(options: PassRunnerOptions): PassRunner {
  const { schema, sheet, held, toWrite, due, stop } = options
  const { source, ledger, links, names, readings, targetDescription } = options.lent
  const { concurrencyMax } = targetDescription.capabilities

  function noteReport(object: SourceObject, report: ObjectReport, isFirst: boolean): void {
    const isUser = object.objectType === 'User'
    sheet.count((counters) => tallyReport(counters, report, isFirst))
    toWrite.noteWaiting(report.deferred)
    held.note(object, report.hold)
    options.noteTold(object, report.told)
    if (report.inScope && isUser) links.noteStaying(object.anchor)
    if (report.result?.status === 'failure' || isDueCode(report.result?.errorCode)) due.noteFailure(object)
    if (report.wantsMemberships) toWrite.memberships.add(object.anchor)
    if (report.becameLinked && isUser) toWrite.noteArrival(object.anchor)
  }

  async function runType(
    context: CycleContext,
    objectType: ObjectTypeName,
    objects: readonly SourceObject[],
    pass: PassOptions,
    isFirst: boolean,
  ): Promise<void> {
    if (isFirst) options.onBatch(objectType)
    const anchors = objects.map((object) => object.anchor)
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
      await toWrite.readWaitingFor(anchors)
      await links.users(
        objects.flatMap(({ attributes: { manager } }) => (typeof manager === 'string' ? [manager] : [])),
      )
    }
    await inFlight(objects, concurrencyMax, async (object) => {
      stopIfAsked(stop)
      const facts: ObjectFacts = {
        link: known.get(object.anchor),
        escrow: escrow.get(object.anchor),
        held: held.of(objectType, object.anchor),
        reading,
      }
      due.noteTurn(object, facts.escrow !== undefined)
      const report = await provisionObject(context, object, facts, pass)
      if (report !== null) noteReport(object, report, isFirst)
      if (isFirst) {
        options.onFirstTurn(context)
        sheet.change({ objectsDone: sheet.cycle.objectsDone + 1 })
      }
      sheet.publish()
    })
    reading.close()
  }

  const saidUnknown = new Set<string>()
  async function noteUnknown(
    context: CycleContext,
    objectType: ObjectTypeName,
    anchors: readonly string[],
  ): Promise<void> {
    const unknown = anchors.filter((anchor) => !saidUnknown.has(objectKey({ objectType, anchor })))
    if (unknown.length === 0) return
    const known = await ledger.linksBySource(objectType, unknown)
    const escrow = await ledger.escrow(objectType, unknown)
    for (const anchor of unknown) {
      saidUnknown.add(objectKey({ objectType, anchor }))
      await leaveUnknown(context, objectType, anchor, {
        link: known.get(anchor),
        escrow: escrow.get(anchor),
        held: held.of(objectType, anchor),
      })
    }
  }

  const passes: PassRunner = {
    async run(context, objects, pass, isFirst) {
      for (const objectType of ['User', 'Group'] as const) {
        const ofType = objects.filter((object) => object.objectType === objectType)
        if (ofType.length > 0) await runType(context, objectType, ofType, pass, isFirst)
      }
    },
    async readNow(objectType, anchors) {
      const found = new Map((await source.readObjects(objectType, anchors)).map((object) => [object.anchor, object]))
      return anchors.flatMap((anchor) => found.get(anchor) ?? [])
    },
    async runAgain(context, objectType, anchors, pass, isFirst) {
      for (let start = 0; start < anchors.length; start += rereadMax) {
        const batch = anchors.slice(start, start + rereadMax)
        const objects = await passes.readNow(objectType, batch)
        await passes.run(context, objects, pass, isFirst)
        const found = new Set(objects.map((object) => object.anchor))
        await noteUnknown(
          context,
          objectType,
          batch.filter((anchor) => !found.has(anchor)),
        )
      }
    },
    async runAll(context, objectType, wanted, pass) {
      while (wanted.size > 0) {
        const batch = [...wanted].slice(0, rereadMax)
        for (const anchor of batch) wanted.delete(anchor)
        await passes.runAgain(context, objectType, batch, pass, false)
      }
    },
  }
  return passes
}
