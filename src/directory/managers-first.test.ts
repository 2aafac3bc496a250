import fc from 'fast-check'
import { expect, test } from 'vitest'
import { managersFirst } from './managers-first.ts'

const person = (objectId: string, manager?: string) => ({
  objectId,
  attributes: manager === undefined ? {} : { manager },
})
const order = (...people: readonly ReturnType<typeof person>[]) => managersFirst(people).map((each) => each.objectId)

test('managers come before those they manage, whatever the order given', () => {
  expect(order(person('c', 'b'), person('b', 'a'), person('a'))).toEqual(['a', 'b', 'c'])
})

test('people of one level keep the order given', () => {
  expect(order(person('z', 'boss'), person('boss'), person('y', 'boss'), person('x'))).toEqual(['boss', 'x', 'z', 'y'])
})

test('a manager who is not among them is not waited for', () => {
  expect(order(person('b', 'elsewhere'), person('a'))).toEqual(['b', 'a'])
})

test('a circle of managers ends', () => {
  expect(order(person('a', 'b'), person('b', 'a'), person('c', 'c'), person('d', 'a')).sort()).toEqual([
    'a',
    'b',
    'c',
    'd',
  ])
})

test('a chain of fifty thousand does not exhaust the stack', () => {
  const chain = Array.from({ length: 50_000 }, (_, index) => person(String(index), String(index + 1)))
  expect(managersFirst(chain)[0]?.objectId).toBe('49999')
})

test('nobody is lost, and in a tree every manager comes first', () => {
  const aTree = fc
    .array(fc.nat(), { minLength: 1, maxLength: 30 })
    .map((numbers) =>
      numbers.map((number, index) => person(String(index), index === 0 ? undefined : String(number % index))),
    )
  fc.assert(
    fc.property(
      aTree.chain((people) => fc.shuffledSubarray(people, { minLength: people.length })),
      (people) => {
        const ordered = managersFirst(people)
        const place = new Map(ordered.map((each, index) => [each.objectId, index]))
        expect(place.size).toBe(people.length)
        for (const each of people) {
          const manager = each.attributes.manager
          if (manager !== undefined) expect(place.get(manager)).toBeLessThan(place.get(each.objectId) ?? -1)
        }
      },
    ),
  )
})
