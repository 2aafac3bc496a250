/*
 * Runs any file of scoping vectors (expressions.md section 15) against the scoping filters.
 */
import { z } from 'zod'
import { compileFilter, evaluateScope } from '../../src/provisioning/scoping-filter.ts'
import type { ScopingFilter } from '../../src/vocabulary/index.ts'
import { outcomeOf, readVectors } from './results.ts'
import type { VectorResult } from './results.ts'

const clause = z.object({
  sourceOperandName: z.string(),
  operatorName: z.string(),
  targetOperand: z
    .object({ values: z.array(z.string()) })
    .nullable()
    .default(null),
})
const group = z.object({ name: z.string().nullable().default(null), clauses: z.array(clause).default([]) })
const groups = z.array(group).nullable().default([])

const vector = z.object({
  id: z.string(),
  filter: z.object({ groups, inputFilterGroups: groups, categoryFilterGroups: groups }),
  object: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())])),
  expected: z.boolean().exactOptional(),
  error: z.literal(true).exactOptional(),
  errorKind: z.union([z.string(), z.array(z.string())]).exactOptional(),
})
type Vector = z.infer<typeof vector>

export function runScopingVectors(file: string): readonly VectorResult[] {
  return readVectors(file).map((entry) => ({ id: entry.id, ...outcomeOf(() => judge(vector.parse(entry))) }))
}

function filterOf({ filter }: Vector): ScopingFilter {
  return {
    groups: filter.groups ?? [],
    inputFilterGroups: filter.inputFilterGroups ?? [],
    categoryFilterGroups: filter.categoryFilterGroups ?? [],
  }
}

function judge(entry: Vector): string | null {
  const compiled = compileFilter(filterOf(entry))
  if (compiled.kind === 'failed') {
    const [problem] = compiled.problems
    if (entry.error !== true) return `refused: ${problem?.message ?? ''}`
    const kinds = [entry.errorKind ?? []].flat()
    return problem !== undefined && kinds.includes(problem.kind)
      ? null
      : `refused as ${problem?.kind ?? 'nothing'}: ${problem?.message ?? ''}`
  }
  if (entry.error === true) return 'accepted instead of refused'
  const result = evaluateScope(compiled.filter, entry.object)
  if (result.kind === 'failed') return `failed: ${result.message}`
  const { inScope } = result.evaluation
  return inScope === entry.expected ? null : `${inScope ? 'in' : 'out of'} scope`
}
