import { afterEach, expect, test } from 'vitest'
import { createApi } from '../api/index.ts'
import type { StatusReport } from '../vocabulary/index.ts'
import { apiPorts } from '../../test/builders/api-ports.ts'
import { aWorld, type World } from '../../test/builders/world.ts'
import { noteTargetChanges } from './target-changes.ts'

let world: World
afterEach(() => world.close())

test('changes are told once and stand in the status of the job', async () => {
  world = await aWorld({
    settings: { notifications: { isOn: true, recipients: 'night@example.com', webhookUrl: null } },
  })
  const changes = [{ id: 'filterCase', before: 'ignored', after: 'kept' }]
  const { store, clock, ports, job } = world
  await noteTargetChanges({ store, clock, newId: ports.newId }, job, changes)
  expect(await store.notifications.list(job.jobId, 9)).toMatchObject([
    { channel: 'mail', notification: { kind: 'targetChanged', found: 'filterCase was "ignored" and is "kept".' } },
  ])
  const app = await createApi(apiPorts(ports))
  const status = await app.inject({ method: 'GET', url: '/muster/v1/status', headers: { host: 'localhost' } })
  expect(status.json<StatusReport>().jobs[0]?.targetChanges).toEqual({ at: clock.now(), changes })
  await app.close()
})
