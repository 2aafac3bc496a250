/* Asks the tenant for changes again and again, so that they need not wait for the next cycle. */
import type { Clock } from '../../vocabulary/index.ts'
import type { Tenant } from './follow-tenant.ts'

/** A tenant that gives no answer is asked less and less often, at least this often. */
const everyMaxMs = 30 * 60_000

export interface KeepInStepOptions {
  readonly tenant: Pick<Tenant, 'catchUp'>
  readonly clock: Clock
  readonly everyMs: number
  /** Told once of each trouble, and again when it has become another. */
  readonly onFailure: (message: string) => void
}

/** Begins at once; resolves what it answers when nothing is under way any more. */
export function keepInStep({ tenant, clock, everyMs, onFailure }: KeepInStepOptions): () => Promise<void> {
  const stopped = new AbortController()
  async function follow(): Promise<void> {
    let told = ''
    for (let waitMs = everyMs; !stopped.signal.aborted;) {
      try {
        await tenant.catchUp()
        waitMs = everyMs
        told = ''
      } catch (error) {
        if (stopped.signal.aborted) return
        const message = error instanceof Error ? error.message : String(error)
        if (message !== told) onFailure(message)
        told = message
        waitMs = Math.min(Math.max(everyMs, everyMaxMs), waitMs * 2)
      }
      await clock.sleep(waitMs, stopped.signal).catch((error: unknown) => {
        if (!stopped.signal.aborted) throw error
      })
    }
  }
  const following = follow()
  return async () => {
    stopped.abort(new Error('The tenant is not followed any more.'))
    await following
  }
}
