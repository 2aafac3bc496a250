/*
 * Every function of the language, in one table (expressions.md section 8).
 */
import { conversionFunctions } from './conversions.ts'
import { dateFunctions } from './dates.ts'
import type { FunctionDefinition } from './definition.ts'
import { directoryFunctions } from './directory.ts'
import { joiningFunctions } from './joining.ts'
import { letterFunctions } from './letters.ts'
import { listFunctions } from './lists.ts'
import { logicFunctions } from './logic.ts'
import { pieceFunctions } from './pieces.ts'
import { randomFunctions } from './random.ts'
import { replaceFunctions } from './replace.ts'
import { roleFunctions } from './roles.ts'

export const functionTable: readonly FunctionDefinition[] = [
  ...joiningFunctions,
  ...pieceFunctions,
  ...letterFunctions,
  ...replaceFunctions,
  ...logicFunctions,
  ...listFunctions,
  ...roleFunctions,
  ...conversionFunctions,
  ...dateFunctions,
  ...directoryFunctions,
  ...randomFunctions,
].toSorted((left, right) => (left.name.toLowerCase() < right.name.toLowerCase() ? -1 : 1))

const byLowerCaseName: ReadonlyMap<string, FunctionDefinition> = new Map(
  functionTable.map((definition) => [definition.name.toLowerCase(), definition]),
)

/** Names are matched without regard to case (dec L1). */
export function findFunction(name: string): FunctionDefinition | null {
  return byLowerCaseName.get(name.toLowerCase()) ?? null
}
