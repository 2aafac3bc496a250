/* The table at the end of a cycle or a plan: what happened to how many, and why the others were left. */
import type { CycleCounters } from '../vocabulary/index.ts'
import { tableText } from './table.ts'
import { durationText } from './words.ts'

function byCode(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .sort(([, one], [, other]) => other - one)
    .map(([code, number]) => `${String(number)} ${code}`)
    .join(', ')
}

const total = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, each) => sum + each, 0)

export interface ClosingFacts {
  readonly counters: CycleCounters
  readonly durationMs: number | null
}

export function closingTable({ counters, durationMs }: ClosingFacts): string {
  const table = [
    ['created', String(counters.created)],
    ['updated', String(counters.updated)],
    ['disabled', String(counters.disabled)],
    ['deleted', String(counters.deleted)],
    ['skipped', [String(total(counters.skipped)), byCode(counters.skipped)].filter(Boolean).join('   ')],
    ['failed', [String(total(counters.failed)), byCode(counters.failed)].filter(Boolean).join('   ')],
    ['done, with a warning', String(counters.warnings)],
  ]
  if (durationMs !== null) table.push(['duration', durationText(durationMs)])
  table.push(['requests sent', String(counters.requests)], ['429s met', String(counters.throttled)])
  return tableText([], table)
}
