/*
 * What writers of mappings are told: what an expression gives, what there is to write one with, and what another schema
 * would change for everybody. Shapes of JSON, but for the facts, which the lint reads.
 */
import type { DirectoryEntry } from './reports.ts'
import type { ObjectTypeName, TargetValue } from './objects.ts'
import type { AttributeType, FlowType } from './synchronization-schema.ts'

/** How many people have an attribute, and what one of them has. */
export interface AttributeFact {
  readonly people: number
  readonly example: string | null
}

/** Who has what, among the people of the directory; attributes nobody has may be missing. */
export interface PopulationFacts {
  readonly people: number
  readonly attributes: ReadonlyMap<string, AttributeFact>
}

// ---------------------------------------------------------------- trying an expression

/** The kinds of value the language computes with (expressions.md 5.1). */
export type ValueType = 'null' | 'text' | 'integer' | 'decimal' | 'boolean' | 'date' | 'list' | 'roles'

export type ExpressionValue =
  | string
  | null
  | readonly string[]
  | readonly { readonly id: string; readonly value: string | null; readonly displayName: string | null }[]

/** A place in the text of an expression: an offset from 0, line and column from 1, in UTF-16 code units. */
export interface ExpressionPlace {
  readonly position: number
  readonly line: number
  readonly column: number
}

export interface ExpressionProblem extends ExpressionPlace {
  readonly kind: string
  readonly message: string
  readonly hint: string | null
}

export interface ExpressionNote extends ExpressionPlace {
  readonly rule: string
  readonly message: string
}

/** What an expression, or a part of it, gave. */
export type PartOutcome =
  | { readonly outcome: 'value'; readonly type: ValueType; readonly value: ExpressionValue }
  /** The expression uses `Redact`: there is a value, and nobody is shown it. */
  | { readonly outcome: 'redacted' }
  | { readonly outcome: 'ignoreAttribute' | 'ignoreObject' }
  | { readonly outcome: 'error'; readonly problem: ExpressionProblem }
  /** A branch that was not taken, or something after an error. */
  | { readonly outcome: 'notEvaluated' }

export interface TriedPart {
  readonly text: string
  /** 0 for the whole expression. */
  readonly depth: number
  readonly result: PartOutcome
}

/** What the target does with a value (slack.md). */
export interface ValueFinding {
  /** `refused`: the write fails; `changed`: it is stored in another spelling. */
  readonly verdict: 'refused' | 'changed'
  /** The target's own name for it, where it has one. */
  readonly code: string | null
  readonly message: string
}

/** The result as the target attribute takes it. */
export type TargetTry =
  | { readonly kind: 'value'; readonly value: TargetValue; readonly findings: readonly ValueFinding[] }
  | { readonly kind: 'absent'; readonly isRequired: boolean }
  | { readonly kind: 'reference'; readonly anchors: readonly string[] }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  | { readonly kind: 'redacted'; readonly findings: readonly ValueFinding[] }

export interface PersonTry {
  /** `null` for attributes that were given by hand. */
  readonly person: DirectoryEntry | null
  /** Why this person was taken when none was named. */
  readonly chosenBecause: string | null
  readonly result: PartOutcome
  /** The whole expression first, then its parts in the order of the text; constants are left out. */
  readonly parts: readonly TriedPart[]
  readonly target: TargetTry | null
}

export interface TargetAttribute {
  readonly name: string
  readonly type: AttributeType
  readonly isRequired: boolean
  readonly isMultivalued: boolean
}

export interface ExpressionTry {
  readonly objectType: ObjectTypeName
  readonly expression: string
  /** What is wrong with the text itself; nothing was evaluated then. */
  readonly problems: readonly ExpressionProblem[]
  readonly warnings: readonly ExpressionNote[]
  readonly target: TargetAttribute | null
  readonly tries: readonly PersonTry[]
}

// ---------------------------------------------------------------- what there is to write with

export interface FunctionHelp {
  readonly name: string
  /** `Left(String, NumChars)`; `?` marks what may be left out, `...` what repeats. */
  readonly signature: string
  readonly documentation: string
  readonly parameters: readonly {
    readonly name: string
    readonly type: AttributeType
    readonly isRequired: boolean
    readonly repeats: boolean
    /** Null there is an error; elsewhere it is not. */
    readonly failsOnNull: boolean
  }[]
  readonly examples: readonly {
    readonly expression: string
    /** The attributes it was evaluated with, as JSON. */
    readonly attributes: string
    /** The result as JSON, or a regular expression for a random one. */
    readonly result: string
  }[]
  /** What the first example gives for an object without any of its attributes, in words; `null` when it reads none. */
  readonly whenNull: string | null
}

export interface FilterOperatorHelp {
  readonly name: string
  readonly takesValue: boolean
  readonly types: readonly AttributeType[]
}

export interface AttributeHelp {
  readonly name: string
  readonly type: AttributeType
  readonly isRequired: boolean
  readonly isMultivalued: boolean
  /** How many have a value, and what one of them has; `null` when nobody has one or it is redacted. */
  readonly people: number
  readonly example: string | null
}

export interface SourceAttributeHelp extends AttributeHelp {
  /** Target attributes whose mappings read it. */
  readonly readBy: readonly string[]
  /** Whether a scoping filter may ask for it (expressions.md section 11). */
  readonly isFilterable: boolean
}

export interface TargetAttributeHelp extends AttributeHelp {
  /** The text of its mapping; `null` when it is not mapped. */
  readonly expression: string | null
  readonly flowType: FlowType | null
  /** Above 0: accounts are looked up by it. */
  readonly matchingPriority: number
}

/** Everything an editor offers to somebody who writes a mapping or a scoping filter. */
export interface Completion {
  readonly objectType: ObjectTypeName
  /** Objects of the source, and linked objects of the target: what the counts are of. */
  readonly sourcePeople: number
  readonly targetPeople: number
  readonly functions: readonly FunctionHelp[]
  readonly operators: readonly string[]
  readonly keywords: readonly string[]
  readonly filterOperators: readonly FilterOperatorHelp[]
  readonly source: readonly SourceAttributeHelp[]
  readonly target: readonly TargetAttributeHelp[]
}

// ---------------------------------------------------------------- what another schema would change

/**
 * What another schema, or a plan, would do to somebody. The first group takes something away or keeps it from arriving, the second
 * changes something, the third mends something.
 */
export type DiffEffect =
  | 'isDisabled'
  | 'isDeleted'
  | 'getsNoAccount'
  | 'mappingFails'
  | 'requiredIsMissing'
  | 'isRefused'
  | 'collides'
  | 'isCleared'
  | 'isSkipped'
  | 'isLeftAlone'
  | 'losesMembers'
  | 'changes'
  | 'isNotGiven'
  | 'appears'
  | 'entersScope'
  | 'onlyNewAccounts'
  | 'isCreated'
  | 'isActivated'
  | 'getsMembers'
  | 'isKept'
  | 'mappingWorks'
  | 'requiredIsThere'
  | 'isAccepted'
  | 'collidesNoMore'

export type DiffWeight = 'harmful' | 'change' | 'mended'

export interface DiffExample {
  readonly objectId: string
  readonly displayName: string
  readonly before: string | null
  readonly after: string | null
}

/** Everybody to whom the same happens. */
export interface DiffCluster {
  readonly effect: DiffEffect
  readonly weight: DiffWeight
  readonly objectType: ObjectTypeName
  /** The target attribute concerned, where it is one. */
  readonly attribute: string | null
  /** The clause, error, rule or kind of change that they have in common. */
  readonly cause: string | null
  /** In words, to stand behind the number. */
  readonly title: string
  readonly count: number
  /** Of those, the ones who have an account already; `null` where that is not counted. */
  readonly linked: number | null
  readonly examples: readonly DiffExample[]
}

export interface DiffTotals {
  /** Objects of the source that are there. */
  readonly objects: number
  readonly inScopeBefore: number
  readonly inScopeAfter: number
  /** Objects to whom nothing at all happens. */
  readonly untouched: number
}

/** What another schema would change for everybody; nothing was written or asked of the target. */
export interface PopulationDiff {
  readonly totals: Readonly<Record<ObjectTypeName, DiffTotals>>
  /** Harmful ones first, then by how many they concern. */
  readonly clusters: readonly DiffCluster[]
}

/** One line of the stream. */
export type PopulationDiffLine =
  | { readonly type: 'progress'; readonly done: number; readonly known: number }
  | { readonly type: 'diff'; readonly diff: PopulationDiff }
  | { readonly type: 'error'; readonly message: string }
