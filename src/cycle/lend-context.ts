/*
 * What everybody who writes for a job at the same time shares: a cycle, those who ask for somebody on demand meanwhile, an
 * undo. It is as fresh as the store when it is made.
 */
import type { SourceConnector } from '../connectors/source.ts'
import type { TargetConnector } from '../connectors/target.ts'
import { believedSource } from './believed-source.ts'
import type { CyclePorts } from './cycle-ports.ts'
import type { LentContext } from './demand-desk.ts'
import { createCompute } from './give-way.ts'
import { openLinkBook } from './link-book.ts'
import { createMatchTurns } from './match-turns.ts'
import { openNameBook } from './name-book.ts'
import { readOpenWrites } from './open-writes.ts'
import { createReadings } from './readings.ts'
import { liveView } from './target-view.ts'

export interface Connected {
  readonly source: SourceConnector
  readonly target: TargetConnector
}

export async function lentBy(
  { clock, newId, stopwatch }: Pick<CyclePorts, 'clock' | 'newId' | 'stopwatch'>,
  { source, target }: Connected,
  ledger: LentContext['ledger'],
): Promise<LentContext> {
  const turns = createMatchTurns()
  return {
    source: believedSource(source),
    target: liveView(target),
    targetDescription: target.describe(),
    ledger,
    links: openLinkBook(ledger),
    turns,
    objectTurns: createMatchTurns(),
    demanded: new Map(),
    readings: createReadings(),
    names: openNameBook(ledger, turns),
    openWrites: await readOpenWrites(ledger),
    clock,
    compute: createCompute(stopwatch),
    newId,
  }
}
