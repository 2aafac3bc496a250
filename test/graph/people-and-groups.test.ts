/* `/users` and `/groups` (graph-api.md 3.1, 3.2, 4.1). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { emptyRecycleBin } from '../../src/directory/index.ts'
import { aGraphWorld, type GraphWorld, type Json } from '../builders/graph-world.ts'

let world: GraphWorld
beforeEach(async () => {
  world = await aGraphWorld()
})
afterEach(() => world.close())

const mira = {
  accountEnabled: true,
  displayName: 'Mira Okafor',
  mailNickname: 'mira',
  userPrincipalName: 'mira@example.com',
  passwordProfile: { password: 'Wonderful-1', forceChangePasswordNextSignIn: true },
}

async function createUser(more: Json = {}): Promise<string> {
  const answer = await world.ask('POST', '/users', { ...mira, ...more })
  expect(answer.status, answer.text).toBe(201)
  return String(answer.body['id'])
}

async function createGroup(more: Json = {}): Promise<string> {
  const answer = await world.ask('POST', '/groups', {
    displayName: 'Crew',
    mailEnabled: false,
    mailNickname: 'crew',
    securityEnabled: true,
    ...more,
  })
  expect(answer.status, answer.text).toBe(201)
  return String(answer.body['id'])
}

const errorOf = (body: Json): Json => body['error'] as Json

describe('a person', () => {
  it('is created with what Graph asks for, and comes back with the default properties', async () => {
    const answer = await world.ask('POST', '/users', {
      ...mira,
      jobTitle: 'Captain',
      '@odata.type': '#microsoft.graph.user',
    })
    expect(answer.status).toBe(201)
    expect(answer.body).toMatchObject({
      '@odata.context': 'http://localhost/v1.0/$metadata#users/$entity',
      displayName: 'Mira Okafor',
      jobTitle: 'Captain',
      businessPhones: [],
      mail: null,
    })
    expect(Object.keys(answer.body).sort()).toEqual(
      [
        ...['@odata.context', 'businessPhones', 'displayName', 'givenName', 'id', 'jobTitle', 'mail', 'mobilePhone'],
        ...['officeLocation', 'preferredLanguage', 'surname', 'userPrincipalName'],
      ].sort(),
    )
    expect(answer.headers['location']).toBe(`http://localhost/v1.0/users/${String(answer.body['id'])}`)
    expect(world.woken()).toBe(1)
  })

  it('names what is missing', async () => {
    for (const name of Object.keys(mira)) {
      const answer = await world.ask('POST', '/users', { ...mira, [name]: undefined })
      expect(answer.status).toBe(400)
      expect(errorOf(answer.body)).toMatchObject({
        code: 'Request_BadRequest',
        message: `A value is required for property '${name}' of resource 'user'.`,
      })
    }
  })

  it('a userPrincipalName is given once, without regard to case', async () => {
    await createUser()
    const answer = await world.ask('POST', '/users', { ...mira, userPrincipalName: 'MIRA@example.com' })
    expect(answer.status).toBe(400)
    expect(errorOf(answer.body)).toMatchObject({
      code: 'Request_BadRequest',
      message: expect.stringContaining(
        'A conflicting object with one or more of the specified property values is present in the directory',
      ) as string,
      details: [{ code: 'ConflictingObjects', target: 'userPrincipalName' }],
    })
  })

  it('is found by id and by name, in every spelling of the address', async () => {
    const id = await createUser()
    for (const address of [
      `/users/${id}`,
      `/Users/${id.toUpperCase()}/`,
      `/users('${id}')`,
      '/users/mira@example.com',
      '/users/MIRA%40example.com',
      "/users(userPrincipalName='mira@example.com')",
      `/beta/users/${id}`,
      `/BETA/USERS/${id}`,
      `/V1.0/users/${id}`,
    ]) {
      const answer = await world.get(address)
      expect(answer.status, address).toBe(200)
      expect(answer.body['id']).toBe(id)
    }
    for (const address of ['/users/nobody', '/users/nobody@example.com', "/users('')", '/groups/' + id]) {
      const answer = await world.get(address)
      expect(answer.status, address).toBe(404)
      expect(errorOf(answer.body)).toMatchObject({
        code: 'Request_ResourceNotFound',
        message: expect.stringMatching(/^Resource '.*' does not exist or one of its queried/) as string,
      })
    }
  })

  it('is changed property by property, without regard to the case of names; null clears', async () => {
    const id = await createUser({ jobTitle: 'Mate', department: 'Deck' })
    const change = {
      MailNickName: 'cap',
      jobtitle: 'Captain',
      department: null,
      businessPhones: ['+31 20 123'],
      mail: 'mira@ship.example',
      employeeOrgData: { costCenter: '42' },
      onPremisesExtensionAttributes: { extensionAttribute3: 'red' },
      otherMails: ['m@other.example'],
    }
    expect((await world.ask('PATCH', `/users/${id}`, change)).status).toBe(204)
    const answer = await world.get(
      `/users/${id}?$select=mailNickname,jobTitle,department,businessPhones,mail,proxyAddresses,employeeOrgData,onPremisesExtensionAttributes,otherMails,createdDateTime,userType`,
    )
    expect(answer.body).toMatchObject({
      mailNickname: 'cap',
      jobTitle: 'Captain',
      department: null,
      businessPhones: ['+31 20 123'],
      mail: 'mira@ship.example',
      proxyAddresses: ['SMTP:mira@ship.example'],
      employeeOrgData: { costCenter: '42', division: null },
      onPremisesExtensionAttributes: { extensionAttribute3: 'red', extensionAttribute1: null },
      otherMails: ['m@other.example'],
      userType: 'Member',
      createdDateTime: new Date(world.clock.now()).toISOString().replace('.000Z', 'Z'),
    })
    const [row] = await world.store.directory.objects([id])
    expect(row?.attributes).toMatchObject({
      telephoneNumber: '+31 20 123',
      'employeeOrgData.costCenter': '42',
      extensionAttribute3: 'red',
    })
    expect(row?.attributes).not.toHaveProperty('department')
    expect(JSON.stringify(row)).not.toContain('Wonderful')
  })

  it.each([
    [{ jobTitle: 5 }, 'jobTitle'],
    [{ jobTitle: 'x'.repeat(129) }, 'jobTitle'],
    [{ accountEnabled: null }, 'accountEnabled'],
    [{ displayName: '' }, 'displayName'],
    [{ id: 'other' }, 'read-only'],
    [{ businessPhones: ['1', '2'] }, 'businessPhones'],
    [{ userPrincipalName: 'no address' }, 'userPrincipalName'],
    [{ userType: 'Robot' }, 'userType'],
    [{ employeeHireDate: '2026-02-31' }, 'employeeHireDate'],
    [{ employeeOrgData: { colour: 'red' } }, 'colour'],
    [{ favouriteColour: 'red' }, 'favouriteColour'],
    [{ jobTitle: 'a', JOBTITLE: 'b' }, 'twice'],
    [{ jobTitle: 'a\u0000b' }, 'jobTitle'],
    [{ 'memberOf@odata.bind': ['x/y'] }, 'memberOf'],
    ['[]', 'object'],
    ['{"a":', 'JSON'],
    ['', 'object'],
  ])('%j is refused and changes nothing', async (body, said) => {
    const id = await createUser()
    const [before] = await world.store.directory.objects([id])
    const answer = await world.ask('PATCH', `/users/${id}`, body)
    expect(answer.status, answer.text).toBe(400)
    expect(String(errorOf(answer.body)['message'])).toContain(said)
    expect(await world.store.directory.objects([id])).toEqual([before])
  })

  it('properties of other stores are answered as not implemented', async () => {
    const id = await createUser()
    for (const answer of [
      await world.get(`/users/${id}?$select=skills`),
      await world.get(`/users?$filter=mySite eq 'x'`),
      await world.ask('PATCH', `/users/${id}`, { aboutMe: 'x' }),
    ]) {
      expect(answer.status).toBe(501)
      expect(errorOf(answer.body)['code']).toBe('NotImplemented')
    }
  })

  it('a directory extension is kept and found as it is spelt', async () => {
    const name = 'extension_0123456789abcdef0123456789abcdef_costCentre'
    const id = await createUser({ [name]: 'red' })
    expect((await world.get(`/users/${id}?$select=${name}`)).body[name]).toBe('red')
    expect((await world.get(`/users?$filter=${name} eq 'RED'`)).value).toHaveLength(1)
  })
})

describe('a group', () => {
  it('is created with its first owners and members', async () => {
    const owner = await createUser()
    const member = await createUser({ userPrincipalName: 'tom@example.com' })
    const id = await createGroup({
      'owners@odata.bind': [`https://graph.microsoft.com/v1.0/users/${owner}`],
      'members@odata.bind': [`http://localhost/beta/directoryObjects('${member}')`],
    })
    expect((await world.get(`/groups/${id}/members`)).value).toMatchObject([
      { '@odata.type': '#microsoft.graph.user', id: member },
    ])
    expect((await world.get(`/groups/${id}/owners?$select=id`)).value).toEqual([
      { '@odata.type': '#microsoft.graph.user', id: owner },
    ])
    expect((await world.get(`/users/${owner}/ownedObjects`)).value).toMatchObject([{ id }])
    expect((await world.get(`/groups/${id}`)).body).toMatchObject({ displayName: 'Crew', mail: null, groupTypes: [] })
  })

  it.each([
    [{ mailEnabled: true }, 'mailEnabled'],
    [{ securityEnabled: false }, 'securityEnabled'],
    [{ groupTypes: ['Unified'] }, 'mailEnabled'],
    [{ groupTypes: ['DynamicMembership'], membershipRule: 'user.city -eq "x"' }, 'membership rules'],
    [{ mailNickname: 'two words' }, 'mailNickname'],
    [{ 'owners@odata.bind': ['x/nobody'] }, 'nobody'],
  ])('%j is refused', async (more, said) => {
    const answer = await world.ask('POST', '/groups', {
      ...{ displayName: 'Crew', mailEnabled: false, mailNickname: 'crew', securityEnabled: true },
      ...more,
    })
    expect(answer.status, answer.text).toBeGreaterThanOrEqual(400)
    expect(String(errorOf(answer.body)['message'])).toContain(said)
    expect((await world.get('/groups/$count')).text).toBe('0')
  })

  it('members are put in and taken out by reference, and the job hears of all of them', async () => {
    const member = await createUser()
    const inner = await createGroup({ displayName: 'Inner' })
    const id = await createGroup()
    const newest = async (): Promise<number> => (await world.store.directory.changesWaiting(0)).newest
    let before = await newest()
    const add = (memberId: string): ReturnType<GraphWorld['ask']> =>
      world.ask('POST', `/groups/${id}/members/$ref`, {
        '@odata.id': `http://localhost/v1.0/directoryObjects/${memberId}`,
      })
    expect((await add(member)).status).toBe(204)
    const changed = await world.store.directory.changesAfter(before, 10)
    expect(changed.map(({ objectId }) => objectId)).toEqual([member, id])
    expect((await add(inner)).status).toBe(204)

    const again = await add(member)
    expect(again.status).toBe(400)
    expect(again.text).toContain('One or more added object references already exist')
    expect((await add('nobody')).status).toBe(404)
    expect((await add(id)).status).toBe(400)

    expect((await world.get(`/groups/${id}/members?$filter=id eq '${member}'`)).value).toHaveLength(1)
    expect((await world.get(`/groups/${id}/members?$filter=id+eq+'${id}'`)).value).toEqual([])
    expect((await world.get(`/groups/${id}/members/microsoft.graph.user`)).value).toMatchObject([{ id: member }])
    expect((await world.get(`/groups/${id}/members/$count`)).text).toBe('2')
    expect((await world.get(`/groups/${id}/members/microsoft.graph.group/$count`)).text).toBe('1')
    expect((await world.get(`/groups/${id}/members/$ref`)).value).toHaveLength(2)
    expect((await world.get(`/users/${member}/memberOf`)).value).toMatchObject([
      { id, '@odata.type': '#microsoft.graph.group' },
    ])

    before = await newest()
    expect((await world.ask('DELETE', `/groups/${id}/members/${member}/$ref`)).status).toBe(204)
    expect((await world.store.directory.changesAfter(before, 10)).map(({ objectId }) => objectId)).toEqual([member, id])
    expect((await world.ask('DELETE', `/groups/${id}/members/${member}/$ref`)).status).toBe(404)
    const unmeant = await world.ask('DELETE', `/groups/${id}/members/${inner}`)
    expect(unmeant.status).toBe(400)
    expect((await world.get(`/groups/${inner}`)).status).toBe(200)
  })

  it('up to twenty members are put in by a change of the group', async () => {
    const id = await createGroup()
    const people = await Promise.all(
      Array.from({ length: 21 }, (_, at) => createUser({ userPrincipalName: `p${String(at)}@example.com` })),
    )
    const links = people.map((each) => `http://localhost/v1.0/directoryObjects/${each}`)
    expect((await world.ask('PATCH', `/groups/${id}`, { 'members@odata.bind': links })).status).toBe(400)
    expect((await world.ask('PATCH', `/groups/${id}`, { 'members@odata.bind': links.slice(0, 20) })).status).toBe(204)
    expect((await world.get(`/groups/${id}/members/$count`)).text).toBe('20')
  })

  it('members of members are found through circles', async () => {
    const person = await createUser()
    const a = await createGroup({ displayName: 'A' })
    const b = await createGroup({ displayName: 'B', 'members@odata.bind': [`x/${person}`, `x/${a}`] })
    await world.ask('POST', `/groups/${a}/members/$ref`, { '@odata.id': `x/${b}` })
    const ids = async (address: string): Promise<readonly unknown[]> =>
      (await world.get(address)).value.map((item) => item['id'])
    expect(new Set(await ids(`/groups/${a}/transitiveMembers`))).toEqual(new Set([a, b, person]))
    expect(new Set(await ids(`/users/${person}/transitiveMemberOf`))).toEqual(new Set([a, b]))
    expect(await ids(`/users/${person}/memberOf`)).toEqual([b])
    expect((await world.get(`/groups/${a}/transitiveMembers/microsoft.graph.user/$count`)).text).toBe('1')
  })
})

describe('a manager', () => {
  it('is set, read, expanded and taken away by reference', async () => {
    const boss = await createUser()
    const report = await createUser({ userPrincipalName: 'tom@example.com' })
    const address = `/users/${report}/manager`
    expect((await world.get(address)).status).toBe(404)
    expect((await world.ask('PUT', `${address}/$ref`, { '@odata.id': `x/users/${boss}` })).status).toBe(204)
    expect((await world.get(address)).body).toMatchObject({ '@odata.type': '#microsoft.graph.user', id: boss })
    expect((await world.get(`${address}/$ref`)).body['@odata.id']).toBe(
      `http://localhost/v1.0/directoryObjects/${boss}`,
    )
    expect((await world.get(`/users/${boss}/directReports?$select=id`)).value).toMatchObject([{ id: report }])
    expect((await world.get(`/users/${boss}/directReports/$count`)).text).toBe('1')
    const expanded = await world.get('/users?$expand=manager($select=id,displayName)&$select=id')
    expect(expanded.value.find((item) => item['id'] === report)).toEqual({
      id: report,
      manager: { '@odata.type': '#microsoft.graph.user', id: boss, displayName: 'Mira Okafor' },
    })
    expect(expanded.value.find((item) => item['id'] === boss)).toEqual({ id: boss })
    expect((await world.ask('DELETE', `${address}/$ref`)).status).toBe(204)
    expect((await world.get(address)).status).toBe(404)
    const bad = await world.ask('PUT', `${address}/$ref`, { '@odata.id': 'x/users/nobody' })
    expect(bad.status).toBe(400)
    expect(bad.text).toContain('Not a valid reference update')
  })

  it('may be bound when a person is created', async () => {
    const boss = await createUser()
    const report = await createUser({ userPrincipalName: 'tom@example.com', 'manager@odata.bind': `x/users/${boss}` })
    expect((await world.get(`/users/${report}/manager`)).body['id']).toBe(boss)
  })
})

describe('the recycle bin', () => {
  const day = 24 * 60 * 60 * 1000

  it('keeps people for thirty days, from which they come back as they were', async () => {
    const id = await createUser({ jobTitle: 'Captain' })
    const group = await createGroup({ 'members@odata.bind': [`x/${id}`] })
    expect((await world.ask('DELETE', `/users/${id}`)).status).toBe(204)
    expect((await world.get(`/users/${id}`)).status).toBe(404)
    expect((await world.get(`/groups/${group}/members`)).value).toEqual([])
    const bin = '/directory/deletedItems'
    expect((await world.get(`${bin}/microsoft.graph.user?$select=id,deletedDateTime`)).value).toEqual([
      {
        '@odata.type': '#microsoft.graph.user',
        id,
        deletedDateTime: new Date(world.clock.now()).toISOString().replace('.000Z', 'Z'),
      },
    ])
    expect((await world.get(`${bin}/${id}`)).body).toMatchObject({ id, '@odata.type': '#microsoft.graph.user' })
    expect((await world.get(bin)).status).toBe(400)

    const taken = await createUser()
    const conflict = await world.ask('POST', `${bin}/${id}/restore`)
    expect(conflict.status).toBe(409)
    expect(errorOf(conflict.body)).toMatchObject({
      code: 'Request_MultipleObjectsWithSameKeyValue',
      details: [{ code: 'ConflictingObjects' }],
    })
    const restored = await world.ask('POST', `/directory/deleteditems/${id}/microsoft.graph.restore`, {
      newUserPrincipalName: 'mira2@example.com',
    })
    expect(restored.status, restored.text).toBe(200)
    expect(restored.body).toMatchObject({ id, userPrincipalName: 'mira2@example.com', jobTitle: 'Captain' })
    expect((await world.get(`/groups/${group}/members`)).value).toMatchObject([{ id }])
    expect((await world.get(`/users/${taken}`)).status).toBe(200)
  })

  it('lets go of them after thirty days', async () => {
    const id = await createUser()
    await world.ask('DELETE', `/users/${id}`)
    await world.clock.advance(30 * day)
    expect((await world.get(`/directory/deletedItems/${id}`)).status).toBe(404)
    expect((await world.get('/directory/deletedItems/microsoft.graph.user')).value).toEqual([])
    expect((await world.get('/directory/deletedItems/microsoft.graph.user/$count')).text).toBe('0')
    expect((await world.ask('POST', `/directory/deletedItems/${id}/restore`)).status).toBe(404)
    const { directory } = world.store
    expect(await emptyRecycleBin(directory, world.clock.now() - 31 * day, 10)).toBe(0)
    expect(await emptyRecycleBin(directory, world.clock.now() - 30 * day, 10)).toBe(1)
    expect(await emptyRecycleBin(directory, world.clock.now() - 30 * day, 10)).toBe(0)
    expect(await directory.objects([id])).toMatchObject([{ presence: 'hardDeleted', attributes: {} }])
  })

  it('a person deleted for good leaves no data and no membership behind', async () => {
    const id = await createUser()
    const group = await createGroup({ 'members@odata.bind': [`x/${id}`], 'owners@odata.bind': [`x/${id}`] })
    await world.ask('DELETE', `/users/${id}`)
    expect((await world.ask('DELETE', `/directory/deletedItems/${id}`)).status).toBe(204)
    expect((await world.ask('DELETE', `/directory/deletedItems/${id}`)).status).toBe(404)
    expect(await world.store.directory.objects([id])).toMatchObject([{ presence: 'hardDeleted', attributes: {} }])
    expect((await world.store.directory.members([group])).get(group)).toBeUndefined()
    expect((await world.store.directory.owners([group])).get(group)).toBeUndefined()
  })

  it('keeps Microsoft 365 groups; security groups go at once', async () => {
    const unified = await createGroup({ mailEnabled: true, groupTypes: ['Unified'] })
    const security = await createGroup()
    for (const id of [unified, security]) expect((await world.ask('DELETE', `/groups/${id}`)).status).toBe(204)
    expect((await world.get('/directory/deletedItems/microsoft.graph.group')).value).toMatchObject([{ id: unified }])
    expect((await world.get(`/directory/deletedItems/${security}`)).status).toBe(404)
  })
})

describe('objects by id alone', () => {
  it('are found whatever they are', async () => {
    const person = await createUser()
    const group = await createGroup()
    expect((await world.get(`/directoryObjects/${group}`)).body['@odata.type']).toBe('#microsoft.graph.group')
    const ask = { ids: [person, group, 'nobody'], types: ['user'] }
    const found = await world.ask('POST', '/directoryObjects/microsoft.graph.getByIds', ask)
    expect(found.value).toMatchObject([{ id: person, '@odata.type': '#microsoft.graph.user' }])
    const all = await world.ask('POST', '/directoryObjects/getByIds', { ids: [person, group] })
    expect(all.value).toHaveLength(2)
    expect((await world.ask('POST', '/directoryObjects/getByIds', { ids: 5 })).status).toBe(400)
  })
})

it('a group that becomes a security group, or is none any more, concerns its members (spec 3.1)', async () => {
  const user = await createUser()
  const group = await createGroup({ mailEnabled: true, groupTypes: ['Unified'] })
  const reference = { '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${user}` }
  expect((await world.ask('POST', `/groups/${group}/members/$ref`, reference)).status).toBe(204)
  const { directory } = world.store
  const position = async (): Promise<number> => (await directory.changesAfter(0, 1000)).at(-1)?.changeNumber ?? 0
  const concernedBy = async (changes: Json): Promise<readonly string[]> => {
    const before = await position()
    expect((await world.ask('PATCH', `/groups/${group}`, changes)).status).toBe(204)
    return (await directory.changesAfter(before, 1000)).map(({ objectId }) => objectId).toSorted()
  }
  for (const securityEnabled of [false, true])
    expect(await concernedBy({ securityEnabled })).toEqual([user, group].toSorted())
  expect(await concernedBy({ description: 'Everybody on deck' })).toEqual([group])
})
