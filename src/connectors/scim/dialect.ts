/*
 * What differs between one SCIM target and another (slack.md section 11): names, bodies, shapes, errors, limits. Everything
 * here is a value or a pure function; sending is the client's.
 */
import type { ObjectTypeName, TargetAttributes, TargetObject } from '../../vocabulary/index.ts'
import type { AttributeWrite, TargetDescription } from '../target.ts'
import type { ErrorMeaning, ErrorNames } from './error-names.ts'
import type { JsonRecord } from './json.ts'
import type { RateLimits } from './rate-limiter.ts'

/** A request body and what of the wish it carries. */
export interface WriteBody {
  /** `null` when nothing is left to send. */
  readonly body: JsonRecord | null
  readonly sent: readonly AttributeWrite[]
  /** What could not be put into the body, a sentence each. */
  readonly warnings: readonly string[]
}

export interface MemberChanges {
  readonly add: readonly string[]
  readonly remove: readonly string[]
}

export interface ScimDialect {
  /** `slack-v1`, for logs. */
  readonly name: string
  readonly targetName: string
  /** Below the base URL, e.g. `/scim/v1`. */
  readonly basePath: string
  readonly contentType: string
  readonly capabilities: TargetDescription['capabilities']
  readonly errorNames: ErrorNames
  /** For targets whose statuses mean something; Slack publishes none (slack.md, "How to read this file"). */
  readonly statusMeanings?: ReadonlyMap<number, ErrorMeaning>
  /** More of the query when one object is looked for, e.g. `excludedAttributes=members`; '' for nothing. */
  findQuery?(objectType: ObjectTypeName): string
  /** Whether lists can be filtered at all; without it, they can. */
  canFilter?(): boolean
  /** Names of errors that mean "this list cannot be filtered so". */
  readonly filterRefusals: ReadonlySet<string>
  /** Names of errors that mean "one of these members cannot be in the group". */
  readonly memberRefusals: ReadonlySet<string>
  readonly rateLimits: RateLimits | null
  /** The name a filter uses for a mapping attribute; `undefined` when it cannot be asked for. */
  filterName(objectType: ObjectTypeName, attribute: string): string | undefined
  /** Every value a filter on the attribute compares with (for e-mail: the secondary address too). */
  filteredValues(objectType: ObjectTypeName, resource: JsonRecord, attribute: string): readonly string[]
  /** The resource by the mapping's names; `null` when it has no id and so is none. */
  readResource(objectType: ObjectTypeName, resource: JsonRecord): TargetObject | null
  createBody(objectType: ObjectTypeName, attributes: TargetAttributes): WriteBody
  updateBody(objectType: ObjectTypeName, changes: readonly AttributeWrite[], known: TargetAttributes): WriteBody
  membersBody(changes: MemberChanges): JsonRecord
  disableBody(): JsonRecord
  /** What would be read back if these attributes were written. */
  asStored(objectType: ObjectTypeName, attributes: TargetAttributes): TargetAttributes
  /** For so long after a write a reading may still show what was before (slack.md 2.1); 0 where it does not. */
  readonly readsSettleAfterMs: number
  /** Attributes that tell one account from another; the first one is the stronger (`emails[...]`, `userName`). */
  readonly identity: Readonly<Record<ObjectTypeName, readonly string[]>>
}
