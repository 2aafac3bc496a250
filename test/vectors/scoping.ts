/*
 * Runs any file of scoping vectors (expressions.md section 15) against the scoping filters.
 */
import { z } from 'zod'
import { compileFilter, evaluateScope, readFilter, refusedFilter } from '../../src/provisioning/index.ts'
import type { CompiledFilterResult } from '../../src/provisioning/index.ts'
import { outcomeOf, readVectors } from './results.ts'
import type { VectorResult } from './results.ts'

const vector = z.object({
  id: z.string(),
  filter: z.unknown(),
  object: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())])),
  expected: z.boolean().exactOptional(),
  error: z.literal(true).exactOptional(),
  errorKind: z.union([z.string(), z.array(z.string())]).exactOptional(),
})
type Vector = z.infer<typeof vector>

export function runScopingVectors(file: string): readonly VectorResult[] {
  return readVectors(file).map((entry) => ({ id: entry.id, ...outcomeOf(() => judge(vector.parse(entry))) }))
}

function compile(json: unknown): CompiledFilterResult {
  const read = readFilter(json)
  return read.kind === 'ok' ? compileFilter(read.filter) : { ...read, nothing: refusedFilter }
}

function judge(entry: Vector): string | null {
  const compiled = compile(entry.filter)
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
