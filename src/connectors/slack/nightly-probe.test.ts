import { expect, test } from 'vitest'
import { createVirtualClock } from '../../../test/builders/virtual-clock.ts'
import { ConnectorError, type QuirkChange } from '../../vocabulary/index.ts'
import { probeEachNight, probeEveryMs } from './nightly-probe.ts'

const change: QuirkChange = { id: 'filterCase', before: 'ignored', after: 'kept' }

test('each night the workspace is probed, and what has changed is told', async () => {
  const clock = createVirtualClock()
  const answers: (readonly QuirkChange[] | ConnectorError)[] = [
    [],
    [change],
    new ConnectorError('Slack is away.', { code: 'Timeout', scope: 'object', retry: 'nextCycle' }),
    [],
  ]
  let origin: 'none' | 'settings' = 'none'
  let probes = 0
  const told: unknown[] = []
  const stop = probeEachNight({
    connection: {
      state: () => ({ origin }) as ReturnType<Parameters<typeof probeEachNight>[0]['connection']['state']>,
      probe: () => {
        const answer = answers[probes]
        probes += 1
        if (answer instanceof ConnectorError) return Promise.reject(answer)
        return Promise.resolve({ readAt: clock.now(), readings: [], changes: answer ?? [] })
      },
    },
    clock,
    onChanges: (changes) => {
      told.push(changes)
      return Promise.resolve()
    },
    onFailure: (message) => void told.push(message),
  })
  await clock.advance(probeEveryMs)
  expect(probes).toBe(0)
  origin = 'settings'
  for (let night = 0; night < 4; night += 1) await clock.advance(probeEveryMs)
  expect(probes).toBe(4)
  expect(told).toEqual([[change], 'Slack is away.'])
  await stop()
  await clock.advance(probeEveryMs)
  expect(probes).toBe(4)
})
