/*
 * The objects of a cycle: the feed, page by page, each saved as the place to go on from; then those the feed says nothing
 * of, because they failed earlier or a write about them was never answered for.
 */
import type { SourceConnector } from '../connectors/source.ts'
import type { StopSignal } from '../vocabulary/index.ts'
import type { CycleContexts } from './cycle-contexts.ts'
import type { CycleSheet } from './cycle-sheet.ts'
import type { LateWork } from './write-late.ts'
import type { LeaversFirst } from './leavers-first.ts'
import type { Ledger } from './ledger.ts'
import { createPageCount } from './page-count.ts'
import { firstPass } from './passes.ts'
import { stopIfAsked, type PassRunner } from './run-pass.ts'
import type { SideLane } from './side-lane.ts'
import type { StillDue } from './still-due.ts'

export interface FeedOptions {
  readonly source: SourceConnector
  readonly ledger: Ledger
  readonly sheet: CycleSheet
  readonly contexts: CycleContexts
  readonly passes: PassRunner
  readonly leavers: LeaversFirst
  readonly lateWork: LateWork
  readonly lanes: readonly SideLane[]
  /** Leavers of later pages go first while this goes on. */
  readonly watchLeavers: (watermark: string, objectsKnown: number) => void
  readonly pageSize: number
  readonly stop: StopSignal
}

/** Answers the watermark behind the last page. */
export async function readFeed(options: FeedOptions): Promise<string> {
  const { source, ledger, sheet, contexts, passes, leavers, lateWork, pageSize, stop } = options
  const doneBefore = sheet.cycle.objectsDone
  const pages = createPageCount()
  for await (const page of source.readChanges({ watermark: sheet.cycle.position, pageSize })) {
    stopIfAsked(stop)
    const { objectsKnown, pagesDone } = sheet.cycle
    sheet.change({
      objectsKnown: Math.max(objectsKnown, doneBefore + page.objectsKnown),
      pagesKnown: pagesDone + 1 + pages.ahead(page),
    })
    const context = await contexts.ahead(page.objectsKnown)
    lateWork.notePage(page)
    if (leavers.isWorthIt(page.objectsKnown)) options.watchLeavers(page.watermark, page.objectsKnown)
    await passes.run(context, await leavers.firstOf(page.objects, page.objectsKnown), firstPass, true)
    for (const lane of options.lanes) if (lane.hasFailed) await lane.settle()
    sheet.change({
      pagesDone: pagesDone + 1,
      position: page.watermark,
      ...(page.objects.length > 0 ? { brokenSince: null } : {}),
    })
    sheet.publish()
    await ledger.saveCycle(sheet.cycle)
  }
  const { position } = sheet.cycle
  if (position === null) throw new Error('A whole feed has a last page, and that a watermark.')
  return position
}

export async function takeStillDue(
  { sheet, contexts, passes }: Pick<FeedOptions, 'sheet' | 'contexts' | 'passes'>,
  stillDue: StillDue,
): Promise<void> {
  const due = await stillDue.rest(sheet.cycle.beganAt)
  const context = await contexts.ahead(due.length)
  const { objectsDone, objectsKnown } = sheet.cycle
  sheet.change({ objectsKnown: Math.max(objectsKnown, objectsDone + due.length) })
  for (const objectType of ['User', 'Group'] as const) {
    const anchors = due.filter((owner) => owner.objectType === objectType).map((owner) => owner.sourceAnchor)
    await passes.runAgain(context, objectType, anchors, firstPass, true)
  }
}
