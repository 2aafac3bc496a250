/*
 * What every vector runner answers, and how its count is printed.
 */
import { readFileSync } from 'node:fs'
import { z } from 'zod'

export interface VectorResult {
  readonly id: string
  readonly outcome: 'passed' | 'failed' | 'skipped'
  readonly reason?: string
}

/** The entries of a vector file; each is read in full where it is run, so that a strange one fails alone. */
export function readVectors(file: string): readonly { readonly id: string }[] {
  return z.array(z.looseObject({ id: z.string() })).parse(JSON.parse(readFileSync(file, 'utf8')))
}

/** Runs one vector: `judge` says what is wrong, or null. An exception is a failure, not the end of the run. */
export function outcomeOf(judge: () => string | null): Omit<VectorResult, 'id'> {
  try {
    const reason = judge()
    return reason === null ? { outcome: 'passed' } : { outcome: 'failed', reason }
  } catch (thrown) {
    return { outcome: 'failed', reason: `threw ${String(thrown)}` }
  }
}

export function summaryOf(kind: string, results: readonly VectorResult[]): string {
  const count = (outcome: VectorResult['outcome']): number =>
    results.filter((result) => result.outcome === outcome).length
  return `${kind}: ${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`
}

/** JSON with sorted keys, so that equal values have equal texts. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([left], [right]) => (left < right ? -1 : 1)))
      : inner,
  )
}
