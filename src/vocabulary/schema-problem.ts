/*
 * What can be wrong with a synchronization schema, and where: the one shape for the API, the command line and an editor.
 */

/** Why a schema is refused, or what is warned of. */
export type SchemaProblemCode =
  /** Not JSON, or JSON of another shape than Graph's synchronizationSchema. */
  | 'SchemaShape'
  | 'ExpressionSyntax'
  | 'ExpressionUnknownFunction'
  | 'ExpressionArity'
  | 'ExpressionArgument'
  | 'ExpressionTooLong'
  | 'ExpressionEvaluation'
  /** The source has no such attribute. */
  | 'SourceAttributeNotFound'
  /** The target has no such attribute. */
  | 'SchemaAttributeNotFound'
  | 'RequiredAttributeNotMapped'
  | 'ActiveNotMapped'
  | 'NoMatchingAttribute'
  | 'MatchingAttributeNotFilterable'
  | 'MatchingPriorityNotUnique'
  | 'TargetAttributeMappedTwice'
  | 'TypeValueMappedTwice'
  | 'TargetAttributeNotWritable'
  | 'TargetAttributeIsPassword'
  | 'ReferenceNeedsReference'
  | 'RolesNeedAssignments'
  | 'FlowNullRefused'
  | 'FlowTypeRefused'
  | 'DefaultValueRefused'
  | 'ScopingFilter'
  | 'ObjectMapping'
  /** Warnings. */
  | 'UnanchoredPattern'
  | 'SwitchWithoutDefault'
  | 'FailsOnNull'
  | 'NeverFlows'

export interface SchemaProblem {
  /** A warning keeps nothing from being saved. */
  readonly severity: 'error' | 'warning'
  readonly code: SchemaProblemCode
  /** Where in the document, e.g. `synchronizationRules[0].objectMappings[1].attributeMappings[3]`; '' is the document itself. */
  readonly place: string
  /** Name of the object mapping concerned. */
  readonly objectMapping: string | null
  /** The target attribute concerned. */
  readonly attribute: string | null
  /** The expression concerned, and the offset in it of what is wrong, in UTF-16 code units from 0. */
  readonly expression: string | null
  readonly position: number | null
  readonly message: string
  readonly hint: string | null
}
