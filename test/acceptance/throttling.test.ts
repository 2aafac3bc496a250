/* Spec section 15.3: what a 429 does to a cycle. */
import { afterEach, expect, test } from 'vitest'
import { aSlackWorld, type SlackWorld } from '../builders/slack-world.ts'

let slack: SlackWorld
afterEach(async () => {
  await slack.close()
})

const retryAfterSeconds = 75

const requests = {
  'a create': { method: '^POST$', path: '/Users$' },
  'an update': { method: '^PATCH$', path: '/Users/' },
  'a change of members': { method: '^PATCH$', path: '/Groups/' },
  'a read': { method: '^GET$', path: '/Users/[^?]+$' },
} as const

test.each(Object.entries(requests))(
  '95: after a 429 to %s no request is sent before its time, and everything is done once afterwards',
  async (_, met) => {
    const sentAt: number[] = []
    slack = await aSlackWorld(
      {},
      {
        beforeRequest: (_request, simulator) => {
          sentAt.push(simulator.now())
        },
      },
    )
    const { muster, simulator } = slack
    const names = ['Mira Okafor', 'Tom Hill', 'Ola Lind', 'Nina Berg', 'Ada North']
    const people: string[] = []
    for (const name of names) people.push(await muster.user(name))
    const sales = await muster.group('Sales', people.slice(0, 2))
    await muster.assign(sales)
    await slack.cycle()
    // Everybody changes, more come, and the group grows.
    for (const [number, id] of people.entries()) await muster.change(id, { jobTitle: `Rank ${String(number)}` })
    for (let number = 0; number < 30; number += 1)
      people.push(await muster.user(`Joiner Of${'abcdefghijklmnopqrstuvwxyzäöüß'.charAt(number)}x`))
    await muster.members(sales, people.slice(0, 5))

    const fault = simulator.addFault({
      ...met,
      kind: 'status',
      status: 429,
      headers: { 'retry-after': String(retryAfterSeconds) },
      body: '{"Errors":{"description":"too_many_requests","code":429}}',
      next: 1,
    })
    simulator.clearRequests()
    const began = sentAt.length
    expect(await slack.cycle()).toMatchObject({ state: 'Succeeded' })
    const refused = simulator.requests().find((request) => request.status === 429)
    if (refused === undefined) throw new Error(`Nothing met fault ${String(fault)}.`)
    const answeredAt = refused.at + refused.tookMs
    const until = answeredAt + retryAfterSeconds * 1000
    expect(sentAt.slice(began).filter((at) => at > answeredAt && at < until)).toEqual([])
    expect(sentAt.slice(began).some((at) => at >= until)).toBe(true)

    expect(simulator.people().filter(({ email }) => email.endsWith('@example.com'))).toHaveLength(new Set(people).size)
    expect(simulator.group('Sales')?.memberIds).toHaveLength(5)
    for (const [number, name] of names.entries())
      expect(simulator.person(`${name.toLowerCase().replace(' ', '.')}@example.com`)?.title).toBe(
        `Rank ${String(number)}`,
      )
    // Each write once: whoever was created was created by one request, and nothing is left to write.
    const bodies = simulator
      .requests()
      .filter(({ method, status }) => method !== 'GET' && status < 300)
      .map(({ method, url, requestBody }) => `${method} ${url} ${requestBody ?? ''}`)
    expect(new Set(bodies).size).toBe(bodies.length)
    await muster.restart()
    simulator.clearRequests()
    await slack.cycle()
    expect(simulator.requests().filter(({ method }) => method !== 'GET')).toEqual([])
  },
)
