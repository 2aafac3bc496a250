/*
 * The tree of a regular expression in .NET's dialect (expressions.md 9.3).
 */
import type { CharacterSet } from './character-set.ts'

export type AssertionKind =
  | 'textStart'
  | 'lineStart'
  | 'textEnd'
  /** `$` and `\Z`: the end, or before a final line feed. */
  | 'finalLineEnd'
  | 'lineEnd'
  | 'wordBoundary'
  | 'noWordBoundary'

export type PatternNode =
  | { readonly type: 'empty' }
  | { readonly type: 'set'; readonly set: CharacterSet }
  | { readonly type: 'sequence'; readonly items: readonly PatternNode[] }
  | { readonly type: 'choice'; readonly items: readonly PatternNode[] }
  | { readonly type: 'group'; readonly number: number; readonly body: PatternNode }
  | {
      readonly type: 'repeat'
      readonly body: PatternNode
      readonly min: number
      /** Infinity without an upper bound. */
      readonly max: number
      readonly isGreedy: boolean
    }
  | { readonly type: 'reference'; readonly number: number; readonly ignoresCase: boolean }
  | { readonly type: 'assertion'; readonly kind: AssertionKind }
  | { readonly type: 'look'; readonly isBehind: boolean; readonly isNegative: boolean; readonly body: PatternNode }
  | { readonly type: 'atomic'; readonly body: PatternNode }

/** Groups by number and name: unnamed ones are numbered first, from left to right, then the named ones. */
export interface Groups {
  readonly numbers: ReadonlySet<number>
  readonly numbersByName: ReadonlyMap<string, number>
  /** The highest number, which is what `$+` stands for. */
  readonly last: number
}

export interface Pattern {
  readonly root: PatternNode
  readonly groups: Groups
}

/** The pattern is no regular expression of the dialect, or uses a part of it that is refused. */
export class PatternFailure extends Error {
  override readonly name = 'PatternFailure'
  /** Offset in the pattern. */
  readonly offset: number

  constructor(offset: number, message: string) {
    super(message)
    this.offset = offset
  }
}
