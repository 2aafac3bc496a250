import { expect, test } from 'vitest'
import { createWriteLocks } from './write-locks.ts'

test('writes on one resource follow each other, on two they do not wait', async () => {
  const locks = createWriteLocks()
  const order: string[] = []
  const write = (resource: string, name: string): Promise<void> =>
    locks.run(resource, async () => {
      order.push(`${name} begins`)
      await Promise.resolve()
      order.push(`${name} ends`)
    })
  await Promise.all([write('U1', 'first'), write('U1', 'second'), write('U2', 'other')])
  expect(order.indexOf('first ends')).toBeLessThan(order.indexOf('second begins'))
  expect(order.indexOf('other begins')).toBeLessThan(order.indexOf('first ends'))
})

test('a write that fails lets the next one go and keeps its own error', async () => {
  const locks = createWriteLocks()
  const failure = new Error('refused')
  const first = locks.run('U1', () => Promise.reject(failure))
  const second = locks.run('U1', () => Promise.resolve('done'))
  await expect(first).rejects.toBe(failure)
  expect(await second).toBe('done')
})
