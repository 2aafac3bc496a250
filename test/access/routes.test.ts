/*
 * Every route and every Graph operation, asked as every role, against the tables beside this file: they are the truth, written
 * and reviewed by people. A route without a row fails, and so does a row without a route.
 */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { appPermissions } from '../../src/access/index.ts'
import { anAccessWorld, askers, type AccessWorld } from '../builders/access-world.ts'
import { bringInPrograms, graphRoutes, musterRoutes, readTable, verdictOf, type Probed } from './probe.ts'

let world: AccessWorld
let routes: readonly Probed[]
let operations: readonly Probed[]
beforeAll(async () => {
  world = await anAccessWorld()
  await bringInPrograms(world)
  operations = graphRoutes(world)
  routes = [...musterRoutes(world), ...operations]
})
afterAll(() => world.close())

const tableAt = (name: string) => readTable(readFileSync(new URL(name, import.meta.url), 'utf8'))

const tables = [
  { name: 'route-by-role.md', columns: askers, probed: () => routes },
  { name: 'operation-by-permission.md', columns: Object.keys(appPermissions), probed: () => operations },
]

describe.each(tables)('$name', ({ name, columns, probed }) => {
  const table = tableAt(name)

  it('has a row for every route, a route for every row, and a column for everybody', () => {
    expect([...table.keys()].toSorted()).toEqual([...new Set(probed().map(({ row }) => row))].toSorted())
    for (const cells of table.values()) expect([...cells.keys()]).toEqual(columns)
  })

  it.each([...table])('%s', async (row, cells) => {
    for (const each of probed().filter((route) => route.row === row)) {
      const found: string[] = []
      for (const column of columns) found.push(await verdictOf(world, each, column))
      expect({ route: each.route, found }).toEqual({
        route: each.route,
        found: columns.map((column) => cells.get(column)),
      })
    }
  })
})

it('the service knows every route of the table', () => {
  for (const { route } of musterRoutes(world)) {
    const [method = '', url = ''] = route.split(' ')
    expect(world.app.hasRoute({ method, url }), route).toBe(true)
  }
})

it('what is not his and what is not there are answered alike, by every route with a job', async () => {
  const servicePrincipalId = '22222222-2222-4222-8222-222222222222'
  const nothing = { ...world.own, jobId: 'nothing', servicePrincipalId, assignmentId: 'nothing' }
  const withoutIds = (text: string): string => text.replaceAll(/"(?:date|request-id|client-request-id)":"[^"]*"/g, '')
  for (const probed of routes) {
    if (!/\/jobs\/:job|^\w+ \/v1\.0\/servicePrincipals\/\{id\}/.test(probed.route)) continue
    const another = await probed.ask('Application Owner', world.another)
    const absent = await probed.ask('Application Owner', nothing)
    expect({ route: probed.route, status: another.status, text: withoutIds(another.text) }).toEqual({
      route: probed.route,
      status: 403,
      text: withoutIds(absent.text),
    })
  }
})
