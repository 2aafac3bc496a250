/* What people write into BaseAddress, and where it leads. */
import { describe, expect, it } from 'vitest'
import { readTargetAddress } from './target-address.ts'

const slackAt = (baseUrl: string, dialect: 'slack-v1' | 'slack-v2' = 'slack-v1') => ({
  address: { kind: 'slack', baseUrl, dialect },
  refusal: null,
})

describe('the address of a Slack', () => {
  it.each([
    ['https://api.slack.com', slackAt('https://api.slack.com')],
    ['https://api.slack.com/', slackAt('https://api.slack.com')],
    [' https://api.slack.com/scim ', slackAt('https://api.slack.com')],
    ['https://api.slack.com/scim/', slackAt('https://api.slack.com')],
    ['https://api.slack.com/scim/v1', slackAt('https://api.slack.com')],
    ['https://api.slack.com/scim/v1/', slackAt('https://api.slack.com')],
    ['https://api.slack.com/scim/v2/', slackAt('https://api.slack.com', 'slack-v2')],
    ['https://api.slack.com/SCIM/V2', slackAt('https://api.slack.com', 'slack-v2')],
    ['https://api.slack-gov.com/scim/v1/', slackAt('https://api.slack-gov.com')],
    ['https://api.slack.com/scim/v2/?aadOptscim062020', slackAt('https://api.slack.com', 'slack-v2')],
    ['http://127.0.0.1:8471', slackAt('http://127.0.0.1:8471')],
    ['http://localhost:8471/scim/v1/', slackAt('http://localhost:8471')],
    ['https://proxy.example/slack/scim/v1', slackAt('https://proxy.example/slack')],
    ['https://proxy.example/slack/', slackAt('https://proxy.example/slack')],
  ])('%s', (text, reading) => {
    expect(readTargetAddress(text, 'Slack', 'slack-v1')).toEqual(reading)
  })

  it('takes the version of the settings where it names none', () => {
    expect(readTargetAddress('https://api.slack.com/scim', 'Slack', 'slack-v2')).toEqual(
      slackAt('https://api.slack.com', 'slack-v2'),
    )
  })
})

it.each([
  ['https://app.example/scim/v2', 'https://app.example/scim/v2'],
  ['https://app.example/scim/v2/', 'https://app.example/scim/v2'],
  ['https://app.example/scim?aadOptscim062020', 'https://app.example/scim'],
  ['https://app.example', 'https://app.example'],
])('the address of a SCIM service is taken as it is: %s', (text, baseUrl) => {
  expect(readTargetAddress(text, 'scim', 'slack-v1')).toEqual({ address: { kind: 'scim2', baseUrl }, refusal: null })
})

it.each([
  ['api.slack.com', /write it as https:\/\/api\.slack\.com/],
  ['', /no address of the web/],
  ['ftp://api.slack.com', /no address of the web/],
  ['file:///etc/passwd', /no address of the web/],
  ['https://admin:geheim@api.slack.com', /holds a user name or password/],
  ['https://api.slack.com/scim?token=geheim', /more behind its path/],
  ['https://api.slack.com/scim#geheim', /more behind its path/],
])('%s is refused, and not repeated', (text, sentence) => {
  const { address, refusal } = readTargetAddress(text, 'Slack', 'slack-v1')
  expect(address).toBeNull()
  expect(refusal).toMatch(sentence)
  expect(refusal).not.toContain('geheim')
})
