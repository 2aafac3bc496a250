/* Names that never collide, through the whole engine: who gets which, and what stays whatever happens. */
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { withAttributeMapping } from '../../test/builders/schema-changes.ts'
import { aWorld, anAccount, personAttributes, type World, type WorldOptions } from '../../test/builders/world.ts'
import { withUserNames } from '../provisioning/index.ts'
import { explainObject } from './explain-object.ts'
import { ConnectorError, type SourceAttributes, type SynchronizationSchema } from '../vocabulary/index.ts'

let world: World
afterEach(() => world.close())

const allotted = (schema: SynchronizationSchema): SynchronizationSchema =>
  withUserNames(schema, { mode: 'allotted', avoided: ['sales'] })

async function aNamingWorld(options: WorldOptions = {}): Promise<World> {
  world = await aWorld({ schema: allotted, ...options })
  return world
}

/** Several people of one name, each with an address of their own. */
async function namesakes(count: number, attributes: SourceAttributes = {}): Promise<readonly string[]> {
  const ids: string[] = []
  for (let number = 1; number <= count; number += 1) {
    const mail = `anna${String(number)}@example.com`
    ids.push(
      await world.user(`Anna ${'I'.repeat(number)}`, {
        displayName: 'Anna Müller',
        mailNickname: 'anna.müller',
        userPrincipalName: mail,
        mail: null,
        givenName: 'Anna',
        surname: 'Müller',
        ...attributes,
      }),
    )
  }
  return ids
}

const accountOf = async (person: string) =>
  world.target.object('User', (await world.link('User', person))?.targetAnchor ?? '')
const nameOf = async (person: string) => (await accountOf(person))?.attributes['userName']
const namesOf = (people: readonly string[]) => Promise.all(people.map(nameOf))
const userNames = () => world.target.objects('User').map((account) => account.attributes['userName'])

test('people of one name in one page get different names, the first in the feed the plain one', async () => {
  await aNamingWorld()
  const people = await namesakes(4)
  const cycle = await world.run()
  expect(cycle).toMatchObject({ state: 'Succeeded', counters: { created: 4, failed: {} } })
  expect(await namesOf(people)).toEqual(['anna.mueller', 'anna.mueller2', 'anna.mueller3', 'anna.mueller4'])
})

test('a plan shows the names that the run then allots, and keeps none of them', async () => {
  await aNamingWorld({ pageSizeMax: 3 })
  world.target.put(anAccount({ anchor: 'U-OTHER', userName: 'anna.mueller2' }))
  const people = await namesakes(5)
  const { changes } = await world.plan()
  expect(await world.store.provisioning.allottedNames(world.job.jobId, 'User', people)).toEqual([])
  const planned = new Map(
    changes.map((change) => [
      change.sourceId,
      change.modifiedProperties.find((each) => each.displayName === 'userName')?.newValue,
    ]),
  )
  await world.run()
  expect(people.map((person) => planned.get(person))).toEqual([
    'anna.mueller',
    'anna.mueller3',
    'anna.mueller4',
    'anna.mueller5',
    'anna.mueller6',
  ])
  expect(await namesOf(people)).toEqual(people.map((person) => planned.get(person)))
})

test('a name that an account in the target has is passed over, that account is not touched, and the log says why', async () => {
  await aNamingWorld()
  const other = anAccount({ anchor: 'U-OTHER', userName: 'anna.mueller' })
  world.target.put(other)
  const [anna = ''] = await namesakes(1)
  await world.run()
  expect(await nameOf(anna)).toBe('anna.mueller2')
  expect(world.target.object('User', 'U-OTHER')).toEqual(other)
  const steps = (await world.log(anna))[0]?.provisioningSteps ?? []
  expect(steps.find((step) => step.name === 'EntrySynchronizationAdd')?.description).toContain(
    'userName is anna.mueller2, because anna.mueller is the userName of U-OTHER in Slack.',
  )
})

test('an account found by its e-mail address keeps its name', async () => {
  await aNamingWorld({
    target: { objects: [anAccount({ anchor: 'U-ANNA', userName: 'queen.anna', mail: 'anna1@example.com' })] },
  })
  const [anna = ''] = await namesakes(1)
  await world.run()
  expect((await accountOf(anna))?.anchor).toBe('U-ANNA')
  expect(await nameOf(anna)).toBe('queen.anna')
})

test('a name stays when the person is called otherwise, and nobody gets it meanwhile', async () => {
  await aNamingWorld()
  const [anna = ''] = await namesakes(1)
  await world.run()
  await world.change(anna, { mailNickname: 'anna.smith', surname: 'Smith' })
  // By hand, in Slack: to Muster the name is still hers.
  const account = await accountOf(anna)
  if (account !== undefined) world.target.put({ ...account, attributes: { ...account.attributes, userName: 'annie' } })
  const other = await world.user('Other Anna', { mailNickname: 'anna.müller' })
  await world.run()
  expect(await nameOf(anna)).toBe('annie')
  expect(await nameOf(other)).toBe('other.anna')
})

test('a name is kept through failed attempts, and free once the person is gone for good', async () => {
  await aNamingWorld()
  const [anna = ''] = await namesakes(1)
  const trouble = new ConnectorError('Slack is down.', {
    code: 'InternalServerError',
    scope: 'object',
    retry: 'nextCycle',
  })
  world.target.failNext('write', trouble, 1, (write) => write.kind === 'create')
  await world.run()
  expect(await world.link('User', anna)).toBeUndefined()
  await world.change(anna, { mailNickname: 'anna.smith', givenName: 'Ann', surname: 'Smith' })
  const other = await world.user('Other Anna', {
    mailNickname: 'anna.müller',
    givenName: null,
    surname: null,
    mail: null,
    userPrincipalName: 'anna.müller@example.com',
  })
  await world.run()
  expect(await namesOf([anna, other])).toEqual(['anna.mueller', 'anna.mueller2'])

  await world.hardDelete(anna)
  await world.run()
  expect(await world.store.provisioning.allottedNames(world.job.jobId, 'User', [anna])).toEqual([])
})

const taken = (code: string, targetErrorName: string): ConnectorError =>
  new ConnectorError(`Slack says ${targetErrorName}.`, {
    code,
    scope: 'object',
    retry: 'backoff',
    targetErrorName,
    refusedAttribute: 'userName',
  })

test.each([
  ['Conflict', 'username_taken'],
  ['UnprocessableEntity', 'username_not_allowed'],
])('a name the target refuses (%s, %s) is given up for the next one', async (code, name) => {
  await aNamingWorld()
  const people = await namesakes(2)
  world.target.failNext('write', taken(code, name), 2, (write) => write.kind === 'create')
  expect(await world.run()).toMatchObject({ state: 'Succeeded', counters: { created: 2 } })
  expect(new Set(userNames())).toEqual(new Set(['anna.mueller3', 'anna.mueller4']))
  expect(userNames()).toHaveLength(2)
  const kept = await world.store.provisioning.allottedNames(world.job.jobId, 'User', people)
  expect(kept.map((each) => each.value).sort()).toEqual(['anna.mueller3', 'anna.mueller4'])
})

test('a target that refuses every name is not asked without end', async () => {
  await aNamingWorld()
  await namesakes(1)
  world.target.failNext('write', taken('Conflict', 'username_taken'), 1000, (write) => write.kind === 'create')
  expect(await world.run()).toMatchObject({ counters: { failed: { Conflict: 1 } } })
  expect(world.sent()).toHaveLength(21)
})

test('a refusal for another reason costs nobody the name', async () => {
  await aNamingWorld()
  const [anna = ''] = await namesakes(1)
  const refused = new ConnectorError('Slack says email_taken.', { code: 'Conflict', scope: 'object', retry: 'backoff' })
  world.target.failNext('write', refused, 1, (write) => write.kind === 'create')
  expect(await world.run()).toMatchObject({ counters: { failed: { Conflict: 1 } } })
  expect(world.sent()).toHaveLength(1)
  expect(await world.store.provisioning.allottedNames(world.job.jobId, 'User', [anna])).toMatchObject([
    { value: 'anna.mueller' },
  ])
})

test('a name is stored before the create that uses it goes out', async () => {
  await aNamingWorld()
  const people = await namesakes(3)
  const atWrite: unknown[] = []
  await world.run({
    onWrite: async (write) => {
      if (write.kind !== 'create') return
      const name = String(write.attributes['userName'])
      const holders = await world.store.provisioning.nameHolders(world.job.jobId, {
        objectType: 'User',
        attribute: 'userName',
        values: [name],
      })
      atWrite.push(holders.has(name))
    },
  })
  expect(atWrite).toEqual([true, true, true])
  expect(new Set(await namesOf(people)).size).toBe(3)
})

const selecting = (schema: SynchronizationSchema): SynchronizationSchema =>
  withAttributeMapping(schema, 'User', 'userName', {
    source: { expression: 'SelectUniqueValue([mailNickname], Join(".", [givenName], "x"))' },
    matchingPriority: 0,
  })

test('SelectUniqueValue walks its rules also where names are as mapped, and then fails', async () => {
  await aNamingWorld({ schema: selecting })
  const people = await namesakes(3, { mailNickname: 'anna' })
  expect(await world.run()).toMatchObject({ counters: { created: 2, failed: { Conflict: 1 } } })
  expect(await namesOf(people)).toEqual(['anna', 'Anna.x', undefined])
  const [entry] = await world.log(people[2] ?? '')
  expect(entry?.provisioningStatusInfo.errorInformation?.reason).toBe(
    `All 2 values that userName may have are taken: anna is kept for ${people[0] ?? ''}, Anna.x is kept for ${people[1] ?? ''}.`,
  )
})

test('SelectUniqueValue without a value fails the object', async () => {
  const expression = 'SelectUniqueValue([extensionAttribute1], [extensionAttribute2])'
  await aNamingWorld({
    schema: (schema) =>
      withAttributeMapping(schema, 'User', 'userName', { source: { expression }, matchingPriority: 0 }),
  })
  const [anna = ''] = await namesakes(1)
  expect(await world.run()).toMatchObject({ counters: { created: 0, failed: { UnprocessableEntity: 1 } } })
  const [entry] = await world.log(anna)
  expect(entry?.provisioningStatusInfo.errorInformation?.reason).toBe('None of the rules of userName gives a value.')
})

test('a rule that fails when it is reached fails the object; a rule that is not reached does not', async () => {
  const broken = (schema: SynchronizationSchema): SynchronizationSchema =>
    withAttributeMapping(allotted(schema), 'User', 'userName', {
      source: { expression: 'SelectUniqueValue([mailNickname], Mid([givenName], [surname], 5))' },
    })
  await aNamingWorld({ schema: broken })
  const [first = '', second = ''] = await namesakes(2)
  expect(await world.run()).toMatchObject({ counters: { created: 1, failed: { UnprocessableEntity: 1 } } })
  expect(await namesOf([first, second])).toEqual(['anna.mueller', undefined])
})

test('many people of few names: everybody is created, no name twice, and a second cycle writes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.constantFrom('anna', 'anna2', 'a.very.long.name.indeed.2', 'a.very.long.name.indeed', 'Sales', '佐藤'),
        {
          minLength: 1,
          maxLength: 40,
        },
      ),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 20 }),
      fc.boolean(),
      async (nicknames, pageSizeMax, concurrencyMax, list) => {
        const here = await aWorld({ schema: allotted, pageSizeMax, target: { capabilities: { concurrencyMax, list } } })
        try {
          for (const [index, mailNickname] of nicknames.entries()) {
            const mail = `p${String(index)}@example.com`
            await here.user(`Person ${'x'.repeat(index)}`, {
              ...personAttributes('Same Name'),
              mailNickname,
              mail,
              userPrincipalName: mail,
            })
          }
          const { changes } = await here.plan()
          const planned = changes.map((change) => [
            change.sourceId,
            change.modifiedProperties.find((each) => each.displayName === 'userName')?.newValue,
          ])
          expect(await here.run()).toMatchObject({ state: 'Succeeded', counters: { created: nicknames.length } })
          const accounts = here.target.objects('User')
          const names = accounts.map((account) => String(account.attributes['userName']))
          expect(new Set(names).size).toBe(nicknames.length)
          const links = await here.store.provisioning.listLinks(here.job.jobId, {
            objectType: 'User',
            after: null,
            limit: 100,
          })
          const byAnchor = new Map(accounts.map((account) => [account.anchor, account.attributes['userName']]))
          expect(new Map(links.map((link) => [link.sourceAnchor, byAnchor.get(link.targetAnchor)]))).toEqual(
            new Map(planned as [string, string][]),
          )
          here.target.forgetCalls()
          await here.restart()
          await here.run()
          expect(here.sent()).toEqual([])
        } finally {
          await here.close()
        }
      },
    ),
    { numRuns: 40 },
  )
})

/** The create arrives, and then the process is no more: nothing of what came of it is stored. */
async function killedInACreate(): Promise<void> {
  const end = await world.runRaw({
    onWrite: async (write) => {
      await world.target.write(write)
      throw new Error('killed')
    },
  })
  expect(end).toMatchObject({ kind: 'broken', error: 'killed' })
}

test('killed in a create whose person then leaves, it finds the account by the name it had kept, and disables it', async () => {
  await aNamingWorld()
  const [anna = ''] = await namesakes(1)
  await killedInACreate()
  expect(await world.link('User', anna)).toBeUndefined()
  await world.unassign(anna)
  expect(await world.plan()).toMatchObject({ plan: { counters: { disabled: 1 } } })
  expect(await world.run()).toMatchObject({ state: 'Succeeded', counters: { disabled: 1 } })
  expect(await accountOf(anna)).toMatchObject({ attributes: { userName: 'anna.mueller', active: false } })
  // It is hers again when she comes back.
  await world.assign(anna)
  await world.run()
  expect(await accountOf(anna)).toMatchObject({ attributes: { userName: 'anna.mueller', active: true } })
  expect(userNames()).toEqual(['anna.mueller'])
})

test('an account of another name is not taken for the one that the kill left behind', async () => {
  await aNamingWorld()
  const [anna = ''] = await namesakes(1)
  const end = await world.runRaw({ onWrite: () => Promise.reject(new Error('killed')) })
  expect(end.kind).toBe('broken')
  const byHand = anAccount({ anchor: 'U-BY-HAND', userName: 'anna.m', mail: 'anna1@example.com' })
  world.target.put(byHand)
  await world.unassign(anna)
  expect(await world.run()).toMatchObject({ state: 'Succeeded', counters: { disabled: 0 } })
  expect(world.target.objects('User')).toEqual([byHand])
  expect(await world.link('User', anna)).toBeUndefined()
})

test('killed in a create, it takes the account that is there as its own', async () => {
  await aNamingWorld()
  const [anna = ''] = await namesakes(1)
  await killedInACreate()
  await world.change(anna, { mailNickname: 'anna.smith', surname: 'Smith' })
  expect(await world.run()).toMatchObject({ state: 'Succeeded' })
  expect(await nameOf(anna)).toBe('anna.mueller')
  expect(userNames()).toEqual(['anna.mueller'])
})

test('a person is explained with the name that is offered, and later with the one that was allotted', async () => {
  await aNamingWorld()
  const [, second = ''] = await namesakes(2)
  const explained = async () => {
    const source = world.ports.connect(world.job).source
    const [person] = await source.readObjects('User', [second])
    if (person === undefined) throw new Error('the person is not in the directory')
    const { attributes } = await explainObject(
      { store: world.store, source, assignedGroup: null, now: world.clock.now() },
      world.job,
      person,
    )
    return attributes.find((each) => each.attribute === 'userName')
  }
  expect(await explained()).toMatchObject({ desired: 'anna.mueller', known: null, verdict: 'differs' })
  await world.run()
  expect(await explained()).toMatchObject({ desired: 'anna.mueller2', known: 'anna.mueller2', verdict: 'same' })
})
