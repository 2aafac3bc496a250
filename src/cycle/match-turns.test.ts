import { expect, test } from 'vitest'
import { createMatchTurns } from './match-turns.ts'

/** Work that ends when told, and says when it began and ended. */
function pieces(events: string[]) {
  const ends = new Map<string, () => void>()
  return {
    work: (name: string) => async () => {
      events.push(`${name} begins`)
      await new Promise<void>((resolve) => ends.set(name, resolve))
      events.push(`${name} ends`)
      return name
    },
    async end(name: string) {
      ends.get(name)?.()
      await new Promise((resolve) => void setImmediate(resolve))
    },
  }
}

test('whoever shares a value waits for those who came before; others do not', async () => {
  const turns = createMatchTurns()
  const events: string[] = []
  const { work, end } = pieces(events)
  const all = [
    turns.take(['mail x', 'name a'], work('one')),
    turns.take(['mail y', 'name a'], work('two')),
    turns.take(['mail z'], work('three')),
    turns.take(['mail y'], work('four')),
  ]
  await end('')
  expect(events).toEqual(['one begins', 'three begins'])
  await end('one')
  expect(events.slice(2)).toEqual(['one ends', 'two begins'])
  await end('two')
  expect(events.slice(4)).toEqual(['two ends', 'four begins'])
  await end('three')
  await end('four')
  expect(await Promise.all(all)).toEqual(['one', 'two', 'three', 'four'])
})

test('whoever fails does not stop the next', async () => {
  const turns = createMatchTurns()
  const failing = turns.take(['x'], () => Promise.reject(new Error('no')))
  const next = turns.take(['x'], () => Promise.resolve('done'))
  await expect(failing).rejects.toThrow('no')
  expect(await next).toBe('done')
})

test('without a value nobody is waited for', async () => {
  const turns = createMatchTurns()
  expect(await turns.take([], () => Promise.resolve(1))).toBe(1)
})
