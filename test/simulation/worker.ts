/* Runs the seeds it is given, one lot after the other, beside others (`many-seeds.ts`). */
import { parentPort } from 'node:worker_threads'
import { runSeed, type SeedResult } from './seed.ts'

export interface Lot {
  readonly from: number
  readonly count: number
}

export interface LotResult {
  readonly failed: readonly Pick<SeedResult, 'seed' | 'kind' | 'wrongs'>[]
  readonly kinds: Readonly<Record<string, number>>
  readonly happened: Readonly<Record<string, number>>
  readonly cpuMs: number
}

export function addTo(sums: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(more)) sums[name] = (sums[name] ?? 0) + count
}

async function runLot({ from, count }: Lot): Promise<LotResult> {
  const failed: LotResult['failed'][number][] = []
  const kinds: Record<string, number> = {}
  const happened: Record<string, number> = {}
  const before = process.threadCpuUsage()
  for (let seed = from; seed < from + count; seed += 1) {
    const result = await runSeed(seed)
    addTo(kinds, { [result.kind]: 1 })
    addTo(happened, result.happened)
    if (result.wrongs.length > 0) failed.push({ seed, kind: result.kind, wrongs: result.wrongs })
  }
  const { user, system } = process.threadCpuUsage(before)
  return { failed, kinds, happened, cpuMs: (user + system) / 1000 }
}

parentPort?.on('message', (lot: Lot) => {
  void runLot(lot).then((result) => parentPort?.postMessage(result))
})
