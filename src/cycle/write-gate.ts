/*
 * What each write passes before it is sent (`carry-out.ts`): when a plan is made it is written down there, when a plan is
 * carried out only what was planned goes through.
 */
import type { WriteReceipt } from '../connectors/target.ts'
import type { CompiledObjectMapping, ScopeDecision } from '../provisioning/index.ts'
import type { BeforeImage, PlanMoved, PlannedWriteEnd, SourceObject, TargetWrite } from '../vocabulary/index.ts'

/** Whose write it is, and why it is to be. */
export interface Writer {
  readonly source: SourceObject
  readonly mapping: CompiledObjectMapping
  readonly scope: ScopeDecision
}

export type WriteEnd =
  { readonly kind: 'done'; readonly receipt: WriteReceipt } | { readonly kind: 'refused'; readonly reason: string }

export type Admission =
  | {
      readonly kind: 'admitted'
      /** What the end of the write says of planned ones. */
      ended(end: WriteEnd): readonly PlannedWriteEnd[]
    }
  | {
      readonly kind: 'withheld'
      readonly moved: PlanMoved
      readonly because: string
      readonly ends: readonly PlannedWriteEnd[]
    }

export interface WriteGate {
  /** What `Now()` is in expressions: the plan's own instant. */
  readonly now: number
  /** Whoever applied the plan has seen its removals: no threshold holds them back. */
  readonly allowsRemovals: boolean
  /** Asked before each write. */
  admit(writer: Writer, write: TargetWrite, image: BeforeImage): Promise<Admission>
}
