/* The thread of `saving-thread.ts`: opens the file once more and saves what it is handed, one transaction a message. */
import { parentPort, workerData } from 'node:worker_threads'
import { LeaseLostError, type Lease, type Outcome } from '../store.ts'
import { saveOutcomes } from './outcomes.ts'
import { connectSqlite } from './sqlite-database.ts'

/** What the thread is told, one message a transaction; it answers in the same order. */
export interface SavingRequest {
  readonly lease: Lease
  readonly outcomes: readonly Outcome[]
}

/** An error loses its class on the way from one thread to another, so it is told what became of it. */
export type SavingAnswer =
  | { readonly kind: 'saved' }
  | { readonly kind: 'leaseLost'; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string }

const database = await connectSqlite(String(workerData))

async function answerTo({ lease, outcomes }: SavingRequest): Promise<SavingAnswer> {
  try {
    await saveOutcomes(database, lease, outcomes)
    return { kind: 'saved' }
  } catch (error) {
    if (error instanceof LeaseLostError) return { kind: 'leaseLost', message: error.message }
    return { kind: 'failed', message: error instanceof Error ? error.message : String(error) }
  }
}

parentPort?.on('message', (request: SavingRequest) => {
  void answerTo(request).then((answer) => parentPort?.postMessage(answer))
})
