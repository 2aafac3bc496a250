/* The gates of a SCIM request in their order (slack.md 10.1, item 2): what is wrong first is what is answered. */
import { expect, test } from 'vitest'
import { aWorkspace, refusalOf, v1 } from '../../test/builders/slack-workspace.ts'

test('of everything that is wrong with a request, the earliest gate answers', async () => {
  const { simulator, send, idOf } = aWorkspace({ plan: 'enterprise', rateScale: 1 })
  const demotedAdmin = 'adam'
  const ofDemoted = simulator.issueToken({ installer: demotedAdmin })
  simulator.addPerson({ userName: 'nina', email: 'nina@acme.example' })
  simulator.addPerson({ userName: 'ola', email: 'ola@acme.example', role: 'org_admin' })
  simulator.setRole(demotedAdmin, 'member')
  simulator.setSettings({ plan: 'free' })
  const withoutScope = simulator.issueToken({ installer: 'orla', scopes: [] })
  const ofWorkspace = simulator.issueToken({ installer: 'orla' })
  // The first token belongs to the org owner; the last two gates need somebody who outranks less.
  const ofAdmin = (): string => {
    simulator.setRole('orla', 'org_admin')
    return simulator.token
  }
  const wrongFields = { emails: [{ value: 'nina@acme.example' }], title: '🎉' }
  const nowhere = '/scim/v3/Users/W0NOBODY'
  const nobody = '/scim/v1/Users/W0NOBODY'
  const steps: (readonly [string, () => Promise<string>])[] = []
  const step = (expected: string, act: () => Promise<string>): number => steps.push([expected, act])
  const ask = async (method: string, url: string, body: unknown, token?: string): Promise<string> =>
    refusalOf(await send(method, url, body, token)).split(' ')[0] ?? ''

  step('unsupported_version', () => ask('PURGE', nowhere, '{', 'x'))
  step('method_not_allowed', () => ask('PURGE', nobody, '{', 'x'))
  step('missing_authentication', async () => {
    const response = await simulator.handle({ method: 'PATCH', url: nobody, headers: {}, body: '{' })
    return (JSON.parse(response.body) as { Errors: { description: string } }).Errors.description
  })
  step('invalid_authentication', () => ask('PATCH', nobody, '{', 'x'))
  step('invalid_authentication', () => ask('PATCH', nobody, '{', withoutScope))
  step('permission_denied', () => ask('PATCH', nobody, '{', ofDemoted))
  step('plus_teams_only', () => ask('PATCH', nobody, '{', ofWorkspace))
  step('non_org_teams_only', () => {
    simulator.setSettings({ plan: 'enterprise' })
    return ask('PATCH', nobody, '{', ofWorkspace)
  })
  step('too_many_requests', async () => {
    for (let count = 0; count < 20; count++) await send('PATCH', nobody, '{')
    return ask('PATCH', nobody, '{')
  })
  step('too_many_requests', async () => {
    simulator.stepClock(60_000)
    simulator.addFault({ kind: 'slow', next: 1, delayMs: 1000 })
    const running = send('PATCH', `/scim/v1/Users/${idOf('nina')}`, { schemas: [v1], title: 'x' })
    const locked = await ask('PATCH', `/scim/v1/Users/${idOf('nina')}`, '{')
    simulator.stepClock(1000)
    await running
    return locked
  })
  step('invalid_request_payload', () => ask('PATCH', nobody, '{'))
  step('missing_schema_element', () => ask('PATCH', nobody, wrongFields))
  step('no_such_user', () => ask('PATCH', nobody, { schemas: [v1], ...wrongFields }))
  step('permission_denied', () => {
    const token = ofAdmin()
    return ask('PATCH', `/scim/v1/Users/${idOf('olga')}`, { schemas: [v1], ...wrongFields }, token)
  })
  step('invalid_emoji_not_allowed', () =>
    ask('PATCH', `/scim/v1/Users/${idOf('ola')}`, { schemas: [v1], ...wrongFields }),
  )
  step('email_taken', () =>
    ask('PATCH', `/scim/v1/Users/${idOf('ola')}`, { schemas: [v1], ...wrongFields, title: 'Lead' }),
  )
  for (const [expected, act] of steps) expect(await act(), expected).toBe(expected)
})
