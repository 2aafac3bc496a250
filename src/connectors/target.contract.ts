/*
 * What every target connector promises, as tests: the comments of target.ts in code. Each implementation runs it unchanged.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ObjectTypeName, TargetAttributes, TargetObject, TargetValue } from '../vocabulary/index.ts'
import { ConnectorError } from '../vocabulary/index.ts'
import type { TargetConnector, WriteReceipt } from './target.ts'

/** A connector in front of a target without the people and groups the suite makes, and the strings to pull behind it. */
export interface TargetUnderTest {
  readonly target: TargetConnector
  /** The target carries out the next write, and its answer never arrives. */
  loseNextAnswer(): void
  /** From now on the target refuses the credentials. */
  refuseCredentials(): void
  /** Every attribute of a person the target can hold, by the mapping's names; different for each number. */
  readonly person: (number: number) => TargetAttributes
  tearDown?(): Promise<void>
}

const workEmail = 'emails[type eq "work"].value'

/** A person in Slack's mapping names (slack.md section 8), for every dialect that speaks them. */
export function slackPerson(number: number): TargetAttributes {
  return {
    active: true,
    userName: `contract.${number}`,
    [workEmail]: `contract.${number}@acme.example`,
    displayName: `Contract, Person ${number}`,
    'name.givenName': 'Contract',
    'name.familyName': `Person ${number}`,
    title: 'Analyst',
    'addresses[type eq "untyped"].streetAddress': `${number} Market Street`,
    'addresses[type eq "untyped"].locality': 'Oslo',
    'addresses[type eq "untyped"].country': 'NO',
    'phoneNumbers[type eq "mobile"].value': `+47 900 ${number}`,
    'phoneNumbers[type eq "work"].value': `+47 220 ${number}`,
    'roles[primary eq "True"].value': 'Tech Lead',
    preferredLanguage: 'en_US',
    'urn:scim:schemas:extension:enterprise:1.0.department': 'Finance',
    'urn:scim:schemas:extension:enterprise:1.0.employeeNumber': `${1000 + number}`,
  }
}

/** Describes the promises of target.ts for one implementation; `setUp` runs before every test. */
export function targetContract(name: string, setUp: () => Promise<TargetUnderTest>): void {
  describe(`target contract: ${name}`, () => {
    let subject: TargetUnderTest
    let target: TargetConnector

    beforeEach(async () => {
      subject = await setUp()
      target = subject.target
    })

    afterEach(async () => {
      await target.close()
      await subject.tearDown?.()
    })

    function createPerson(number: number): Promise<WriteReceipt> {
      return target.write({ kind: 'create', objectType: 'User', attributes: subject.person(number) })
    }

    function createGroup(displayName: string): Promise<WriteReceipt> {
      return target.write({ kind: 'create', objectType: 'Group', attributes: { displayName } })
    }

    /** What the target holds, of the attributes the suite writes: a target may show more (Slack: nickName, timezone). */
    async function known(objectType: ObjectTypeName, anchor: string): Promise<TargetAttributes> {
      const object = await target.read(objectType, anchor)
      const written = [...Object.keys(subject.person(1)), 'members']
      return Object.fromEntries(written.flatMap((name) => pair(name, object?.attributes[name])))
    }

    async function list(objectType: ObjectTypeName): Promise<readonly TargetObject[]> {
      const objects: TargetObject[] = []
      for await (const page of target.listObjects(objectType)) objects.push(...page)
      return objects
    }

    async function count(person: TargetAttributes): Promise<number> {
      const found = await target.find({ objectType: 'User', attribute: 'userName', value: String(person.userName) })
      return found.length
    }

    describe('describe', () => {
      test('says what can be asked for and how much a write may carry', () => {
        const { name: targetName, capabilities } = target.describe()
        expect(targetName).not.toBe('')
        expect(capabilities.filterable.User).toContain('userName')
        expect(capabilities.filterable.Group).toContain('displayName')
        expect(capabilities.membersPerWriteMax).toBeGreaterThan(0)
        expect(capabilities.concurrencyMax).toBeGreaterThan(0)
      })
    })

    describe('asStored', () => {
      test('says beforehand what will be read back', async () => {
        const person = { ...subject.person(1), userName: 'Contract.ONE', preferredLanguage: 'en-GB' }
        const receipt = await target.write({ kind: 'create', objectType: 'User', attributes: person })
        const stored = comparable(target, target.asStored('User', person))
        expect(await known('User', receipt.anchor)).toEqual(stored)
        expect(target.asStored('User', stored)).toEqual(stored)
      })
    })

    describe('checkCredentials', () => {
      test('resolves with what was learned and writes nothing', async () => {
        const { summary } = await target.checkCredentials()
        expect(summary).not.toBe('')
        expect(target.traffic().writes).toBe(0)
      })

      test('throws with scope job when the target refuses', async () => {
        subject.refuseCredentials()
        const error = await errorOf(target.checkCredentials())
        expect(error.scope).toBe('job')
      })
    })

    describe('create', () => {
      test('returns the anchor, and the object reads back as it was sent', async () => {
        const receipt = await createPerson(1)
        expect(await known('User', receipt.anchor)).toMatchObject(comparable(target, subject.person(1)))
      })

      test('reports every attribute that went over the wire', async () => {
        const receipt = await createPerson(1)
        expect(receipt.warnings).toEqual([])
        expect(receipt.sent.map((change) => change.attribute).sort()).toEqual(Object.keys(subject.person(1)).sort())
      })

      test('repeated is refused with Conflict and makes no second account', async () => {
        await createPerson(1)
        const error = await errorOf(createPerson(1))
        expect([error.code, error.scope]).toEqual(['Conflict', 'object'])
        expect(await count(subject.person(1))).toBe(1)
      })

      test('with the e-mail address of somebody else in capitals is refused with Conflict', async () => {
        await createPerson(1)
        const attributes = { ...subject.person(2), [workEmail]: String(subject.person(1)[workEmail]).toUpperCase() }
        const error = await errorOf(target.write({ kind: 'create', objectType: 'User', attributes }))
        expect(error.code).toBe('Conflict')
        expect(await count(subject.person(2))).toBe(0)
      })

      test('whose answer was lost makes one account, however often it is repeated', async () => {
        subject.loseNextAnswer()
        const first = await settle(createPerson(1))
        expect(await count(subject.person(1))).toBe(1)
        const second = await errorOf(createPerson(1))
        expect(second.code).toBe('Conflict')
        expect(await count(subject.person(1))).toBe(1)
        // Either the connector found the account itself, or it said honestly that it does not know.
        if (first instanceof ConnectorError) expect(first.retry).not.toBe('never')
        else expect(await target.read('User', first.anchor)).not.toBeNull()
      })
    })

    describe('find', () => {
      test('finds by each attribute it names, without regard to case', async () => {
        const receipt = await createPerson(1)
        for (const attribute of target.describe().capabilities.filterable.User) {
          const value = String(subject.person(1)[attribute]).toUpperCase()
          const found = await target.find({ objectType: 'User', attribute, value })
          expect(found.map((object) => object.anchor)).toEqual([receipt.anchor])
        }
      })

      test('finds nobody for a value nobody has, whatever characters it holds', async () => {
        await createPerson(1)
        for (const value of ['nobody', 'a"b', 'back\\slash', '" or userName pr or userName eq "', 'é ü 漢']) {
          expect(await target.find({ objectType: 'User', attribute: 'userName', value })).toEqual([])
        }
      })

      test('finds deactivated accounts', async () => {
        const { anchor } = await createPerson(1)
        await target.write({ kind: 'disable', objectType: 'User', anchor })
        expect(await count(subject.person(1))).toBe(1)
      })

      test('finds a group by its displayName, and only an equal one', async () => {
        const { anchor } = await createGroup('Contract Sales')
        await createGroup('Contract Sales North')
        const found = await target.find({ objectType: 'Group', attribute: 'displayName', value: 'contract sales' })
        expect(found.map((object) => object.anchor)).toEqual([anchor])
      })
    })

    describe('read and listObjects', () => {
      test('read is null for an anchor the target does not know', async () => {
        expect(await target.read('User', 'U0NOSUCH999')).toBeNull()
        expect(await target.read('Group', 'S0NOSUCH999')).toBeNull()
      })

      test('the list holds everybody once, deactivated accounts included', async () => {
        const anchors: string[] = []
        for (const number of [1, 2, 3, 4, 5]) anchors.push((await createPerson(number)).anchor)
        await target.write({ kind: 'disable', objectType: 'User', anchor: String(anchors[2]) })
        const listed = (await list('User')).map((object) => object.anchor)
        expect(listed.filter((anchor) => anchors.includes(anchor)).sort()).toEqual(anchors.sort())
      })

      test('the list and read agree', async () => {
        const { anchor } = await createPerson(1)
        const listed = (await list('User')).find((object) => object.anchor === anchor)
        expect(listed).toEqual(await target.read('User', anchor))
      })
    })

    describe('update', () => {
      test('changes what it names and leaves the rest', async () => {
        const { anchor } = await createPerson(1)
        const before = await known('User', anchor)
        await target.write({
          kind: 'update',
          objectType: 'User',
          anchor,
          changes: [
            { attribute: 'title', kind: 'set', value: 'Captain' },
            { attribute: 'name.familyName', kind: 'set', value: 'North' },
          ],
          known: before,
        })
        expect(await known('User', anchor)).toEqual({ ...before, title: 'Captain', 'name.familyName': 'North' })
      })

      test('changes each attribute alone without touching another', async () => {
        const { anchor } = await createPerson(1)
        const other = comparable(target, subject.person(2))
        for (const [attribute, value] of Object.entries(other)) {
          if (attribute === 'active' || attribute === 'displayName') continue
          const before = await known('User', anchor)
          const changes = [{ attribute, kind: 'set', value }] as const
          await target.write({ kind: 'update', objectType: 'User', anchor, changes, known: before })
          expect(await known('User', anchor), attribute).toMatchObject({ ...before, [attribute]: value })
        }
      })

      test('clears what it names and leaves the rest', async () => {
        const { anchor } = await createPerson(1)
        for (const attribute of Object.keys(comparable(target, subject.person(1)))) {
          if (isRequired(attribute)) continue
          const before = await known('User', anchor)
          const changes = [{ attribute, kind: 'cleared' }] as const
          await target.write({ kind: 'update', objectType: 'User', anchor, changes, known: before })
          const rest = Object.fromEntries(Object.entries(before).filter(([other]) => other !== attribute))
          expect(await known('User', anchor), attribute).toEqual(rest)
        }
      })

      test('repeated is harmless', async () => {
        const { anchor } = await createPerson(1)
        const before = await known('User', anchor)
        const changes = [{ attribute: 'title', kind: 'set', value: 'Captain' }] as const
        await target.write({ kind: 'update', objectType: 'User', anchor, changes, known: before })
        await target.write({ kind: 'update', objectType: 'User', anchor, changes, known: before })
        expect(await known('User', anchor)).toEqual({ ...before, title: 'Captain' })
      })

      test('whose answer was lost can be repeated', async () => {
        const { anchor } = await createPerson(1)
        const before = await known('User', anchor)
        const changes = [{ attribute: 'title', kind: 'set', value: 'Captain' }] as const
        subject.loseNextAnswer()
        await settle(target.write({ kind: 'update', objectType: 'User', anchor, changes, known: before }))
        await target.write({ kind: 'update', objectType: 'User', anchor, changes, known: before })
        expect(await known('User', anchor)).toEqual({ ...before, title: 'Captain' })
      })

      test('of an anchor the target does not know is InvalidAnchor, for this object only', async () => {
        const changes = [{ attribute: 'title', kind: 'set', value: 'Captain' }] as const
        const write = { kind: 'update', objectType: 'User', anchor: 'U0NOSUCH999', changes, known: {} } as const
        const error = await errorOf(target.write(write))
        expect([error.code, error.scope]).toEqual(['InvalidAnchor', 'object'])
      })

      test('to the userName of somebody else is refused with Conflict', async () => {
        await createPerson(1)
        const { anchor } = await createPerson(2)
        const before = await known('User', anchor)
        const changes = [{ attribute: 'userName', kind: 'set', value: String(subject.person(1).userName) }] as const
        const error = await errorOf(
          target.write({ kind: 'update', objectType: 'User', anchor, changes, known: before }),
        )
        expect(error.code).toBe('Conflict')
        expect(await known('User', anchor)).toEqual(before)
      })
    })

    describe('disable and delete', () => {
      test('a disabled account is kept, not active; repeating it is harmless', async () => {
        const { anchor } = await createPerson(1)
        const before = await known('User', anchor)
        await target.write({ kind: 'disable', objectType: 'User', anchor })
        await target.write({ kind: 'disable', objectType: 'User', anchor })
        expect(await known('User', anchor)).toEqual({ ...before, active: false })
      })

      test('an update enables it again', async () => {
        const { anchor } = await createPerson(1)
        await target.write({ kind: 'disable', objectType: 'User', anchor })
        const changes = [{ attribute: 'active', kind: 'set', value: true }] as const
        await target.write({ kind: 'update', objectType: 'User', anchor, changes, known: await known('User', anchor) })
        expect((await known('User', anchor)).active).toBe(true)
      })

      test('a deleted person is gone or not active; repeating it does no harm', async () => {
        const { anchor } = await createPerson(1)
        await createPerson(2)
        await target.write({ kind: 'delete', objectType: 'User', anchor })
        const after = await target.read('User', anchor)
        expect(after?.attributes.active ?? false).toBe(false)
        expectDoneOrUnknown(await settle(target.write({ kind: 'delete', objectType: 'User', anchor })))
        expect(await count(subject.person(2))).toBe(1)
      })

      test('a deleted group is gone, its members are not; repeating it does no harm', async () => {
        const person = await createPerson(1)
        const { anchor } = await createGroup('Contract Sales')
        const members = { add: [person.anchor], remove: [] }
        await target.write({ kind: 'update', objectType: 'Group', anchor, changes: [], members, known: {} })
        await target.write({ kind: 'delete', objectType: 'Group', anchor })
        expect(await target.read('Group', anchor)).toBeNull()
        expect((await known('User', person.anchor)).active).toBe(true)
        expectDoneOrUnknown(await settle(target.write({ kind: 'delete', objectType: 'Group', anchor })))
      })

      test('what can only be deleted is not disabled', async () => {
        expect(target.describe().capabilities.softDelete.Group).toBe(false)
        const { anchor } = await createGroup('Contract Sales')
        const error = await errorOf(target.write({ kind: 'disable', objectType: 'Group', anchor }))
        expect([error.code, error.scope]).toEqual(['NotImplemented', 'object'])
        expect(await target.read('Group', anchor)).not.toBeNull()
      })

      test('disabling an anchor the target does not know is InvalidAnchor', async () => {
        const error = await errorOf(target.write({ kind: 'disable', objectType: 'User', anchor: 'U0NOSUCH999' }))
        expect([error.code, error.scope]).toEqual(['InvalidAnchor', 'object'])
      })
    })

    describe('groups', () => {
      async function membersOf(anchor: string): Promise<unknown> {
        return (await known('Group', anchor)).members ?? []
      }

      test('members are added and removed; what is said twice changes nothing', async () => {
        const people: string[] = []
        for (const number of [1, 2, 3]) people.push((await createPerson(number)).anchor)
        const [first = '', second = '', third = ''] = people
        const { anchor } = await createGroup('Contract Sales')
        expect(await membersOf(anchor)).toEqual([])
        const update = { kind: 'update', objectType: 'Group', anchor, changes: [], known: {} } as const
        await target.write({ ...update, members: { add: [first, second], remove: [] } })
        expect(await membersOf(anchor)).toEqual([first, second].sort())
        for (let time = 0; time < 2; time += 1) {
          await target.write({ ...update, members: { add: [third], remove: [first] } })
          expect(await membersOf(anchor)).toEqual([second, third].sort())
        }
      })

      test('a rename keeps the members', async () => {
        const person = await createPerson(1)
        const { anchor } = await createGroup('Contract Sales')
        const update = { kind: 'update', objectType: 'Group', anchor, known: {} } as const
        await target.write({ ...update, changes: [], members: { add: [person.anchor], remove: [] } })
        await target.write({
          ...update,
          changes: [{ attribute: 'displayName', kind: 'set', value: 'Contract Buyers' }],
        })
        expect(await target.read('Group', anchor)).toMatchObject({ displayName: 'Contract Buyers' })
        expect(await membersOf(anchor)).toEqual([person.anchor])
      })

      test('a member the target refuses is left out and named; the others are in', async () => {
        const people: string[] = []
        for (const number of [1, 2, 3]) people.push((await createPerson(number)).anchor)
        const [first = '', inactive = '', third = ''] = people
        await target.write({ kind: 'disable', objectType: 'User', anchor: inactive })
        const { anchor } = await createGroup('Contract Sales')
        const members = { add: [first, inactive, third], remove: [] }
        const receipt = await target.write({
          kind: 'update',
          objectType: 'Group',
          anchor,
          changes: [],
          members,
          known: {},
        })
        expect(receipt.membersLeftOut).toEqual([inactive])
        expect(receipt.warnings.join(' ')).toContain(inactive)
        expect(await membersOf(anchor)).toEqual([first, third].sort())
      })

      test('a second group of the same name is refused with Conflict', async () => {
        await createGroup('Contract Sales')
        const error = await errorOf(createGroup('contract SALES'))
        expect(error.code).toBe('Conflict')
      })

      test('a create whose answer was lost makes one group', async () => {
        subject.loseNextAnswer()
        await settle(createGroup('Contract Sales'))
        await settle(createGroup('Contract Sales'))
        const found = await target.find({ objectType: 'Group', attribute: 'displayName', value: 'Contract Sales' })
        expect(found).toHaveLength(1)
      })
    })

    describe('traffic', () => {
      test('counts every request and, among them, the writes', async () => {
        const before = target.traffic()
        const { anchor } = await createPerson(1)
        await target.read('User', anchor)
        const after = target.traffic()
        expect(after.writes - before.writes).toBe(1)
        expect(after.requests - before.requests).toBeGreaterThanOrEqual(2)
      })
    })
  })
}

function pair(name: string, value: TargetValue | undefined): readonly (readonly [string, TargetValue])[] {
  return value === undefined ? [] : [[name, value]]
}

/** What of a person can be read back (target.ts, `writeOnly`). */
function comparable(target: TargetConnector, person: TargetAttributes): TargetAttributes {
  const hidden = target.describe().capabilities.writeOnly.User
  return Object.fromEntries(Object.entries(person).filter(([attribute]) => !hidden.includes(attribute)))
}

/** Slack refuses to empty these, and an account without them would be nobody's (slack.md 3.2, 3.4). */
function isRequired(attribute: string): boolean {
  return (
    ['active', 'userName', 'nickName', 'displayName', workEmail].includes(attribute) || attribute.startsWith('name.')
  )
}

async function settle(write: Promise<WriteReceipt>): Promise<WriteReceipt | ConnectorError> {
  try {
    return await write
  } catch (error) {
    if (error instanceof ConnectorError) return error
    throw error
  }
}

async function errorOf(promise: Promise<unknown>): Promise<ConnectorError> {
  try {
    await promise
  } catch (error) {
    if (error instanceof ConnectorError) return error
    throw error
  }
  throw new Error('The connector carried out what it should have refused.')
}

/** Repeating a delete either succeeds once more or says that there is nothing left to delete. */
function expectDoneOrUnknown(outcome: WriteReceipt | ConnectorError): void {
  if (outcome instanceof ConnectorError) expect(outcome.code).toBe('InvalidAnchor')
}
