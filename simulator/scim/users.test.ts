/* What the vectors leave open about people (slack.md section 3): PUT, names, guests, owners, knobs, hostile bodies. */
import { describe, expect, test } from 'vitest'
import {
  aUser,
  aWorkspace,
  enterprise1,
  enterprise2,
  guest1,
  patchOp,
  refusalOf,
  v1,
  v2,
} from '../../test/builders/slack-workspace.ts'
import type { Workspace } from '../../test/builders/slack-workspace.ts'
import { pacificTime } from './user-shape.ts'

async function nina(workspace: Workspace, more: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const { status, text } = await workspace.send('POST', '/scim/v1/Users', aUser('nina', more))
  expect(status, text).toBe(201)
  return `/scim/v1/Users/${workspace.idOf('nina')}`
}

async function operate(workspace: Workspace, ...operations: readonly unknown[]): Promise<unknown> {
  const { status, text, json } = await workspace.send('PATCH', `/scim/v2/Users/${workspace.idOf('nina')}`, {
    schemas: [patchOp],
    Operations: operations,
  })
  expect(status, text).toBe(200)
  return json
}

describe('the extended shape', () => {
  test('begins with the first profile field and stays when that is cleared', async () => {
    const workspace = aWorkspace()
    const url = await nina(workspace)
    expect((await workspace.send('GET', url)).json).not.toHaveProperty('addresses')
    await workspace.send('PATCH', url, { schemas: [v1], userType: 'Employee' })
    await workspace.send('PATCH', url, { schemas: [v1], userType: ' ' })
    expect((await workspace.send('GET', url)).json).toMatchObject({
      userType: null,
      addresses: [{ locality: null }],
      emails: [{ primary: true }, { value: '', primary: false }],
      name: { honorificPrefix: null },
    })
  })

  test('a title alone does not make it', async () => {
    const workspace = aWorkspace()
    const url = await nina(workspace, { title: 'Captain' })
    const { json } = await workspace.send('GET', url)
    expect(json).toMatchObject({ schemas: [v1], title: 'Captain' })
    expect(json).not.toHaveProperty('userType')
  })
})

describe('PUT', () => {
  test('blanks title, profile and display name, keeps the names, the state and the id', async () => {
    const workspace = aWorkspace()
    const url = await nina(workspace, {
      name: { givenName: 'Nina', familyName: 'North' },
      displayName: 'Nina N.',
      title: 'Captain',
      [enterprise1]: { department: 'Sea' },
    })
    const { json } = await workspace.send('PUT', url, aUser('nina'))
    expect(json).toMatchObject({
      id: workspace.idOf('nina'),
      active: true,
      displayName: 'nina',
      title: '',
      name: { givenName: 'Nina', familyName: 'North' },
      [enterprise1]: { department: null },
    })
  })

  test('a blanked display name is shown as the userName, whatever that becomes', async () => {
    const workspace = aWorkspace()
    const url = await nina(workspace, { displayName: 'Nina N.' })
    await workspace.send('PUT', url, aUser('nina'))
    expect(workspace.simulator.person('nina')?.displayName).toBe('')
    const renamed = await workspace.send('PATCH', url, { schemas: [v1], userName: 'ina' })
    expect(renamed.json).toMatchObject({ userName: 'ina', displayName: 'ina' })
  })

  test('without active deactivates when the knob says so', async () => {
    const workspace = aWorkspace({ knobs: { putMissingActive: 'deactivate' } })
    const url = await nina(workspace)
    expect((await workspace.send('PUT', url, aUser('nina'))).json).toMatchObject({ active: false })
  })

  test('without an e-mail is refused', async () => {
    const workspace = aWorkspace()
    const url = await nina(workspace)
    expect(refusalOf(await workspace.send('PUT', url, { schemas: [v1], userName: 'nina' }))).toBe('email_empty')
  })
})

describe('user names', () => {
  test('are refused when nothing of them is left', async () => {
    const workspace = aWorkspace()
    expect(refusalOf(await workspace.send('POST', '/scim/v1/Users', aUser('-._')))).toBe('username_invalid')
    expect(refusalOf(await workspace.send('POST', '/scim/v1/Users', aUser('東京')))).toBe('username_invalid')
  })

  test('count after they were cut at the at sign', async () => {
    const workspace = aWorkspace()
    const long = { ...aUser('nina'), userName: 'nina@a-very-long-domain.example' }
    expect((await workspace.send('POST', '/scim/v1/Users', long)).json).toMatchObject({ userName: 'nina' })
  })

  test('on an organisation a taken one is shortened until it is free, on a workspace it is refused', async () => {
    const workspace = aWorkspace()
    await nina(workspace)
    const second = { ...aUser('nina'), emails: [{ value: 'n2@acme.example' }] }
    expect(refusalOf(await workspace.send('POST', '/scim/v1/Users', second))).toBe('username_taken')
    const organisation = aWorkspace({ plan: 'enterprise' })
    const name = 'abcdefghijklmnopqrstu'
    await organisation.send('POST', '/scim/v1/Users', aUser(name))
    const { json } = await organisation.send('POST', '/scim/v1/Users', { ...second, userName: name })
    expect(json).toMatchObject({ userName: 'abcdefghijklmnopqrst1' })
  })

  test('stay taken by somebody deactivated, and become free by a rename', async () => {
    const workspace = aWorkspace()
    const url = await nina(workspace)
    await workspace.send('DELETE', url)
    const again = { ...aUser('nina'), emails: [{ value: 'n2@acme.example' }] }
    expect(refusalOf(await workspace.send('POST', '/scim/v1/Users', again))).toBe('username_taken')
    await workspace.send('PATCH', url, { schemas: [v1], userName: 'nina.gone' })
    expect((await workspace.send('POST', '/scim/v1/Users', again)).status).toBe(201)
  })
})

describe('display names', () => {
  test("Slack's table keeps only periods, underscores and hyphens", async () => {
    const workspace = aWorkspace({ knobs: { displayNameMode: 'slackTable' } })
    await nina(workspace, { displayName: "Zoë O'Neil-Ng (HR)" })
    expect((await workspace.send('GET', `/scim/v1/Users/${workspace.idOf('nina')}`)).json).toMatchObject({
      displayName: 'Zoë_O_Neil-Ng__HR_',
    })
  })

  test('the same name is no update, whatever the settings', async () => {
    const workspace = aWorkspace()
    const url = await nina(workspace, { displayName: 'Nina' })
    workspace.simulator.setSettings({ allowDisplayNameChange: true })
    expect((await workspace.send('PATCH', url, { schemas: [v1], displayName: 'Nina' })).status).toBe(200)
  })

  test('control characters and characters beyond the list', async () => {
    const workspace = aWorkspace()
    expect(refusalOf(await workspace.send('POST', '/scim/v1/Users', aUser('nina', { displayName: 'a\u0007b' })))).toBe(
      'invalid_name_specials',
    )
    await nina(workspace, { displayName: 'a<b>c' })
    expect((await workspace.send('GET', `/scim/v1/Users/${workspace.idOf('nina')}`)).json).toMatchObject({
      displayName: 'a_b_c',
    })
  })
})

describe('values', () => {
  test('reserved words are refused in any case, and only as the whole value', async () => {
    const workspace = aWorkspace()
    const url = await nina(workspace)
    expect(refusalOf(await workspace.send('PATCH', url, { schemas: [v1], title: 'Admin' }))).toBe(
      'invalid_reserved_word',
    )
    expect((await workspace.send('PATCH', url, { schemas: [v1], title: 'Admin of ships' })).status).toBe(200)
  })

  test('digits and letters of all scripts are no emoji', async () => {
    const workspace = aWorkspace()
    const url = await nina(workspace)
    const { json } = await workspace.send('PATCH', url, { schemas: [v1], title: '#1 *Größe* ©®™ ↔ 東京 1️' })
    expect(json).toMatchObject({ title: '#1 *Größe* ©®™ ↔ 東京 1️' })
    for (const title of ['⚓️', '🏴‍☠️', '🇳🇴', '❤', 'I ❤ ships', '⚓', '☎', '1️⃣', '©️']) {
      expect(refusalOf(await workspace.send('PATCH', url, { schemas: [v1], title })), title).toBe(
        'invalid_emoji_not_allowed',
      )
    }
  })

  test('active is taken as text in any case, and nothing else', async () => {
    const workspace = aWorkspace()
    const url = await nina(workspace)
    expect((await workspace.send('PATCH', url, { schemas: [v1], active: 'False' })).json).toMatchObject({
      active: false,
    })
    expect((await workspace.send('PATCH', url, { schemas: [v1], active: 'TRUE' })).json).toMatchObject({ active: true })
    expect(refusalOf(await workspace.send('PATCH', url, { schemas: [v1], active: 'yes' }))).toBe(
      'invalid_attribute_format',
    )
  })

  test('a password is refused in an update, and where single sign-on is required', async () => {
    const workspace = aWorkspace()
    const url = await nina(workspace)
    const refused = await workspace.send('PATCH', url, { schemas: [v1], password: 'x' })
    expect([refused.status, refusalOf(refused)]).toEqual([403, 'password_change_not_allowed'])
    workspace.simulator.setSettings({ ssoMode: 'required' })
    expect(refusalOf(await workspace.send('POST', '/scim/v1/Users', aUser('ned', { password: 'x' })))).toBe(
      'password_change_not_allowed',
    )
  })

  test('an unknown manager is refused in an update, and on creation when the knob says so', async () => {
    const workspace = aWorkspace()
    const url = await nina(workspace)
    const manager = { [enterprise1]: { manager: { managerId: 'U0NOBODY' } } }
    expect(refusalOf(await workspace.send('PATCH', url, { schemas: [v1], ...manager }))).toBe(
      'improper_enterprise_schema_format',
    )
    workspace.simulator.setKnobs({ unknownManager: 'reject' })
    expect(refusalOf(await workspace.send('POST', '/scim/v1/Users', aUser('ned', manager)))).toBe(
      'improper_enterprise_schema_format',
    )
  })

  test('a manager is found by userName, and cleared by a blank', async () => {
    const workspace = aWorkspace()
    const url = await nina(workspace)
    const set = { schemas: [v1], [enterprise1]: { manager: { managerId: 'adam' } } }
    expect((await workspace.send('PATCH', url, set)).json).toMatchObject({
      [enterprise1]: { manager: { managerId: workspace.idOf('adam') } },
    })
    const clear = { schemas: [v1], [enterprise1]: { manager: { managerId: ' ' } } }
    expect((await workspace.send('PATCH', url, clear)).json).toMatchObject({
      [enterprise1]: { manager: { managerId: null } },
    })
  })

  test('a start date counts only with its schema named', async () => {
    const workspace = aWorkspace()
    const profile1 = 'urn:scim:schemas:extension:slack:profile:1.0'
    const url = await nina(workspace, { [profile1]: { startDate: '2024-04-10T00:00:00+0000' } })
    expect((await workspace.send('GET', url)).json).not.toHaveProperty([profile1])
  })

  test('externalId comes back when the knob says it is stored', async () => {
    const workspace = aWorkspace({ knobs: { externalIdEcho: 'stored' } })
    const url = await nina(workspace, { externalId: 'e-1' })
    await workspace.send('PATCH', url, { schemas: [v1], externalId: 'e-2' })
    expect((await workspace.send('GET', url)).json).toMatchObject({ externalId: 'e-1' })
  })
})

describe('the two phone numbers', () => {
  const cases: readonly (readonly [string, readonly unknown[], string | null, string | null])[] = [
    [
      'mobile beside a primary',
      [
        { type: 'mobile', value: 'A' },
        { primary: true, value: 'B' },
      ],
      'B',
      'A',
    ],
    [
      'the same the other way round',
      [
        { primary: true, value: 'B' },
        { type: 'mobile', value: 'A' },
      ],
      'B',
      'A',
    ],
    ['neither beside a primary', [{ value: 'A' }, { primary: true, value: 'B' }], 'B', 'A'],
    ['two that say nothing', [{ value: 'A' }, { value: 'B' }], 'A', 'B'],
    ['work has its own slot', [{ type: 'work', value: 'W' }, { value: 'A' }, { primary: true, value: 'B' }], 'B', 'W'],
    [
      'one number twice',
      [
        { type: 'mobile', value: 'A' },
        { primary: true, value: 'A' },
      ],
      'A',
      null,
    ],
    [
      'not primary beside a mobile',
      [
        { primary: false, value: 'A' },
        { type: 'mobile', value: 'B' },
      ],
      'B',
      'A',
    ],
    ['not primary alone', [{ primary: false, value: 'A' }], 'A', null],
  ]
  test.each(cases)('%s', async (_, phoneNumbers, primary, mobile) => {
    const workspace = aWorkspace()
    const url = await nina(workspace, { phoneNumbers })
    expect((await workspace.send('GET', url)).json).toMatchObject({
      phoneNumbers: [
        { value: mobile, type: 'mobile' },
        { value: primary, primary: true },
      ],
    })
  })

  test('a blank empties its own slot only', async () => {
    const workspace = aWorkspace()
    const url = await nina(workspace, { phoneNumbers: [{ type: 'work', value: 'W' }, { value: 'A' }] })
    const asked = {
      schemas: [v1],
      phoneNumbers: [
        { type: 'mobile', value: ' ' },
        { primary: true, value: 'B' },
      ],
    }
    expect((await workspace.send('PATCH', url, asked)).json).toMatchObject({
      phoneNumbers: [{ value: 'W' }, { value: 'B' }],
    })
  })
})

describe('the two addresses', () => {
  const old = 'nina@acme.example'
  const second = 'n2@acme.example'
  const both = { emails: [{ value: old, primary: true }, { value: second }] }

  test('a secondary one that becomes primary changes places, in every way to say it', async () => {
    const swapped = [
      { value: second, primary: true },
      { value: old, primary: false },
    ]
    const workspace = aWorkspace()
    const url = await nina(workspace, both)
    const asked = { schemas: [v1], emails: [{ value: 'N2@ACME.example', primary: true }] }
    expect((await workspace.send('PATCH', url, asked)).json).toMatchObject({ emails: swapped })
    const back = { op: 'replace', path: 'emails[primary eq true].value', value: old }
    expect(await operate(workspace, back)).toMatchObject({ emails: [{ value: old }, { value: second }] })
    const add = { op: 'add', path: 'emails', value: [{ value: second, primary: true }] }
    expect(await operate(workspace, add)).toMatchObject({ emails: swapped })
  })

  test('the primary one is not kept as secondary as well', async () => {
    const workspace = aWorkspace()
    const url = await nina(workspace, { emails: [{ value: old, primary: true }, { value: old }, { value: second }] })
    const expected = { emails: [{ value: old }, { value: second }] }
    await workspace.send('PATCH', url, { schemas: [v1], userType: 'Employee' })
    expect((await workspace.send('GET', url)).json).toMatchObject(expected)
    const asked = { schemas: [v1], emails: [{ value: old, primary: false }] }
    expect((await workspace.send('PATCH', url, asked)).json).toMatchObject(expected)
  })

  test('the primary one can be deleted when the same call names a new one', async () => {
    const workspace = aWorkspace()
    const url = await nina(workspace, both)
    const deletion = { value: old, operation: 'delete' }
    const added = { schemas: [v1], emails: [deletion, { value: 'n3@acme.example', primary: true }] }
    expect((await workspace.send('PATCH', url, added)).json).toMatchObject({
      emails: [{ value: 'n3@acme.example' }, { value: second }],
    })
    expect(
      await operate(
        workspace,
        { op: 'remove', path: 'emails[value eq "n3@acme.example"]' },
        { op: 'add', path: 'emails', value: [{ value: second, primary: true }] },
      ),
    ).toMatchObject({ emails: [{ value: second }, { value: '' }] })
  })

  test('the primary one cannot be deleted for nothing', async () => {
    const workspace = aWorkspace()
    const url = await nina(workspace, both)
    for (const emails of [
      [{ value: old, operation: 'delete' }],
      [{ value: old, operation: 'delete' }, { value: '' }],
    ]) {
      expect(refusalOf(await workspace.send('PATCH', url, { schemas: [v1], emails }))).toBe('missing_primary_email')
    }
    expect(workspace.simulator.person('nina')?.email).toBe(old)
  })
})

describe('v2 operations', () => {
  test('paths with a type mean what the type means in a request', async () => {
    const workspace = aWorkspace()
    await nina(workspace)
    const person = await operate(
      workspace,
      { op: 'Add', path: 'phoneNumbers[type eq "work"].value', value: '1' },
      { op: 'Replace', path: 'phoneNumbers[type eq "mobile"].value', value: '2' },
      { op: 'Replace', path: 'emails[type eq "work"].value', value: 'nina.n@acme.example' },
      { op: 'Add', path: 'addresses[type eq "untyped"].locality', value: 'Oslo' },
      { op: 'Add', path: 'roles[primary eq "True"].value', value: 'Lead' },
      { op: 'Replace', path: 'name.familyName', value: 'Nord' },
      { op: 'Add', path: `${enterprise2}:manager.managerId`, value: 'adam@acme.example' },
      { op: 'Replace', path: 'active', value: 'False' },
    )
    expect(person).toMatchObject({
      phoneNumbers: [
        { value: '1', type: 'mobile' },
        { value: '2', primary: true },
      ],
      emails: [{ value: 'nina.n@acme.example', primary: true }, { primary: false }],
      addresses: [{ locality: 'Oslo' }],
      roles: [{ value: 'Lead', primary: true }],
      name: { familyName: 'Nord' },
      [enterprise2]: { manager: { managerId: workspace.idOf('adam') } },
      active: false,
    })
  })

  test('without a path the value names attributes and paths', async () => {
    const workspace = aWorkspace()
    await nina(workspace)
    const person = await operate(workspace, { op: 'replace', value: { title: 'Captain', 'name.givenName': 'Ina' } })
    expect(person).toMatchObject({ title: 'Captain', name: { givenName: 'Ina' } })
  })

  test('the primary address is never removed', async () => {
    const workspace = aWorkspace()
    const url = (await nina(workspace)).replace('v1', 'v2')
    for (const path of ['emails[primary eq true]', 'emails[value eq "nina@acme.example"]']) {
      const { status, json } = await workspace.send('PATCH', url, {
        schemas: [patchOp],
        Operations: [{ op: 'remove', path }],
      })
      expect([status, json]).toEqual([400, expect.objectContaining({ detail: 'missing_primary_email', status: 400 })])
    }
  })

  test('what is no operation is refused', async () => {
    const workspace = aWorkspace()
    const url = (await nina(workspace)).replace('v1', 'v2')
    const wrong: readonly unknown[] = [
      'x',
      { op: 'move', path: 'title' },
      { op: 'replace', path: 7, value: 'x' },
      { op: 'remove' },
      { op: 'replace', path: 'nothing', value: 'x' },
      { op: 'replace', path: '__proto__', value: { polluted: true } },
      { op: 'replace', path: 'name.__proto__', value: 'x' },
      { op: 'replace', path: 'title[', value: 'x' },
      { op: 'replace', path: `${enterprise2}:constructor`, value: 'x' },
    ]
    for (const operation of wrong) {
      const { status } = await workspace.send('PATCH', url, { schemas: [patchOp], Operations: [operation] })
      expect(status, JSON.stringify(operation)).toBe(400)
    }
    expect({}).not.toHaveProperty('polluted')
  })
})

describe('guests and owners', () => {
  test('a guest block is refused outside Enterprise', async () => {
    const workspace = aWorkspace()
    const refused = await workspace.send('POST', '/scim/v1/Users', aUser('gus', { [guest1]: { type: 'multi' } }))
    expect(refusalOf(refused)).toBe('invalid_request_payload')
  })

  test('becoming a guest reactivates; only the end date can be dropped', async () => {
    const workspace = aWorkspace({ plan: 'enterprise' })
    const url = await nina(workspace, { active: false })
    const expiration = '2030-11-30T23:59:59Z'
    const made = await workspace.send('PATCH', url, { schemas: [v1], [guest1]: { type: 'multi', expiration } })
    expect(made.json).toMatchObject({ active: true, [guest1]: { type: 'multi', expiration, channels: [] } })
    const dropped = { schemas: [v1], meta: { attributes: [`${guest1}.expiration`] } }
    expect((await workspace.send('PATCH', url, dropped)).json).toMatchObject({
      [guest1]: { type: 'multi', expiration: null },
    })
  })

  test('only the primary owner deactivates an owner; nobody changes an erased person', async () => {
    const workspace = aWorkspace()
    const { simulator } = workspace
    for (const userName of ['oscar', 'otto']) {
      simulator.addPerson({ userName, email: `${userName}@acme.example`, role: 'owner' })
    }
    simulator.addPerson({ userName: 'gone', email: 'gone@acme.example', isErased: true })
    const ownersToken = simulator.issueToken({ installer: 'oscar' })
    const primaryToken = simulator.issueToken({ installer: 'olga' })
    const otto = `/scim/v1/Users/${workspace.idOf('otto')}`
    expect(refusalOf(await workspace.send('DELETE', otto))).toBe('permission_denied')
    expect(refusalOf(await workspace.send('DELETE', otto, undefined, ownersToken))).toBe('cannot_modify_owner')
    expect((await workspace.send('DELETE', otto, undefined, primaryToken)).status).toBe(200)
    const gone = `/scim/v1/Users/${workspace.idOf('gone')}`
    expect(refusalOf(await workspace.send('PATCH', gone, { schemas: [v1], title: 'x' }))).toBe('cannot_modify_gdpr')
    expect(refusalOf(await workspace.send('DELETE', gone))).toBe('cannot_modify_gdpr')
  })

  test('deactivating the installer ends the token', async () => {
    const workspace = aWorkspace()
    const url = `/scim/v1/Users/${workspace.idOf('adam')}`
    expect((await workspace.send('DELETE', url)).status).toBe(200)
    expect(refusalOf(await workspace.send('GET', url))).toBe('invalid_authentication')
  })
})

describe('bodies that mean harm', () => {
  test('malformed, empty or foreign JSON is refused and changes nothing', async () => {
    const workspace = aWorkspace()
    const before = workspace.simulator.people().length
    for (const body of ['', '{', 'null', '[]', '"x"', '7', '{"schemas":', '\u0000']) {
      const refused = await workspace.send('POST', '/scim/v1/Users', body)
      expect([refused.status, refusalOf(refused)], body).toEqual([400, 'invalid_request_payload'])
    }
    for (const schemas of [[], 'x', [7], ['urn:unknown'], {}]) {
      const refused = await workspace.send('POST', '/scim/v1/Users', { ...aUser('nina'), schemas })
      expect(refusalOf(refused)).toBe('missing_schema_element')
    }
    expect(workspace.simulator.people().length).toBe(before)
  })

  test('names of object properties are unknown attributes', async () => {
    const workspace = aWorkspace()
    for (const name of ['__proto__', 'constructor', 'prototype', 'toString']) {
      const body = `{"schemas":["${v1}"],"userName":"nina","emails":[{"value":"n@acme.example"}],"${name}":{"role":"owner"}}`
      expect(refusalOf(await workspace.send('POST', '/scim/v1/Users', body)), name).toBe('invalid_request_payload')
    }
    for (const id of ['__proto__', 'constructor', '..%2f..', '%', 'U0%00']) {
      const refused = await workspace.send('GET', `/scim/v1/Users/${id}`)
      expect([refused.status, refusalOf(refused)], id).toEqual([400, 'cannot_decode_user_id'])
    }
    expect({}).not.toHaveProperty('role')
  })

  test('shapes of the wrong kind have a name each', async () => {
    const workspace = aWorkspace()
    const wrong: readonly (readonly [Readonly<Record<string, unknown>>, string])[] = [
      [{ emails: [[]] }, 'emails_invalid'],
      [{ emails: [{ value: {} }] }, 'emails_invalid'],
      [{ phoneNumbers: 'x' }, 'phoneNumbers_invalid'],
      [{ addresses: {} }, 'addresses_invalid'],
      [{ roles: 'x' }, 'roles_invalid'],
      [{ photos: [{ value: 'no address' }] }, 'photos_invalid'],
      [{ groups: 'x' }, 'groups_invalid'],
      [{ name: 'x' }, 'invalid_attribute_format'],
      [{ title: ['x'] }, 'invalid_attribute_format'],
      [{ userName: {} }, 'invalid_attribute_format'],
      [{ color: 'blue' }, 'invalid_request_payload'],
      [{ [enterprise1]: { color: 'blue' } }, 'invalid_request_payload'],
    ]
    for (const [more, name] of wrong) {
      expect(refusalOf(await workspace.send('POST', '/scim/v1/Users', aUser('nina', more))), name).toBe(name)
    }
  })

  test('a body of v2 is no body of v1', async () => {
    const workspace = aWorkspace()
    const refused = await workspace.send('POST', '/scim/v1/Users', { ...aUser('nina'), schemas: [v2] })
    expect(refusalOf(refused)).toBe('missing_schema_element')
  })

  test('a very long value and a very deep one are answered', async () => {
    const workspace = aWorkspace()
    const long = await workspace.send('POST', '/scim/v1/Users', aUser('nina', { title: 'x'.repeat(2_000_000) }))
    expect(long.status).toBe(201)
    const deep = `{"schemas":["${v1}"],"name":${'['.repeat(5000)}${']'.repeat(5000)}}`
    expect((await workspace.send('POST', '/scim/v1/Users', deep)).status).toBe(400)
  })
})

test('stamps follow the Pacific offset through the year', () => {
  expect(pacificTime(Date.UTC(2026, 0, 1, 12))).toBe('2026-01-01T04:00:00-08:00')
  expect(pacificTime(Date.UTC(2026, 2, 8, 9, 59, 59))).toBe('2026-03-08T01:59:59-08:00')
  expect(pacificTime(Date.UTC(2026, 2, 8, 10))).toBe('2026-03-08T03:00:00-07:00')
  expect(pacificTime(Date.UTC(2026, 10, 1, 8, 59, 59))).toBe('2026-11-01T01:59:59-07:00')
  expect(pacificTime(Date.UTC(2026, 10, 1, 9))).toBe('2026-11-01T01:00:00-08:00')
})
