/*
 * What the engine asks of a target application. Every implementation runs `target.contract.ts`.
 */
import type {
  AttributeWrite,
  ObjectTypeName,
  TargetAttributes,
  TargetBudget,
  TargetObject,
  TargetWrite,
} from '../vocabulary/index.ts'

/** What a target can do: read by the engine first, not found out by failing. */
export interface TargetDescription {
  readonly name: string
  readonly capabilities: {
    /** `listObjects` reads the whole target; cheaper than one query a person in an initial cycle. */
    readonly list: boolean
    /** Attributes a `find` can ask for, by object type. */
    readonly filterable: Readonly<Record<ObjectTypeName, readonly string[]>>
    /** Object types that are disabled by an update; the others are deleted instead (spec 7.2, last column). */
    readonly softDelete: Readonly<Record<ObjectTypeName, boolean>>
    /** Object types of which a delete leaves the object there, deactivated (Slack: accounts); the others are gone then. */
    readonly deleteDeactivates: Readonly<Record<ObjectTypeName, boolean>>
    /** Most members one write may carry. */
    readonly membersPerWriteMax: number
    /**
     * Attributes the target takes but never gives back as they were sent (Slack: externalId, photos, profileUrl). They are
     * absent from every object read, so an absent known value says nothing: send them again only when the mapping changed.
     */
    readonly writeOnly: Readonly<Record<ObjectTypeName, readonly string[]>>
    /** Writes in flight that still make the target faster. */
    readonly concurrencyMax: number
  }
}

export interface FindRequest {
  readonly objectType: ObjectTypeName
  /** One matching attribute and the value wanted (spec section 4). */
  readonly attribute: string
  readonly value: string
}

export type { AttributeWrite, TargetWrite } from '../vocabulary/index.ts'

export interface WriteReceipt {
  readonly anchor: string
  /** The object as the target answered, when it answered with one. */
  readonly object?: TargetObject
  /** Attributes that really went over the wire, by mapping target name. */
  readonly sent: readonly AttributeWrite[]
  /** What the target accepted but did not do, in one sentence each; empty when all stuck. */
  readonly warnings: readonly string[]
  /** Members of the write that the target refused (inactive, unknown); all others are in. Missing when there is none. */
  readonly membersLeftOut?: readonly string[]
}

/** Running totals of what this connector sent, for progress and the closing table. */
export interface TargetTraffic {
  readonly requests: number
  readonly writes: number
  readonly throttled: number
}

export interface TargetConnector {
  describe(): TargetDescription
  /**
   * What the target would give back if these attributes were written, as far as its rules are known (Slack: names in lower
   * case, `en-US` as `en_US`). The engine compares this with what it knows, so that an unchanged person compares equal. Pure.
   */
  asStored(objectType: ObjectTypeName, attributes: TargetAttributes): TargetAttributes
  /**
   * Proves the credentials by a harmless query for a value that cannot exist (spec 15.2). Resolves with what was learned;
   * throws a `ConnectorError` with scope `job` when the target refuses.
   */
  checkCredentials(): Promise<{ readonly summary: string }>
  /** Every object of a type, in pages; only when `capabilities.list`. Deactivated accounts are included. */
  listObjects(objectType: ObjectTypeName): AsyncIterable<readonly TargetObject[]>
  /** All objects whose attribute equals the value (as the target compares it): none, one or several. */
  find(request: FindRequest): Promise<readonly TargetObject[]>
  /** One object by its anchor; `null` when the target does not know it. Deactivated accounts are returned. */
  read(objectType: ObjectTypeName, anchor: string): Promise<TargetObject | null>
  /**
   * Carries out one decision. Repeating an update, disable or delete is harmless. A repeated create is refused with code
   * `Conflict` and never makes a second account; a create whose answer was lost is looked up before it is repeated.
   */
  write(write: TargetWrite): Promise<WriteReceipt>
  traffic(): TargetTraffic
  /** The target's limits as they stand now; missing, or empty, where nothing limits. */
  budgets?(): readonly TargetBudget[]
  close(): Promise<void>
}
