import { expect, test } from 'vitest'
import type { SourceObject } from '../../vocabulary/index.ts'
import { ConnectorError } from '../../vocabulary/index.ts'
import type { ChangePage, ReadChangesRequest, SourceConnector } from '../source.ts'
import { createMemorySource } from './index.ts'

function person(anchor: string, attributes: SourceObject['attributes'] = {}): SourceObject {
  return {
    objectType: 'User',
    anchor,
    presence: 'present',
    attributes: { displayName: anchor, ...attributes },
    assignments: [],
  }
}

async function pagesOf(source: SourceConnector, request: ReadChangesRequest): Promise<readonly ChangePage[]> {
  const pages: ChangePage[] = []
  for await (const page of source.readChanges(request)) pages.push(page)
  return pages
}

function anchorsOf(pages: readonly ChangePage[]): readonly string[] {
  return pages.flatMap((page) => page.objects.map((object) => object.anchor))
}

test('an initial reading gives everything in pages; only the last one says so', async () => {
  const source = createMemorySource({ objects: ['a', 'b', 'c', 'd', 'e'].map((anchor) => person(anchor)) })
  const pages = await pagesOf(source, { watermark: null, pageSize: 2 })
  expect(pages.map((page) => [page.objects.length, page.isLast, page.objectsKnown])).toEqual([
    [2, false, 5],
    [2, false, 5],
    [1, true, 5],
  ])
  expect(anchorsOf(pages)).toEqual(['a', 'b', 'c', 'd', 'e'])
})

test('reading from the watermark of any page gives what comes after it, and nothing is lost', async () => {
  const source = createMemorySource({ objects: ['a', 'b', 'c', 'd', 'e'].map((anchor) => person(anchor)) })
  const [first] = await pagesOf(source, { watermark: null, pageSize: 2 })
  const rest = await pagesOf(source, { watermark: first?.watermark ?? null, pageSize: 2 })
  expect(anchorsOf(rest)).toEqual(['c', 'd', 'e'])
})

test('from the newest watermark on, only what changes later comes', async () => {
  const source = createMemorySource({ objects: [person('a'), person('b')] })
  const watermark = await source.newestWatermark()
  source.change('User', 'a', { jobTitle: 'Captain' })
  expect(anchorsOf(await pagesOf(source, { watermark, pageSize: 2 }))).toEqual(['a'])
  const changed = ['a', 'b', 'nobody'].map((anchor) => source.hasChangedSince(watermark, 'User', anchor))
  expect(await Promise.all(changed)).toEqual([true, false, false])
})

test('with nothing new there is one empty page with a watermark', async () => {
  const source = createMemorySource({ objects: [person('a')] })
  const [initial] = await pagesOf(source, { watermark: null, pageSize: 10 })
  const pages = await pagesOf(source, { watermark: initial?.watermark ?? null, pageSize: 10 })
  expect(pages).toEqual([{ objects: [], watermark: initial?.watermark, isLast: true, objectsKnown: 0 }])
})

test('a change made while the feed is read is reported by the next reading', async () => {
  const source = createMemorySource({ objects: [person('a'), person('b'), person('c')] })
  let watermark: string | null = null
  for await (const page of source.readChanges({ watermark: null, pageSize: 2 })) {
    if (!page.isLast) source.change('User', 'a', { jobTitle: 'Captain' })
    watermark = page.watermark
  }
  const pages = await pagesOf(source, { watermark, pageSize: 2 })
  expect(pages[0]?.objects[0]?.attributes.jobTitle).toBe('Captain')
})

test('deletions: the bin is reported, the final deletion too, and an initial reading has only what exists', async () => {
  const source = createMemorySource({ objects: [person('a'), person('b')] })
  const [initial] = await pagesOf(source, { watermark: null, pageSize: 10 })
  source.softDelete('User', 'a')
  source.hardDelete('User', 'b')
  const later = await pagesOf(source, { watermark: initial?.watermark ?? null, pageSize: 10 })
  expect(later[0]?.objects.map((object) => [object.anchor, object.presence])).toEqual([
    ['a', 'softDeleted'],
    ['b', 'hardDeleted'],
  ])
  expect(anchorsOf(await pagesOf(source, { watermark: null, pageSize: 10 }))).toEqual(['a'])
  expect([await source.readObject('User', 'b'), (await source.readObject('User', 'a'))?.presence]).toEqual([
    null,
    'softDeleted',
  ])
})

test('an assignment is a change of the object', async () => {
  const source = createMemorySource({ objects: [person('a')] })
  const [initial] = await pagesOf(source, { watermark: null, pageSize: 10 })
  const path = { kind: 'direct', appRoleId: 'r', appRoleDisplayName: 'User', appRoleValue: null } as const
  source.assign('User', 'a', [path])
  const pages = await pagesOf(source, { watermark: initial?.watermark ?? null, pageSize: 10 })
  expect(pages[0]?.objects[0]?.assignments).toEqual([path])
})

test('a feed that breaks off throws after the pages it was given, once', async () => {
  const source = createMemorySource({ objects: ['a', 'b', 'c'].map((anchor) => person(anchor)) })
  source.breakOffAfterPages(1)
  const seen: ChangePage[] = []
  await expect(async () => {
    for await (const page of source.readChanges({ watermark: null, pageSize: 1 })) seen.push(page)
  }).rejects.toBeInstanceOf(ConnectorError)
  expect(anchorsOf(seen)).toEqual(['a'])
  expect(anchorsOf(await pagesOf(source, { watermark: seen[0]?.watermark ?? null, pageSize: 1 }))).toEqual(['b', 'c'])
})

test('readObjects leaves out whom nobody knows, and names who was deleted for good', async () => {
  const source = createMemorySource({ objects: [person('a'), person('b')] })
  source.hardDelete('User', 'b')
  const objects = await source.readObjects('User', ['a', 'x', 'b'])
  expect(objects.map((object) => [object.anchor, object.presence])).toEqual([
    ['a', 'present'],
    ['b', 'hardDeleted'],
  ])
})

test('a watermark of another source is refused for the whole job', async () => {
  const source = createMemorySource()
  await expect(pagesOf(source, { watermark: '42', pageSize: 1 })).rejects.toMatchObject({ scope: 'job' })
})

test('refused credentials are thrown until they are accepted again', async () => {
  const source = createMemorySource()
  const refusal = new ConnectorError('Signed out.', { code: 'Unauthorized', scope: 'job', retry: 'never' })
  source.refuseCredentials(refusal)
  await expect(source.checkCredentials()).rejects.toBe(refusal)
  source.refuseCredentials(null)
  await expect(source.checkCredentials()).resolves.toBeUndefined()
})
