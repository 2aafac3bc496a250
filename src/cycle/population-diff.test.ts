/* The population diff over a real directory: everybody once, others in between, nobody's name missing. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { aWorld, type World } from '../../test/builders/world.ts'
import { withExpression } from '../provisioning/index.ts'
import type { PopulationDiff, PopulationDiffLine, SynchronizationSchema } from '../vocabulary/index.ts'
import { diffPopulation } from './population-diff.ts'

/** Letters only, as the ids of this world are made of them. */
const nameOf = (number: number): string =>
  `${[...String(number)].map((digit) => 'abcdefghij'[Number(digit)] ?? '').join('')} Crew`

let world: World
beforeEach(async () => {
  world = await aWorld()
})
afterEach(() => world.close())

function lines(schema: SynchronizationSchema): AsyncGenerator<PopulationDiffLine> {
  const { source } = world.ports.connect(world.job)
  const { store, target, job } = world
  return diffPopulation({ store, source, target, now: 0 }, { job, schema, examplesMax: 2 })
}

async function resultOf(schema: SynchronizationSchema): Promise<PopulationDiff> {
  for await (const line of lines(schema)) if (line.type === 'diff') return line.diff
  throw new Error('there is a result')
}

const shouting = (): SynchronizationSchema => withExpression(world.job.schema, 'User', 'title', 'ToUpper([jobTitle], )')

test('page by page, with a turn for others between two pages', async () => {
  for (let number = 0; number < 600; number += 1) await world.user(nameOf(number), { jobTitle: 'cook' })
  let turns = 0
  let waiting = setImmediate(function turn() {
    turns += 1
    waiting = setImmediate(turn)
  })
  const progress: (readonly [number, number])[] = []
  for await (const line of lines(shouting())) {
    if (line.type === 'progress') progress.push([line.done, line.known])
    else expect(line).toMatchObject({ diff: { clusters: [{ count: 600, effect: 'changes' }] } })
  }
  clearImmediate(waiting)
  expect(progress).toEqual([
    [250, 600],
    [500, 600],
    [600, 600],
  ])
  expect(turns).toBeGreaterThanOrEqual(3)
})

test('who changes while it is read is counted once', async () => {
  const ids: string[] = []
  for (let number = 0; number < 260; number += 1) ids.push(await world.user(nameOf(number), { jobTitle: 'cook' }))
  let isFirst = true
  for await (const line of lines(shouting())) {
    if (isFirst) await world.change(ids[3] ?? '', { city: 'Oslo' })
    isFirst = false
    if (line.type === 'diff') expect(line.diff.totals.User).toMatchObject({ objects: 260, untouched: 0 })
  }
})

test('the first of those who share a value is named, from whichever page', async () => {
  await world.user('Ana First', { mailNickname: 'ana.lima' })
  for (let number = 0; number < 300; number += 1) await world.user(nameOf(number))
  await world.user('Ana Second', { mailNickname: 'ana.lind' })
  const result = await resultOf(withExpression(world.job.schema, 'User', 'userName', 'Left([mailNickname], 6)'))
  const shared = result.clusters.find(({ effect }) => effect === 'collides')?.examples
  expect(
    shared
      ?.find(({ after }) => after === 'ana.li')
      ?.displayName.split(', ')
      .toSorted(),
  ).toEqual(['Ana First', 'Ana Second'])
})

test('accounts keep what was made for them; the target is not asked', async () => {
  await world.user('Ana Lima', { jobTitle: 'cook' })
  await world.run()
  await world.user('Ben Hale', { jobTitle: 'cook' })
  const asked = world.sent().length
  const result = await resultOf(withExpression(shouting(), 'User', 'displayName', '[surname]'))
  expect(result.clusters.map(({ effect, attribute, count, linked }) => [effect, attribute, count, linked])).toEqual([
    ['changes', 'title', 2, 1],
    ['changes', 'displayName', 1, 0],
    ['onlyNewAccounts', 'displayName', 1, 1],
  ])
  expect(world.sent()).toHaveLength(asked)
})

test('whoever stops listening ends the reading', async () => {
  for (let number = 0; number < 600; number += 1) await world.user(nameOf(number))
  const reading = lines(shouting())
  expect((await reading.next()).value).toMatchObject({ type: 'progress', done: 250 })
  await reading.return(undefined)
  expect(await reading.next()).toEqual({ done: true, value: undefined })
})
