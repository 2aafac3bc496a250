/*
 * What expressions see of a source object: its attributes with the computed ones, and the roles it has (expressions.md
 * section 1, spec 7.1 for `IsSoftDeleted`).
 */
import type { EvaluationContext } from '../expressions/index.ts'
import type { AssignmentPath, SourceAttributes, SourceObject } from '../vocabulary/index.ts'

export interface MappingInput {
  readonly attributes: SourceAttributes
  readonly context: EvaluationContext
}

export function mappingInput(
  source: Pick<SourceObject, 'anchor' | 'attributes'>,
  paths: readonly AssignmentPath[],
  inScope: boolean,
  now: number,
): MappingInput {
  return {
    attributes: { ...source.attributes, objectId: source.anchor, IsSoftDeleted: !inScope },
    context: {
      now,
      appRoles: paths.map((path) => ({
        id: path.appRoleId,
        value: path.appRoleValue,
        displayName: path.appRoleDisplayName,
      })),
    },
  }
}
