/*
 * Saves outcomes in a thread of its own: the writing, and above all the wait for the disk at each commit, leave the thread
 * that speaks with the target free. Here is the side that hands over; `saving-thread-main.ts` is the one that writes.
 */
import { Worker } from 'node:worker_threads'
import { LeaseLostError, type Lease, type Outcome } from '../store.ts'
import type { SavingAnswer, SavingRequest } from './saving-thread-main.ts'

export interface SavingThread {
  /** Resolves when everything is on the disk. */
  save(lease: Lease, outcomes: readonly Outcome[]): Promise<void>
  close(): Promise<void>
}

/** Outcomes live for one transaction only: room for more of them would merely be held. */
const youngGenerationMiB = 16

/** Begins with the first outcomes: a service that finds nothing to do needs no second thread. */
export function createSavingThread(file: string): SavingThread {
  const waiting: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = []
  let thread: Worker | null = null

  function begin(): Worker {
    const worker = new Worker(new URL('./saving-thread-main.ts', import.meta.url), {
      workerData: file,
      resourceLimits: { maxYoungGenerationSizeMb: youngGenerationMiB },
    })
    let failure = new Error('The thread that saves outcomes has ended.')
    worker.on('message', (answer: SavingAnswer) => {
      const next = waiting.shift()
      // An idle thread keeps no process alive, one that writes does.
      if (waiting.length === 0) worker.unref()
      if (answer.kind === 'saved') next?.resolve()
      else next?.reject(answer.kind === 'leaseLost' ? new LeaseLostError(answer.message) : new Error(answer.message))
    })
    worker.on('error', (error) => {
      failure = error instanceof Error ? error : new Error(String(error))
    })
    // The next outcomes begin another one.
    worker.on('exit', () => {
      if (thread === worker) thread = null
      for (const { reject } of waiting.splice(0)) reject(failure)
    })
    return worker
  }

  return {
    save: (lease, outcomes) =>
      new Promise((resolve, reject) => {
        thread ??= begin()
        thread.ref()
        thread.postMessage({ lease, outcomes } satisfies SavingRequest)
        waiting.push({ resolve, reject })
      }),
    async close() {
      await thread?.terminate()
    },
  }
}
