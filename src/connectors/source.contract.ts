/*
 * What every source connector promises, as tests: the comments of source.ts in code. Each implementation runs it unchanged.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ConnectorError, type SourceObject } from '../vocabulary/index.ts'
import type { ChangePage, SourceConnector } from './source.ts'

/** A connector in front of an empty source, and the strings to pull behind it. */
export interface SourceUnderTest {
  readonly source: SourceConnector
  /** Answers the anchor. */
  addPerson(name: string): Promise<string>
  setTitle(anchor: string, jobTitle: string): Promise<void>
  setManager(anchor: string, manager: string): Promise<void>
  /** A security group; answers the anchor. */
  addGroup(name: string, members: readonly string[]): Promise<string>
  join(group: string, member: string): Promise<void>
  leave(group: string, member: string): Promise<void>
  assign(anchor: string): Promise<void>
  unassign(anchor: string): Promise<void>
  softDelete(anchor: string): Promise<void>
  restore(anchor: string): Promise<void>
  /** For good, out of the recycle bin. */
  purge(anchor: string): Promise<void>
  /** Until `mend`, the feed breaks off and the credentials are refused. */
  break(): void
  mend(): void
  tearDown(): Promise<void>
}

export interface SourceContractOptions {
  /** Why it cannot be broken, where it cannot. */
  readonly neverBreaks?: string
}

export function sourceContract(
  name: string,
  setUp: () => Promise<SourceUnderTest>,
  { neverBreaks }: SourceContractOptions = {},
): void {
  describe(`source contract: ${name}`, () => {
    let subject: SourceUnderTest
    let source: SourceConnector

    beforeEach(async () => {
      subject = await setUp()
      source = subject.source
    })
    afterEach(() => subject.tearDown())

    async function pages(watermark: string | null, pageSize = 100): Promise<readonly ChangePage[]> {
      const read: ChangePage[] = []
      for await (const page of source.readChanges({ watermark, pageSize })) read.push(page)
      return read
    }
    const objects = async (watermark: string | null): Promise<readonly SourceObject[]> =>
      (await pages(watermark)).flatMap((page) => page.objects)
    const anchors = async (watermark: string | null): Promise<readonly string[]> =>
      (await objects(watermark)).map((object) => object.anchor)
    const end = async (): Promise<string> => (await pages(null)).at(-1)?.watermark ?? ''
    /** As the feed gives it now. */
    const current = async (anchor: string): Promise<SourceObject | undefined> =>
      (await objects(null)).find((object) => object.anchor === anchor)
    const failure = async (work: Promise<unknown>): Promise<unknown> => work.catch((thrown: unknown) => thrown)

    test('says what it has, and which directory of the schema it is', () => {
      const { objectTypes, directoryName, name: called } = source.describe()
      expect(objectTypes).toEqual(['User', 'Group'])
      expect([directoryName, called]).not.toContain('')
    })

    test('an empty source gives one last page with a watermark to go on from', async () => {
      const read = await pages(null)
      expect(read.map((page) => [page.objects.length, page.isLast])).toEqual([[0, true]])
      expect(await anchors(read[0]?.watermark ?? null)).toEqual([])
    })

    test('everything comes once, in pages of which only the last says so', async () => {
      const people: string[] = []
      for (const each of ['Ana Able', 'Ben Bold', 'Cas Calm', 'Dee Dry', 'Eve Even'])
        people.push(await subject.addPerson(each))
      const read = await pages(null, 2)
      expect(read.flatMap((page) => page.objects.map((object) => object.anchor)).sort()).toEqual(people.sort())
      expect(read.every((page) => page.objects.length <= 2)).toBe(true)
      expect(read.map((page) => page.isLast).lastIndexOf(false)).toBe(read.length - 2)
      expect(read.at(-1)?.isLast).toBe(true)
      expect(read[0]?.objectsKnown).toBe(5)
    })

    test('from the watermark of any page on, everything after it comes again', async () => {
      const people: string[] = []
      for (const each of ['Ana Able', 'Ben Bold', 'Cas Calm', 'Dee Dry']) people.push(await subject.addPerson(each))
      const read = await pages(null, 1)
      for (const [at, page] of read.entries()) {
        const before = new Set(read.slice(0, at + 1).flatMap((each) => each.objects.map((object) => object.anchor)))
        const after = await anchors(page.watermark)
        expect(people.filter((anchor) => !before.has(anchor) && !after.includes(anchor))).toEqual([])
      }
    })

    test('what changes later, and nothing else, comes after the watermark', async () => {
      const ana = await subject.addPerson('Ana Able')
      const ben = await subject.addPerson('Ben Bold')
      const from = await end()
      expect(await source.newestWatermark()).toBe(from)
      expect(await source.hasChangedSince(from, 'User', ana)).toBe(false)
      await subject.setTitle(ana, 'Captain')
      const changed = await objects(from)
      expect(changed.map((object) => [object.anchor, object.attributes['jobTitle']])).toEqual([[ana, 'Captain']])
      expect(await source.hasChangedSince(from, 'User', ana)).toBe(true)
      expect(await source.hasChangedSince(from, 'User', ben)).toBe(false)
      expect(await source.hasChangedSince(from, 'Group', ana)).toBe(false)
      expect(await source.newestWatermark()).not.toBe(from)
      expect(await anchors(await source.newestWatermark())).toEqual([])
    })

    test('an object is complete, whatever about it changed', async () => {
      const boss = await subject.addPerson('Bea Boss')
      const ana = await subject.addPerson('Ana Able')
      await subject.assign(ana)
      const from = await end()
      await subject.setManager(ana, boss)
      const [changed] = (await objects(from)).filter((object) => object.anchor === ana)
      expect(changed).toMatchObject({
        objectType: 'User',
        presence: 'present',
        attributes: { displayName: 'Ana Able', accountEnabled: true, manager: boss },
        assignments: [{ kind: 'direct' }],
      })
    })

    test('assigning and unassigning count as changes', async () => {
      const ana = await subject.addPerson('Ana Able')
      let from = await end()
      await subject.assign(ana)
      expect(await anchors(from)).toEqual([ana])
      expect((await current(ana))?.assignments).toHaveLength(1)
      from = await end()
      await subject.unassign(ana)
      expect(await anchors(from)).toEqual([ana])
      expect((await current(ana))?.assignments).toEqual([])
    })

    test('members of an assigned group are assigned by it, as long as they are in it', async () => {
      const ana = await subject.addPerson('Ana Able')
      const ben = await subject.addPerson('Ben Bold')
      const crew = await subject.addGroup('Crew', [ana])
      await subject.assign(crew)
      expect((await current(ana))?.assignments).toMatchObject([
        { kind: 'group', groupId: crew, groupDisplayName: 'Crew' },
      ])
      expect((await current(crew))?.attributes['members']).toEqual([ana])
      const from = await end()
      await subject.join(crew, ben)
      await subject.leave(crew, ana)
      expect(await anchors(from)).toEqual(expect.arrayContaining([ana, ben]))
      expect((await current(ana))?.assignments).toEqual([])
      expect((await current(ben))?.assignments).toHaveLength(1)
    })

    test('whoever is deleted is told of: in the recycle bin, back, or gone for good', async () => {
      const ana = await subject.addPerson('Ana Able')
      let from = await end()
      await subject.softDelete(ana)
      expect((await objects(from)).find((object) => object.anchor === ana)).toMatchObject({
        presence: 'softDeleted',
        attributes: { displayName: 'Ana Able' },
      })
      expect((await source.readObject('User', ana))?.presence).toBe('softDeleted')
      from = await source.newestWatermark()
      await subject.restore(ana)
      expect((await objects(from)).find((object) => object.anchor === ana)?.presence).toBe('present')
      await subject.softDelete(ana)
      await objects(from)
      from = await source.newestWatermark()
      await subject.purge(ana)
      expect((await objects(from)).find((object) => object.anchor === ana)?.presence).toBe('hardDeleted')
      expect(await source.readObject('User', ana)).toBeNull()
      expect((await source.readObjects('User', [ana])).map((object) => object.presence)).toEqual(['hardDeleted'])
    })

    test('who is asked for and not known is missing from the answer', async () => {
      const ana = await subject.addPerson('Ana Able')
      await end()
      const nobody = '00000000-0000-4000-8000-00000000dead'
      expect(await source.readObject('User', nobody)).toBeNull()
      expect((await source.readObjects('User', [ana, nobody])).map((object) => object.anchor)).toEqual([ana])
      expect(await source.readObjects('Group', [ana])).toEqual([])
    })

    test('asked for afresh, an object is as it is at this moment', async () => {
      const ana = await subject.addPerson('Ana Able')
      await end()
      await subject.setTitle(ana, 'Captain')
      const [found] = await source.afresh().readObjects('User', [ana])
      expect(found?.attributes['jobTitle']).toBe('Captain')
    })

    test('a watermark that is none is refused for the whole job', async () => {
      expect(await failure(pages('yesterday'))).toMatchObject({ scope: 'job', retry: 'never' })
    })

    test.skipIf(neverBreaks !== undefined)(
      `a source that cannot be read says so, and never that nobody is there${neverBreaks === undefined ? '' : ` (${neverBreaks})`}`,
      async () => {
        const ana = await subject.addPerson('Ana Able')
        const from = await end()
        await subject.setTitle(ana, 'Captain')
        subject.break()
        expect(await failure(source.checkCredentials())).toBeInstanceOf(ConnectorError)
        const broken = await failure(pages(from))
        expect(broken).toBeInstanceOf(ConnectorError)
        expect(broken).toMatchObject({ scope: 'job' })
        subject.mend()
        await source.checkCredentials()
        expect(await anchors(from)).toEqual([ana])
        expect(await anchors(null)).toEqual([ana])
      },
    )
  })
}
