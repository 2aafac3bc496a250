/*
 * What every step of a cycle has at hand: both sides, the compiled rules, the memory, the clock. Built once a cycle.
 */
import type { TargetDescription } from '../connectors/target.ts'
import type { SourceConnector } from '../connectors/source.ts'
import type { CompiledSchema, LogFrame } from '../provisioning/index.ts'
import type { Clock, JobSettings } from '../vocabulary/index.ts'
import type { Compute } from './give-way.ts'
import type { Ledger } from './ledger.ts'
import type { LinkBook } from './link-book.ts'
import type { MatchTurns } from './match-turns.ts'
import type { NameBook } from './name-book.ts'
import type { OpenWrites } from './open-writes.ts'
import type { Readings } from './readings.ts'
import type { TargetView } from './target-view.ts'
import type { WriteGate } from './write-gate.ts'

export interface CycleContext {
  readonly source: SourceConnector
  readonly target: TargetView
  readonly targetDescription: TargetDescription
  readonly schema: CompiledSchema
  readonly settings: JobSettings
  readonly ledger: Ledger
  readonly links: LinkBook
  readonly turns: MatchTurns
  /** One object is worked on by one at a time: the cycle, or whoever asks for it on demand. */
  readonly objectTurns: MatchTurns
  /** What was asked for on demand since the cycle began, and under which version of the schema: what was read of it before is old. */
  readonly demanded: Map<string, string>
  readonly readings: Readings
  readonly names: NameBook
  readonly openWrites: OpenWrites
  readonly frame: LogFrame
  readonly clock: Clock
  /** Evaluates an object when nobody else has waited for long. */
  readonly compute: Compute
  /** The instant all expressions of this cycle see as `Now()` (expressions.md section 7). */
  readonly now: number
  readonly newId: () => string
  /** What each write passes; `null`: whatever is to be done is sent. */
  readonly gate: WriteGate | null
}
