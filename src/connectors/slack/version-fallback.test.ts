import { expect, test } from 'vitest'
import { createFakeSlack } from '../../../test/builders/fake-slack.ts'
import { createJumpingClock } from '../../../test/builders/jumping-clock.ts'
import { slackPerson } from '../target.contract.ts'
import { createSlackTarget } from './index.ts'

function aV2Target(
  offersV2: boolean,
): ReturnType<typeof createFakeSlack> & { target: ReturnType<typeof createSlackTarget> } {
  const slack = createFakeSlack()
  slack.offersV2 = offersV2
  const clock = createJumpingClock()
  const send = slack.send
  return Object.assign(slack, {
    target: createSlackTarget({ token: 'xoxp-fake-token', clock, random: () => 0.5, send, dialect: 'slack-v2' }),
  })
}

test('a workspace without the newer version is asked once, then always in the older one', async () => {
  const { target, requests } = aV2Target(false)
  await target.checkCredentials()
  const { anchor } = await target.write({ kind: 'create', objectType: 'User', attributes: slackPerson(1) })
  await target.read('User', anchor)
  for await (const page of target.listObjects('User')) expect(page).toHaveLength(1)
  expect(requests.map((request) => request.path.slice(0, 8))).toEqual([
    '/scim/v2',
    ...Array<string>(4).fill('/scim/v1'),
  ])
  expect(target.traffic().requests).toBe(5)
})

test('a list that is refused in the newer version is read in the older one', async () => {
  const { target, requests } = aV2Target(false)
  const pages: number[] = []
  for await (const page of target.listObjects('User')) pages.push(page.length)
  expect(pages).toEqual([])
  expect(requests.map((request) => request.path.slice(0, 8))).toEqual(['/scim/v2', '/scim/v1'])
})

test('where the newer version is offered, nothing goes to the older one; other errors are handed on', async () => {
  const { target, requests, refuseToken } = aV2Target(true)
  await target.checkCredentials()
  refuseToken()
  await expect(target.read('User', 'U1')).rejects.toMatchObject({ scope: 'job' })
  expect(requests.every((request) => request.path.startsWith('/scim/v2'))).toBe(true)
})
