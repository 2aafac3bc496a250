/*
 * Probes the workspace once a day: one that begins to behave otherwise is worth knowing before something fails for it.
 */
import { ConnectorError, type Clock, type QuirkChange } from '../../vocabulary/index.ts'
import type { SlackConnection } from './connection.ts'

export const probeEveryMs = 24 * 3_600_000

export interface NightlyProbeOptions {
  readonly connection: Pick<SlackConnection, 'probe' | 'state'>
  readonly clock: Clock
  /** Where the workspace answers otherwise than when it was probed before. */
  readonly onChanges: (changes: readonly QuirkChange[]) => Promise<void>
  /** A probe that could not be made is made again the next night. */
  readonly onFailure: (message: string) => void
}

/** Answers how to stop it. */
export function probeEachNight({ connection, clock, onChanges, onFailure }: NightlyProbeOptions): () => Promise<void> {
  const stopped = new AbortController()
  const running = (async () => {
    for (;;) {
      await clock.sleep(probeEveryMs, stopped.signal)
      if (connection.state().origin === 'none') continue
      try {
        const { changes } = await connection.probe()
        if (changes.length > 0) await onChanges(changes)
      } catch (error) {
        if (!(error instanceof ConnectorError)) throw error
        onFailure(error.message)
      }
    }
  })().catch((error: unknown) => {
    if (!stopped.signal.aborted) onFailure(String(error))
  })
  return async () => {
    stopped.abort(new Error('The service is stopping.'))
    await running
  }
}
