/* The thread of `saving-thread.ts`: opens the file once more and saves what it is handed, one transaction a message. */
import { parentPort, workerData } from 'node:worker_threads'
import { LeaseLostError } from '../store.ts'
import { saveOutcomes } from './outcomes.ts'
import type { SavingAnswer, SavingRequest } from './saving-thread.ts'
import { connectSqlite } from './sqlite-database.ts'

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
