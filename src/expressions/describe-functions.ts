/*
 * The functions as others show them: completion in an editor, the documentation page, Graph's list of functions.
 */
import type { AttributeType } from '../vocabulary/index.ts'
import type { Example } from './functions/definition.ts'
import { graphKeyOf } from './functions/definition.ts'
import { signatureOf } from './functions/places.ts'
import { functionTable } from './functions/table.ts'

export interface FunctionDescription {
  readonly name: string
  /** `Left(String, NumChars)`; `?` marks what may be left out, `...` what repeats. */
  readonly signature: string
  readonly documentation: string
  readonly parameters: readonly {
    readonly name: string
    readonly graphKey: string
    readonly type: AttributeType
    readonly isRequired: boolean
    readonly repeats: boolean
  }[]
  readonly examples: readonly Example[]
}

/** By name. */
export function describeFunctions(): readonly FunctionDescription[] {
  return functionTable.map((definition) => ({
    name: definition.name,
    signature: signatureOf(definition),
    documentation: definition.documentation,
    parameters: definition.parameters.map((parameter) => ({
      name: parameter.name,
      graphKey: graphKeyOf(parameter),
      type: parameter.type,
      isRequired: parameter.isRequired,
      repeats: parameter.repeats,
    })),
    examples: definition.examples,
  }))
}

/** Graph's `attributeMappingFunctionSchema` (expressions.md section 10). */
export interface GraphFunctionSchema {
  readonly name: string
  readonly parameters: readonly {
    readonly name: string
    readonly type: AttributeType
    readonly required: boolean
    readonly allowMultipleOccurrences: boolean
  }[]
}

export function graphFunctionSchemas(): readonly GraphFunctionSchema[] {
  return functionTable.map(({ name, parameters }) => ({
    name,
    parameters: parameters.map((parameter) => ({
      name: graphKeyOf(parameter),
      type: parameter.type,
      required: parameter.isRequired,
      allowMultipleOccurrences: parameter.repeats,
    })),
  }))
}
