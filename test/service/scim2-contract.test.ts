/* The promises of target.ts, kept by the scim2 dialect in front of an independent SCIM 2.0 server. */
import { afterEach, describe, expect, test } from 'vitest'
import { createPoolTransport, createScim2Target, plainProfile, type Send } from '../../src/connectors/scim/index.ts'
import { slackPerson, targetContract } from '../../src/connectors/target.contract.ts'
import type { TargetAttributes } from '../../src/vocabulary/index.ts'
import { systemClock } from '../../src/system-clock.ts'
import { startScim2Server, type Scim2Server } from '../builders/scim2-server.ts'

/** A person in the names of RFC 7643. */
function plainPerson(number: number): TargetAttributes {
  const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
  return {
    active: true,
    userName: `contract.${number}`,
    externalId: `source-${number}`,
    'emails[type eq "work"].value': `contract.${number}@acme.example`,
    displayName: `Contract, Person ${number}`,
    'name.givenName': 'Contract',
    'name.familyName': `Person ${number}`,
    title: 'Analyst',
    'addresses[type eq "work"].streetAddress': `${number} Market Street`,
    'addresses[type eq "work"].locality': 'Oslo',
    'phoneNumbers[type eq "mobile"].value': `+47-900-${number}`,
    'phoneNumbers[type eq "work"].value': `+47-220-${number}`,
    preferredLanguage: 'en-US',
    [`${enterprise}:department`]: 'Finance',
    [`${enterprise}:employeeNumber`]: `${1000 + number}`,
  }
}

/** The mapping of the Slack template, where the service has a place for everything. */
function personInSlacksNames(number: number): TargetAttributes {
  return {
    ...slackPerson(number),
    externalId: `source-${number}`,
    'phoneNumbers[type eq "mobile"].value': `+47-900-${number}`,
    'phoneNumbers[type eq "work"].value': `+47-220-${number}`,
  }
}

interface Lossy {
  readonly send: Send
  loseNextAnswer(): void
  close(): Promise<void>
}

/** Over HTTP; the answer to the next write can be lost. */
function lossy(url: string): Lossy {
  const pool = createPoolTransport(new URL(url).origin, 4)
  let losesNext = false
  return {
    send: async (request, sending) => {
      const answer = await pool.send(request, sending)
      if (!losesNext || request.method === 'GET') return answer
      losesNext = false
      throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })
    },
    loseNextAnswer: () => {
      losesNext = true
    },
    close: () => pool.close(),
  }
}

const variants = {
  'with a path for each attribute': { patch: 'path', memberRemoval: 'filter' },
  'without a path': { patch: 'noPath', memberRemoval: 'valueList' },
} as const

for (const [variant, quirks] of Object.entries(variants)) {
  for (const [names, person] of [
    ['names of RFC 7643', plainPerson],
    ["names of Slack's template", personInSlacksNames],
  ] as const) {
    targetContract(`scim2 ${variant}, ${names}`, async () => {
      const server = await startScim2Server()
      const { send, loseNextAnswer, close } = lossy(server.url)
      const target = createScim2Target({
        baseUrl: server.url,
        token: server.token,
        profile: { ...plainProfile, ...quirks },
        clock: systemClock,
        rate: 'off',
        random: () => 0.5,
        send,
        listPageSize: 3,
      })
      return {
        target,
        person,
        loseNextAnswer,
        refuseCredentials: () => server.refuseToken(),
        tearDown: async () => {
          await close()
          await server.close()
        },
      }
    })
  }
}

describe('requests to a plain SCIM 2.0 service', () => {
  let server: Scim2Server
  afterEach(async () => {
    await server.close()
  })

  async function aTarget(profile = plainProfile) {
    server = await startScim2Server()
    return createScim2Target({
      baseUrl: server.url,
      token: server.token,
      profile,
      clock: systemClock,
      rate: 'off',
      random: () => 0.5,
    })
  }

  test('the check asks the service what it can do, and for nobody', async () => {
    const target = await aTarget()
    const { summary } = await target.checkCredentials()
    expect(server.requests.slice(0, 2)).toEqual(['GET /scim/v2/ServiceProviderConfig', 'GET /scim/v2/Schemas'])
    expect(server.requests[2]).toMatch(/^GET \/scim\/v2\/Users\?.*filter=userName%20eq%20/)
    expect(summary).toContain('urn:ietf:params:scim:schemas:core:2.0:Group')
    await target.close()
  })

  test('a group is matched without its members', async () => {
    const target = await aTarget()
    await target.write({ kind: 'create', objectType: 'Group', attributes: { displayName: 'Crew' } })
    const found = await target.find({ objectType: 'Group', attribute: 'displayName', value: 'crew' })
    expect(found).toHaveLength(1)
    expect(server.requests.at(-1)).toMatch(/^GET \/scim\/v2\/Groups\?.*&excludedAttributes=members$/)
    await target.close()
  })

  test('a manager is written as a reference and read back as one', async () => {
    const target = await aTarget()
    const manager = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager'
    const create = (number: number) =>
      target.write({ kind: 'create', objectType: 'User', attributes: plainPerson(number) })
    const [boss, one] = [await create(1), await create(2)]
    await target.write({
      kind: 'update',
      objectType: 'User',
      anchor: one.anchor,
      changes: [{ attribute: manager, kind: 'set', value: boss.anchor }],
      known: {},
    })
    expect((await target.read('User', one.anchor))?.attributes).toMatchObject({
      [manager]: boss.anchor,
      'urn:scim:schemas:extension:enterprise:1.0.manager': boss.anchor,
    })
    await target.close()
  })

  test('a service that cannot filter is read whole', async () => {
    const target = await aTarget({ ...plainProfile, filter: 'never' })
    const { anchor } = await target.write({ kind: 'create', objectType: 'User', attributes: plainPerson(1) })
    const found = await target.find({ objectType: 'User', attribute: 'userName', value: 'CONTRACT.1' })
    expect(found.map((object) => object.anchor)).toEqual([anchor])
    expect(server.requests.at(-1)).not.toContain('filter=')
    await target.close()
  })
})
