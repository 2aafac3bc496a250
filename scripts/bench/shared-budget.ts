/*
 * A second SCIM client takes half of the workspace's budget, whatever is left: how many of Muster's requests are rejected,
 * and does Muster still get its half? On a virtual clock, with Slack's published limits.
 */
import { fillWithCompany } from '../../test/builders/company-store.ts'
import type { BenchFigure } from './figure.ts'
import { aPacedWorld, countLinked } from './paced-world.ts'

export const name = 'shared-budget'

const users = 3000
const goalRejectedShare = 0.01
/** Half of three a second is left; four fifths of that is no starvation. */
const goalPerSecond = 1.2
/** What the other one sends each second: half of each limit (slack.md 6.1). */
const perSecond = { createUser: 1.5, updateUser: 1.5, updateGroup: 1.5, deleteUser: 0.5 } as const

export async function run(): Promise<readonly BenchFigure[]> {
  const world = await aPacedWorld({ rateShare: 0.9 })
  const { store, clock, simulator } = world
  const job = await fillWithCompany(store, { users, groups: 20, seed: 7, now: clock.now() })
  const others = Array.from({ length: 20 }, (_, number) =>
    simulator.addPerson({ userName: `other.${String(number)}`, email: `other.${String(number)}@elsewhere.example` }),
  )
  const group = simulator.addGroup({ displayName: 'Elsewhere' })
  const isOver = new AbortController()
  let sent = 0

  async function other(kind: keyof typeof perSecond): Promise<void> {
    const headers = { authorization: `Bearer ${simulator.token}`, 'content-type': 'application/json' }
    const schemas = ['urn:scim:schemas:core:1.0']
    for (let number = 0; !isOver.signal.aborted; number += 1) {
      await clock.sleep(1000 / perSecond[kind], isOver.signal)
      const person = others[number % others.length]?.id ?? ''
      const email = `new.${String(number)}@elsewhere.example`
      const requests = {
        createUser: [
          'POST',
          '/scim/v1/Users',
          { schemas, userName: `new.${String(number)}`, emails: [{ value: email }] },
        ],
        updateUser: ['PATCH', `/scim/v1/Users/${person}`, { schemas, title: `Title ${String(number)}` }],
        updateGroup: ['PATCH', `/scim/v1/Groups/${group.id}`, { schemas, members: [{ value: person }] }],
        deleteUser: ['DELETE', `/scim/v1/Users/${person}`, undefined],
      } as const
      const [method, url, body] = requests[kind]
      sent += 1
      void simulator.handle({ method, url, headers, body: body === undefined ? undefined : JSON.stringify(body) })
    }
  }
  const running = (Object.keys(perSecond) as (keyof typeof perSecond)[]).map((kind) =>
    other(kind).catch((error: unknown) => {
      if (!isOver.signal.aborted) throw error
    }),
  )
  const beganAt = clock.now()
  const end = await world.cycle(job)
  const took = (clock.now() - beganAt) / 1000
  isOver.abort(new Error('The cycle is over.'))
  await Promise.all(running)
  if (end.kind !== 'ended') throw new Error(`The cycle did not end: ${JSON.stringify(end)}`)
  const people = await countLinked(store, job.jobId, 'User')
  await world.close()
  const { requests, throttled, failed } = end.cycle.counters
  const share = throttled / requests
  const rate = people / took
  return [
    {
      name: 'requests of Muster that were rejected',
      value: Number(share.toFixed(4)),
      unit: 'share',
      goal: `at most ${String(goalRejectedShare)}`,
      met: share <= goalRejectedShare,
    },
    {
      name: 'people created beside the other client',
      value: Number(rate.toFixed(3)),
      unit: '/s',
      goal: `at least ${String(goalPerSecond)}`,
      met: rate >= goalPerSecond,
    },
    { name: 'people created', value: people, unit: 'accounts', goal: null, met: true },
    { name: 'requests of Muster', value: requests, unit: 'requests', goal: null, met: true },
    { name: 'requests of the other client', value: sent, unit: 'requests', goal: null, met: true },
    {
      name: 'objects failed',
      value: Object.values(failed).reduce((sum, each) => sum + each, 0),
      unit: 'objects',
      goal: '0',
      met: Object.keys(failed).length === 0,
    },
  ]
}
