/*
 * The functions as others show them: completion in an editor, the documentation page, Graph's list of functions.
 */
import type { AttributeType } from '../vocabulary/index.ts'
import { compileExpression } from './compile.ts'
import type { Example } from './functions/definition.ts'
import { graphKeyOf } from './functions/definition.ts'
import { signatureOf } from './functions/places.ts'
import { functionTable } from './functions/table.ts'
import type { Evaluation } from './run.ts'

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
    /** Null there is an error. */
    readonly failsOnNull: boolean
  }[]
  readonly examples: readonly Example[]
  /** What the first example gives for an object that has none of its attributes; null when it reads none. */
  readonly whenNull: Evaluation | null
}

function whenNull([example]: readonly Example[]): Evaluation | null {
  if (example === undefined) return null
  const compiled = compileExpression(example.expression)
  if (!compiled.ok) throw new Error(`The example ${example.expression} does not compile: ${compiled.error.message}`)
  if (compiled.value.attributes.length === 0) return null
  return compiled.value.evaluate({}, { ...example.context, appRoles: [] })
}

/** By name. */
export function describeFunctions(): readonly FunctionDescription[] {
  return functionTable.map((definition) => ({
    name: definition.name,
    signature: signatureOf(definition),
    documentation: definition.documentation,
    parameters: definition.parameters.map((parameter, index) => ({
      name: parameter.name,
      graphKey: graphKeyOf(parameter),
      type: parameter.type,
      isRequired: parameter.isRequired,
      repeats: parameter.repeats,
      failsOnNull: definition.failsOnNull?.includes(index) ?? false,
    })),
    examples: definition.examples,
    whenNull: whenNull(definition.examples),
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
