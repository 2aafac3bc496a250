/* Runs many seeds on all cores, and adds up what they say. */
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { addTo, type Lot, type LotResult } from './worker.ts'

export interface ManySeeds {
  /** Fewer than asked for when it was stopped; without a gap from the first on. */
  readonly done: number
  readonly passed: number
  readonly failed: LotResult['failed']
  /** Seeds by the kind of story they tell. */
  readonly kinds: Readonly<Record<string, number>>
  readonly happened: Readonly<Record<string, number>>
  readonly cpuMs: number
}

const seedsInLot = 20

export async function runSeeds(
  { from, count }: Lot,
  onProgress: (done: number, failed: LotResult['failed']) => void = () => undefined,
  stopped: AbortSignal = new AbortController().signal,
): Promise<ManySeeds> {
  const kinds: Record<string, number> = {}
  const happened: Record<string, number> = {}
  const failed: LotResult['failed'][number][] = []
  let cpuMs = 0
  let next = from
  let done = 0
  const end = from + count

  async function work(): Promise<void> {
    const worker = new Worker(new URL('./worker.ts', import.meta.url))
    try {
      while (next < end && !stopped.aborted) {
        const lot = { from: next, count: Math.min(seedsInLot, end - next) }
        next += lot.count
        worker.postMessage(lot)
        // An error of the worker is thrown here.
        const [result] = (await once(worker, 'message')) as [LotResult]
        addTo(kinds, result.kinds)
        addTo(happened, result.happened)
        failed.push(...result.failed)
        cpuMs += result.cpuMs
        done += lot.count
        onProgress(done, result.failed)
      }
    } finally {
      await worker.terminate()
    }
  }

  await Promise.all(Array.from({ length: availableParallelism() }, work))
  failed.sort((one, other) => one.seed - other.seed)
  return { done, passed: done - failed.length, failed, kinds, happened, cpuMs }
}
