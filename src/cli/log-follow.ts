/* `muster log --follow`: entries as they are written, until it is stopped; a broken line is taken up again where it broke. */
import { setTimeout as wait } from 'node:timers/promises'
import type { ProvisioningObjectSummary } from '../vocabulary/index.ts'
import type { ServiceClient } from './client.ts'
import { CommandError } from './exit-codes.ts'

const againAfterMs = 1000

/** Events of one connection: the id of each, and its data when it has any. */
async function* eventsOf(
  chunks: AsyncIterable<string>,
): AsyncGenerator<{ readonly id: string | null; readonly data: string | null }> {
  let rest = ''
  for await (const chunk of chunks) {
    const blocks = (rest + chunk).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const field = (name: string): string | null =>
        block
          .split('\n')
          .find((line) => line.startsWith(`${name}: `))
          ?.slice(name.length + 2) ?? null
      yield { id: field('id'), data: field('data') }
    }
  }
}

export async function followLog(
  client: ServiceClient,
  query: URLSearchParams,
  show: (entry: ProvisioningObjectSummary) => void,
): Promise<never> {
  let lastId: string | null = null
  let hasBegun = false
  for (;;) {
    try {
      const headers = lastId === null ? {} : { 'last-event-id': lastId }
      const chunks = client.chunks(`/muster/v1/log/stream?${query.toString()}`, headers)
      for await (const { id, data } of eventsOf(chunks)) {
        hasBegun = true
        if (id !== null) lastId = id
        if (data !== null) show(JSON.parse(data) as ProvisioningObjectSummary)
      }
    } catch (error) {
      // The first time it is a wrong address or filter; later the service is being started anew.
      if (!(error instanceof CommandError) || !hasBegun) throw error
      process.stderr.write(`${error.message} Trying again.\n`)
    }
    await wait(againAfterMs)
  }
}
