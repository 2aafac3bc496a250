/*
 * Delta queries (graph-api.md section 5). A round begins with the present state, page by page; its delta link then stands at a
 * place in the directory's journal, and what the journal has since is what changed. A link older than the journal, or older
 * than a week, answers 410 and where to begin again.
 */
import type { JsonObject, ObjectTypeName } from '../../vocabulary/index.ts'
import { changesPage } from './delta-changes.ts'
import { readTracked, trackedNames, type DeltaPage } from './delta-objects.ts'
import { statePage } from './delta-state.ts'
import { badRequest, GraphProblem, unsupportedQuery } from './graph-problem.ts'
import type { GraphPorts } from './graph-ports.ts'
import { idsAllowed } from './odata/narrow.ts'
import { onlyOptions } from './odata/query-string.ts'
import { readFilter } from './odata/read-filter.ts'
import type { Filter } from './odata/filter.ts'
import type { Answer, GraphRequest, Operation } from './operation.ts'
import { fromPlace, readDeltaToken, writeToken, type DeltaToken } from './paging-token.ts'
import { contextOf } from './represent.ts'

/** Delta links of directory objects live a week (graph-api.md 5.2). */
export const deltaTokenMs = 7 * 24 * 60 * 60 * 1000

const idsMax = 50

export function deltaOperations(ports: GraphPorts, objectType: ObjectTypeName): readonly Operation[] {
  const set = objectType === 'User' ? 'users' : 'groups'
  return [
    { method: 'GET', template: `/${set}/delta`, handle: (request) => answerDelta(ports, request, objectType, set) },
  ]
}

async function answerDelta(
  ports: GraphPorts,
  request: GraphRequest,
  objectType: ObjectTypeName,
  set: DeltaToken['set'],
): Promise<Answer> {
  onlyOptions(request.query, ['select', 'filter', 'skiptoken', 'deltatoken'])
  const isMinimal = request.preferences.has('return=minimal')
  const token = await tokenOf(ports, request, objectType, set)
  const tracked = readTracked(token.select, objectType)
  const page = request.query.deltatoken?.toLowerCase() === 'latest' ? nothing(token) : await pageOf()
  return {
    status: 200,
    headers: isMinimal ? { 'preference-applied': 'return=minimal' } : {},
    body: {
      '@odata.context': contextOf(request.root, set, { names: token.select }),
      ...link(page),
      value: page.items,
    },
  }

  async function pageOf(): Promise<DeltaPage> {
    const asked = { directory: ports.directory, objectType, token, tracked }
    return token.state === null ? await changesPage({ ...asked, isMinimal }) : await fromPlace(() => statePage(asked))
  }

  function link({ next, isLast }: DeltaPage): JsonObject {
    const address = `${request.root}/${set}/delta`
    return isLast
      ? { '@odata.deltaLink': `${address}?$deltatoken=${writeToken({ ...next, issuedAt: ports.clock.now() })}` }
      : { '@odata.nextLink': `${address}?$skiptoken=${writeToken(next)}` }
  }
}

const nothing = (token: DeltaToken): DeltaPage => ({ items: [], next: { ...token, state: null }, isLast: true })

/** Where the request stands: at the beginning, or where a link of an earlier answer left off. */
async function tokenOf(
  ports: GraphPorts,
  { query, root }: GraphRequest,
  objectType: ObjectTypeName,
  set: DeltaToken['set'],
): Promise<DeltaToken> {
  const { skiptoken, deltatoken } = query
  if (skiptoken !== undefined && Object.keys(query).length > 1)
    throw badRequest('Beside $skiptoken no other option is taken: the token holds those the round began with.')
  const range = await ports.directory.journalRange()
  const begun = skiptoken ?? deltatoken
  if (begun === undefined || begun === '' || begun.toLowerCase() === 'latest') {
    return {
      kind: 'delta',
      tenant: ports.tenantId,
      set,
      select: trackedNames(query.select, objectType),
      ids: idsOf(query.filter),
      since: range.newest,
      issuedAt: ports.clock.now(),
      state: { after: null, within: null },
    }
  }
  const token = readDeltaToken(begun)
  if (token.set !== set) throw badRequest('The token belongs to the delta of another resource.')
  if (query.filter !== undefined) throw badRequest('Beside $deltatoken $filter is not taken: the token holds it.')
  const resync = (code: string, why: string): GraphProblem =>
    new GraphProblem(410, code, `${why} Begin again with a full round, at the address in Location.`, {
      headers: { location: beginning(root, set, token) },
    })
  if (token.tenant !== ports.tenantId) throw resync('resyncRequired', 'The delta token belongs to another directory.')
  if (ports.clock.now() - token.issuedAt > deltaTokenMs)
    throw resync('syncStateNotFound', 'The delta token is older than seven days.')
  if (token.since < range.floor)
    throw resync('syncStateNotFound', 'The delta token is older than what is remembered of changes.')
  if (token.since > range.newest)
    throw resync('resyncRequired', 'The directory has been put back to a state before the delta token was given.')
  return query.select === undefined ? token : { ...token, select: trackedNames(query.select, objectType) }
}

function beginning(root: string, set: string, { select }: DeltaToken): string {
  return `${root}/${set}/delta?$deltatoken=${select === null ? '' : `&$select=${select.map(encodeURIComponent).join(',')}`}`
}

/** `id eq 'a' or id eq 'b'`, and nothing else (graph-api.md 5.1). */
function idsOf(text: string | undefined): string[] | null {
  if (text === undefined) return null
  const filter = readFilter(text)
  const ids = idsAllowed(filter)
  if (ids === null || !isOnlyIds(filter))
    throw unsupportedQuery("A delta query can be filtered by ids alone: $filter=id eq 'a' or id eq 'b'.")
  if (ids.length > idsMax)
    throw badRequest(`A delta query follows at most ${String(idsMax)} ids, and ${String(ids.length)} are named.`)
  return [...new Set(ids.map((id) => id.toLowerCase()))]
}

function isOnlyIds(filter: Filter): boolean {
  return filter.kind === 'or' ? filter.items.every(isOnlyIds) : filter.kind === 'compare' || filter.kind === 'in'
}
