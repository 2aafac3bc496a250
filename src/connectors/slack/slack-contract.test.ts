import { createFakeSlack } from '../../../test/builders/fake-slack.ts'
import { createJumpingClock } from '../../../test/builders/jumping-clock.ts'
import { slackPerson, targetContract } from '../target.contract.ts'
import { createSlackTarget } from './index.ts'

for (const lost of ['reset', 'hang'] as const) {
  targetContract(`slack-v1, lost answers by ${lost}`, () => {
    const slack = createFakeSlack()
    const clock = createJumpingClock()
    const target = createSlackTarget({
      token: 'xoxp-fake-token',
      clock,
      random: () => 0.5,
      send: slack.send,
      listPageSize: 3,
    })
    return Promise.resolve({
      target,
      person: slackPerson,
      loseNextAnswer: () => slack.fault({ matches: (request) => request.method !== 'GET', after: true, does: lost }),
      refuseCredentials: () => slack.refuseToken(),
    })
  })
}
