import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FakeFault } from '../../../test/builders/fake-slack.ts'
import { answer, createFakeSlack, refusal } from '../../../test/builders/fake-slack.ts'
import { createJumpingClock } from '../../../test/builders/jumping-clock.ts'
import { ConnectorError } from '../../vocabulary/index.ts'
import { slackPerson } from '../target.contract.ts'
import { createSlackTarget } from './index.ts'

/** What may become of one request, before or after it took effect. */
const mishap: fc.Arbitrary<Pick<FakeFault, 'after' | 'does'> | null> = fc.oneof(
  fc.constant(null),
  fc.record({
    after: fc.boolean(),
    does: fc.constantFrom<FakeFault['does']>(
      'reset',
      'hang',
      answer(500, ''),
      answer(502, '<html>Bad gateway</html>'),
      answer(201, '{"id":"U0'),
    ),
  }),
  fc.constant({ does: refusal(429, 'too_many_requests', { 'retry-after': '1' }) }),
  fc.constant({ does: refusal(500, 'database_query_failure') }),
)

test('whatever becomes of the answers, a create makes one account at most, and its receipt is that account', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(mishap, { maxLength: 10 }), async (mishaps) => {
      const slack = createFakeSlack()
      const clock = createJumpingClock()
      const target = createSlackTarget({ token: 'xoxp-fake-token', clock, random: () => 0.5, send: slack.send })
      for (const [index, one] of mishaps.entries()) {
        if (one !== null) slack.fault({ matches: () => slack.requests.length === index + 1, ...one })
      }
      const create = async (): Promise<unknown> =>
        target
          .write({ kind: 'create', objectType: 'User', attributes: slackPerson(1) })
          .catch((error: unknown) => error)
      const first = await create()
      const accounts = [...slack.users.keys()]
      expect(accounts.length).toBeLessThanOrEqual(1)
      if (!(first instanceof ConnectorError)) expect(first).toMatchObject({ anchor: accounts[0] })
      else if (first.code === 'Conflict') expect(accounts).toEqual([first.existingAnchor])
      else expect(first.retry).toBe('nextCycle')
      // The next cycle asks again, with whatever mishaps are left.
      await create()
      expect(slack.users.size).toBeLessThanOrEqual(1)
    }),
    { numRuns: 300 },
  )
})
