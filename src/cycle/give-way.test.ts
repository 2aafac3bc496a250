import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createCompute } from './give-way.ts'

test('in a young turn all is done at once', async () => {
  let isLater = false
  const later = nextTurn().then(() => (isLater = true))
  const compute = createCompute(() => 0)
  for (let time = 0; time < 100; time += 1) expect(await compute(() => isLater)).toBe(false)
  await later
})

test('of many things that each take long, one is done in a turn, in the order they came', async () => {
  let now = 0
  let turn = 0
  let isDone = false
  async function countTurns(): Promise<void> {
    while (!isDone) {
      await nextTurn()
      turn += 1
    }
  }
  const counting = countTurns()
  const compute = createCompute(() => now)
  const done: { readonly index: number; readonly turn: number }[] = []
  await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      compute(() => {
        done.push({ index, turn })
        now += 40
      }),
    ),
  )
  isDone = true
  await counting
  expect(done.map((each) => each.index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect(new Set(done.map((each) => each.turn)).size).toBe(10)
})

test('what the work throws reaches whoever asked', async () => {
  const compute = createCompute()
  await expect(
    compute(() => {
      throw new Error('broken')
    }),
  ).rejects.toThrow('broken')
})
