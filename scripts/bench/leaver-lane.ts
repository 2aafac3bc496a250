/*
 * 100,000 people wait to join, which takes Slack nine hours: how soon is somebody disabled who is behind all of them in the
 * change feed, and somebody who leaves an hour later? On a virtual clock, with Slack's published limits.
 */
import { fillWithCompany } from '../../test/builders/company-store.ts'
import type { BenchFigure } from './figure.ts'
import { aPacedWorld } from './paced-world.ts'

export const name = 'leaver-lane'

const joiners = 100_000
const goalSeconds = 2
const batch = 1000

export async function run(): Promise<readonly BenchFigure[]> {
  const disabledAt = new Map<string, number>()
  const stop = new AbortController()
  const world = await aPacedWorld({
    rateShare: 0.9,
    onRequest: ({ method, path, body }) => {
      if (method === 'PATCH' && body?.includes('"active":false') === true)
        disabledAt.set(decodeURIComponent(path.split('/').at(-1) ?? ''), world.clock.now())
      if (disabledAt.size === 2) stop.abort(new Error('Both have been seen.'))
    },
  })
  const { store, clock, simulator } = world
  const job = await fillWithCompany(store, { users: 20, groups: 0, seed: 7, now: clock.now() })
  await store.jobs.saveSettings(job.jobId, { ...job.settings, syncAll: true })
  await world.cycle(job)
  const links = await store.provisioning.listLinks(job.jobId, { objectType: 'User', after: null, limit: 20 })
  const [early, late] = links.filter((link) => link.isActive)
  if (early === undefined || late === undefined) throw new Error('Nobody is there who could leave.')

  async function leave(objectId: string): Promise<void> {
    const [person] = await store.directory.objects([objectId])
    if (person === undefined) throw new Error(`Nobody has the id ${objectId}.`)
    const gone = { ...person, presence: 'softDeleted', deletedAt: clock.now() } as const
    await store.directory.transaction((transaction) => transaction.putObjects([gone]))
  }

  for (let start = 0; start < joiners; start += batch) {
    const people = Array.from({ length: batch }, (_, index) => {
      const number = String(start + index)
      return {
        objectId: `joiner-${number}`,
        objectType: 'User',
        presence: 'present',
        deletedAt: null,
        attributes: {
          displayName: `Joiner ${number}`,
          givenName: 'Joiner',
          surname: number,
          userPrincipalName: `joiner.${number}@example.com`,
          mail: `joiner.${number}@example.com`,
          mailNickname: `joiner.${number}`,
          accountEnabled: true,
        },
      } as const
    })
    await store.directory.transaction((transaction) => transaction.putObjects(people))
  }
  await leave(early.sourceAnchor)
  await store.jobs.setNextRun(job.jobId, clock.now())
  const beganAt = clock.now()
  const anHourLater = beganAt + 3_600_000
  const leaving = clock.sleep(anHourLater - beganAt).then(() => leave(late.sourceAnchor))
  await world.cycle(job, stop.signal)
  await leaving
  const waiting = joiners + 20 - simulator.people().length
  await world.close()
  const waited = (anchor: string, since: number): number =>
    ((disabledAt.get(anchor) ?? Number.POSITIVE_INFINITY) - since) / 1000
  const figure = (title: string, value: number): BenchFigure => ({
    name: title,
    value: Number(value.toFixed(3)),
    unit: 's',
    goal: `under ${String(goalSeconds)}`,
    met: value < goalSeconds,
  })
  return [
    figure('disabled, behind 100,000 joiners in the feed', waited(early.targetAnchor, beganAt)),
    figure('disabled, left an hour after they began to join', waited(late.targetAnchor, anHourLater)),
    { name: 'joiners that still waited then', value: waiting, unit: 'people', goal: null, met: true },
  ]
}
