/* What the vectors leave open about lists (slack.md 2.1 to 2.3). */
import { expect, test } from 'vitest'
import { aWorkspace, refusalOf } from '../../test/builders/slack-workspace.ts'

test('a count of zero or less is a page of nobody with the total', async () => {
  const workspace = aWorkspace({ users: 2 })
  const total = workspace.simulator.people().length
  for (const count of ['0', '-1', '-1000']) {
    const { status, json } = await workspace.send('GET', `/scim/v1/Users?count=${count}`)
    expect([status, json]).toEqual([
      200,
      expect.objectContaining({ totalResults: total, itemsPerPage: 0, startIndex: 1, Resources: [] }),
    ])
  }
  const byName = await workspace.send('GET', '/scim/v1/Users?count=-1&filter=userName%20eq%20%22adam%22')
  expect(byName.json).toMatchObject({ totalResults: 1, itemsPerPage: 0 })
})

test('a count that is no number counts as none given', async () => {
  const workspace = aWorkspace({ users: 20 })
  for (const count of ['', 'many', '1.5']) {
    expect((await workspace.send('GET', `/scim/v1/Users?count=${count}`)).json).toMatchObject({ itemsPerPage: 10 })
  }
})

test('an empty filter is one without an expression', async () => {
  const workspace = aWorkspace()
  for (const resource of ['Users', 'Groups']) {
    for (const filter of ['', '%20', '()']) {
      const refused = await workspace.send('GET', `/scim/v1/${resource}?filter=${filter}`)
      expect([refused.status, refusalOf(refused)], filter).toEqual([400, 'no_filters (is_aggregate_call=1)'])
    }
  }
})
