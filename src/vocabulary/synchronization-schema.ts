/*
 * Graph's synchronizationSchema and what it contains, as on the wire (graph-api.md 3.9). Exported and imported unchanged.
 */

export type FlowType = 'Always' | 'ObjectAddOnly' | 'MultiValueAddOnly' | 'ValueAddOnly' | 'AttributeAddOnly'
export type FlowBehavior = 'FlowWhenChanged' | 'FlowAlways'
export type AttributeType = 'String' | 'Integer' | 'Reference' | 'Binary' | 'Boolean' | 'DateTime'
export type Mutability = 'ReadWrite' | 'ReadOnly' | 'Immutable' | 'WriteOnly'

export interface KeyValuePair {
  readonly key: string
  readonly value: string | null
}

export interface AttributeMappingSource {
  readonly expression?: string | null
  readonly name?: string | null
  readonly type?: 'Attribute' | 'Constant' | 'Function'
  readonly parameters?: readonly { readonly key: string; readonly value: AttributeMappingSource }[] | null
}

export interface AttributeMapping {
  readonly targetAttributeName: string
  /** `null`: mapping type None; an empty target attribute receives the default value (spec 5.1). */
  readonly source: AttributeMappingSource | null
  readonly defaultValue: string | null
  /** Above 0: a matching attribute; lowest number first (spec section 4). */
  readonly matchingPriority: number
  readonly flowType: FlowType
  readonly flowBehavior: FlowBehavior
  readonly exportMissingReferences: boolean
  /**
   * Muster's own (spec 5.3): with this and the attribute definition's `flowNullValues`, a source without value empties the
   * target attribute. Missing is off.
   */
  readonly flowNullValues?: boolean
}

export interface FilterClause {
  readonly sourceOperandName: string
  readonly operatorName: string
  readonly targetOperand: { readonly values: readonly string[] } | null
}

export interface FilterGroup {
  readonly name: string | null
  readonly clauses: readonly FilterClause[]
}

/** A scoping filter: OR of groups, AND of clauses (expressions.md section 11). */
export interface ScopingFilter {
  readonly groups: readonly FilterGroup[]
  readonly inputFilterGroups?: readonly FilterGroup[]
  readonly categoryFilterGroups?: readonly FilterGroup[]
}

export interface ObjectMapping {
  readonly name: string
  readonly enabled: boolean
  /** Flags as text: `Add,Update,Delete`, with or without blanks. */
  readonly flowTypes: string
  readonly sourceObjectName: string
  readonly targetObjectName: string
  readonly scope: ScopingFilter | null
  readonly attributeMappings: readonly AttributeMapping[]
  readonly metadata: readonly KeyValuePair[]
}

export interface SynchronizationRule {
  readonly id: string
  readonly name: string
  readonly priority: number
  readonly editable: boolean
  readonly sourceDirectoryName: string
  readonly targetDirectoryName: string
  readonly containerFilter: unknown
  readonly groupFilter: unknown
  readonly metadata: readonly KeyValuePair[]
  readonly objectMappings: readonly ObjectMapping[]
}

export interface AttributeDefinition {
  readonly name: string
  readonly type: AttributeType
  readonly anchor: boolean
  readonly caseExact: boolean
  readonly defaultValue: string | null
  readonly flowNullValues: boolean
  readonly multivalued: boolean
  readonly mutability: Mutability
  readonly required: boolean
  readonly apiExpressions: readonly KeyValuePair[]
  readonly metadata: readonly KeyValuePair[]
  readonly referencedObjects: readonly {
    readonly referencedObjectName: string
    readonly referencedProperty: string | null
  }[]
}

export interface ObjectDefinition {
  readonly name: string
  readonly supportedApis: readonly string[]
  readonly metadata: readonly KeyValuePair[]
  readonly attributes: readonly AttributeDefinition[]
}

export interface DirectoryDefinition {
  readonly id: string
  readonly name: string
  readonly readOnly: boolean
  readonly version: string | null
  readonly discoverabilities: string
  readonly discoveryDateTime: string | null
  readonly objects: readonly ObjectDefinition[]
}

export interface SynchronizationSchema {
  readonly id: string
  readonly version: string
  readonly synchronizationRules: readonly SynchronizationRule[]
  readonly directories: readonly DirectoryDefinition[]
}
