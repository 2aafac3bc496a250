/*
 * Answers a list: the page, the link to the next one, the number of all. Pages go on by key, and what no index can narrow is
 * read in pieces until the page is full, so that memory stays the same however large the directory is.
 */
import { shown } from '../access/sight.ts'
import type { Placed } from '../../store/store.ts'
import type { JsonObject } from '../../vocabulary/index.ts'
import type { Collection } from './collection.ts'
import { badRequest } from './graph-problem.ts'
import type { Expand } from './expand.ts'
import { bindFilter, type EntityTest } from './odata/bind-filter.ts'
import type { Entity } from './odata/entity.ts'
import { idsAllowed, narrowingOf } from './odata/narrow.ts'
import { onlyOptions, type Query, type QueryOption } from './odata/query-string.ts'
import { readFilter } from './odata/read-filter.ts'
import { readCount, readExpand, readOrder, readSelect, readSkip, readTop, type Order } from './odata/read-options.ts'
import { readSearch } from './odata/search.ts'
import type { Answer, GraphRequest } from './operation.ts'
import { fromPlace, readListToken, writeToken } from './paging-token.ts'
import { contextOf, represent, type Expanded } from './represent.ts'

const pageSizeUsual = 100
/** Rows read at once where a filter decides which of them are shown. */
const readAtOnce = 1000

const listOptions: readonly QueryOption[] = [
  'filter',
  'select',
  'expand',
  'top',
  'orderby',
  'count',
  'search',
  'skiptoken',
]

interface Condition {
  /** What is read: the list itself, or what of it its store could find by the filter. */
  readonly among: Collection
  /** Ids outside of which there is nothing. */
  readonly ids: readonly string[] | null
  readonly narrowing: Parameters<Collection['read']>[0]['narrowing']
  readonly test: EntityTest | null
}

export async function answerList(
  request: GraphRequest,
  listed: Collection,
  expand: Expand,
  { canSkip = false }: { readonly canSkip?: boolean } = {},
): Promise<Answer> {
  const { query, after, isFirst } = resumed(request, canSkip ? [...listOptions, 'skip'] : listOptions)
  const skip = isFirst ? readSkip(query.skip) : 0
  const collection = shown(listed, request.sight)
  const { types } = collection
  const expansions = readExpand(query.expand, types)
  const selection = readSelect(
    query.select,
    types,
    expansions.map(({ navigation }) => navigation.name),
  )
  const order = readOrder(query.orderby, types, collection.sortable)
  const top = readTop(query.top, pageSizeUsual)
  const condition = readCondition(query, collection, order)
  const isCounted = readCount(query.count) && isFirst
  const page = await fromPlace(() =>
    readPage(request, { condition, order: orderOf(condition, order), after, limit: skip + top + 1 }),
  ).then((rows) => rows.slice(skip))
  const given = page.slice(0, top)
  const last = given.at(-1)
  const hasMore = page.length > top && last !== undefined
  const entities = given.map(({ object }) => object)
  const expanded = await Promise.all(
    expansions.map(async (expansion): Promise<readonly [string, Expanded]> => [
      expansion.navigation.name,
      await expand(entities, expansion, request.sight),
    ]),
  )
  return {
    status: 200,
    body: {
      '@odata.context': contextOf(request.root, collection.set, selection, expansions),
      ...(isCounted ? { '@odata.count': await countAll(request, condition) } : {}),
      ...(hasMore ? { '@odata.nextLink': nextLink(request, query, last.position) } : {}),
      value: entities.map((entity) => represent(entity, { selection, isTyped: collection.isTyped }, expanded)),
    },
  }
}

export async function answerCount(request: GraphRequest, listed: Collection): Promise<Answer> {
  onlyOptions(request.query, ['filter', 'search'])
  const collection = shown(listed, request.sight)
  const condition = readCondition(request.query, collection, null)
  return { status: 200, text: String(await countAll(request, condition)) }
}

/** The ids alone, as links (`/members/$ref`). */
export async function answerReferences(request: GraphRequest, listed: Collection): Promise<Answer> {
  const { query, after } = resumed(request, ['top', 'skiptoken'])
  const top = readTop(query.top, pageSizeUsual)
  const collection = shown(listed, request.sight)
  const page = await fromPlace(() => collection.read({ order: null, narrowing: null, after, limit: top + 1 }))
  const given = page.slice(0, top)
  const last = given.at(-1)
  const visible = given.filter(({ object }) => collection.isShown?.(object) ?? true)
  const value: readonly JsonObject[] = visible.map(({ object }) => ({
    '@odata.id': `${request.root}/directoryObjects/${object.id}`,
  }))
  return {
    status: 200,
    body: {
      '@odata.context': `${request.root}/$metadata#Collection($ref)`,
      ...(page.length > top && last !== undefined
        ? { '@odata.nextLink': nextLink(request, query, last.position) }
        : {}),
      value: value,
    },
  }
}

/** The options a list began with, and where it goes on. */
function resumed(
  request: GraphRequest,
  options: readonly QueryOption[] = listOptions,
): { readonly query: Query; readonly after: string | null; readonly isFirst: boolean } {
  const { query } = request
  onlyOptions(query, options)
  if (query.skiptoken === undefined) return { query, after: null, isFirst: true }
  if (Object.keys(query).length > 1)
    throw badRequest('Beside $skiptoken no other option is taken: the token holds those the list began with.')
  const token = readListToken(query.skiptoken)
  if (token.path !== request.path) throw badRequest('The $skiptoken belongs to another list.')
  onlyOptions(token.query, options)
  return { query: token.query, after: token.after, isFirst: false }
}

function nextLink(request: GraphRequest, query: Query, after: string): string {
  const token = writeToken({ kind: 'list', path: request.path, query: query, after })
  return `${request.root}${request.path}?$skiptoken=${token}`
}

function readCondition(query: Query, collection: Collection, order: Order | null): Condition {
  const filter = query.filter === undefined ? null : readFilter(query.filter)
  const search = query.search === undefined ? null : readSearch(query.search, collection.types)
  const bound = filter === null ? null : bindFilter(filter, collection.types)
  const narrowed = filter === null ? undefined : collection.narrowed?.(filter)
  const tests = [
    ...(bound === null || narrowed?.isExact === true ? [] : [bound]),
    ...(search === null ? [] : [search.test]),
    ...(collection.isShown === undefined ? [] : [collection.isShown]),
  ]
  const byFilter = filter === null ? null : narrowingOf(filter, order?.property ?? null)
  const contained = search?.contained ?? null
  return {
    among: narrowed?.collection ?? collection,
    ids: filter === null ? null : idsAllowed(filter),
    narrowing: byFilter ?? (contained === null ? null : { by: 'contains', text: contained }),
    test: tests.length === 0 ? null : (entity) => tests.every((test) => test(entity)),
  }
}

/** A list narrowed to the beginning of a name is read in order of that name. */
function orderOf({ narrowing }: Condition, order: Order | null): Order | null {
  if (order !== null || narrowing?.by !== 'startsWith') return order
  return { property: narrowing.name, isDescending: false }
}

async function readPage(
  request: GraphRequest,
  ask: {
    readonly condition: Condition
    readonly order: Order | null
    readonly after: string | null
    readonly limit: number
  },
): Promise<readonly Placed<Entity>[]> {
  const { condition, order, limit } = ask
  const { among, ids, narrowing, test } = condition
  if (ids !== null) {
    // At most as many as the filter named: one page.
    const picked = await among.pick(ids)
    return picked.filter((entity) => test?.(entity) ?? true).map((object) => ({ object, position: '' }))
  }
  if (test === null) return await among.read({ order, narrowing, after: ask.after, limit })
  const found: Placed<Entity>[] = []
  let { after } = ask
  for (;;) {
    const rows = await among.read({ order, narrowing, after, limit: readAtOnce })
    for (const row of rows) {
      if (test(row.object)) found.push(row)
      if (found.length === limit) return found
    }
    const last = rows.at(-1)
    if (rows.length < readAtOnce || last === undefined || request.isGone()) return found
    after = last.position
  }
}

async function countAll(request: GraphRequest, condition: Condition): Promise<number> {
  const { among, ids, narrowing, test } = condition
  if (test === null) return await among.count()
  if (ids !== null) return (await among.pick(ids)).filter(test).length
  const order = orderOf(condition, null)
  let count = 0
  let after: string | null = null
  for (;;) {
    const rows = await among.read({ order, narrowing, after, limit: readAtOnce })
    for (const { object } of rows) if (test(object)) count += 1
    const last = rows.at(-1)
    if (rows.length < readAtOnce || last === undefined || request.isGone()) return count
    after = last.position
  }
}
