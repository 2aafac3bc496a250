import { createFakeSlack } from '../../../test/builders/fake-slack.ts'
import { createJumpingClock } from '../../../test/builders/jumping-clock.ts'
import { slackPerson, targetContract } from '../target.contract.ts'
import { createSlackTarget } from './index.ts'

for (const dialect of ['slack-v1', 'slack-v2'] as const) {
  for (const lost of ['reset', 'hang'] as const) {
    targetContract(`${dialect}, lost answers by ${lost}`, () => {
      const slack = createFakeSlack()
      const target = createSlackTarget({
        token: 'xoxp-fake-token',
        clock: createJumpingClock(),
        random: () => 0.5,
        send: slack.send,
        listPageSize: 3,
        dialect,
      })
      return Promise.resolve({
        target,
        person: slackPerson,
        loseNextAnswer: () => slack.fault({ matches: (request) => request.method !== 'GET', after: true, does: lost }),
        refuseCredentials: () => slack.refuseToken(),
      })
    })
  }
}
