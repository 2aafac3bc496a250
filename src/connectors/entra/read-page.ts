/*
 * One page of a delta query (graph-api.md section 5): what it says, and where reading goes on. A page that names no next place is
 * no last page: it was cut off, and nothing is concluded from it.
 */
import type { MirroredObject, MirrorPage } from '../../directory/index.ts'
import { ConnectorError, type MirrorFeed, type ObjectTypeName } from '../../vocabulary/index.ts'
import { refusalOf, type GraphClient, type GraphReading, type Json } from './graph-client.ts'
import { sourceAttributes } from './property-names.ts'

export type PageRead =
  | { readonly kind: 'page'; readonly page: MirrorPage; readonly next: Pick<MirrorFeed, 'phase' | 'link'> }
  /** The place is forgotten: everything has to be read again. */
  | { readonly kind: 'expired' }

const typeOf = { users: 'User', groups: 'Group' } as const

export async function readPage(client: GraphClient, feed: MirrorFeed): Promise<PageRead> {
  const address = feed.link ?? `/${feed.name}/delta?$select=${feed.select.join(',')}`
  const reading = await client.read(address)
  if (isExpired(reading, feed.link)) return { kind: 'expired' }
  if (reading.status >= 300) throw refusalOf(reading, feed.name)
  const next = nextPlace(reading.body, feed, client.isOwn)
  return { kind: 'page', page: pageOf(reading.body, typeOf[feed.name]), next }
}

/**
 * Tokens live seven days, and end with a move of the tenant: 410, or 400 and 404 with codes of many spellings (graph-api.md 5.2).
 * Whatever else may be wrong with a link, reading everything again mends it and takes nobody out.
 */
function isExpired({ status, errorCode }: GraphReading, link: string | null): boolean {
  if (status === 410) return true
  const isOfToken = /syncStateNotFound|resyncRequired|DeltaToken|ExpiredPageToken/i.test(errorCode)
  return (status === 400 || status === 404) && (link !== null || isOfToken)
}

function broken(feed: MirrorFeed, found: string): ConnectorError {
  return new ConnectorError(
    `The tenant's feed of ${feed.name} ${found}. Nothing is concluded from that; it is read again from the last page that was whole.`,
    { code: 'WebExceptionProtocolError', scope: 'job', retry: 'nextCycle' },
  )
}

function nextPlace(body: Json, feed: MirrorFeed, isOwn: GraphClient['isOwn']): Pick<MirrorFeed, 'phase' | 'link'> {
  const nextLink = body['@odata.nextLink']
  const deltaLink = body['@odata.deltaLink']
  if (!Array.isArray(body['value'])) throw broken(feed, 'gave a page without a list')
  for (const link of [nextLink, deltaLink])
    if (typeof link === 'string' && link !== '' && !isOwn(link))
      throw broken(feed, 'leads to another host, which would be given the token')
  if (typeof nextLink === 'string' && nextLink !== '') {
    if (nextLink === feed.link) throw broken(feed, 'gave a page that leads back to itself')
    return { phase: 'reading', link: nextLink }
  }
  if (typeof deltaLink === 'string' && deltaLink !== '') return { phase: 'comparing', link: deltaLink }
  throw broken(feed, 'broke off: a page names neither a next one nor the place to go on from')
}

const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

function pageOf(body: Json, objectType: ObjectTypeName): MirrorPage {
  const objects: MirroredObject[] = []
  const removed: string[] = []
  for (const each of body['value'] as readonly unknown[]) {
    const id = isRecord(each) ? each['id'] : undefined
    if (!isRecord(each) || typeof id !== 'string' || id === '')
      throw new ConnectorError(
        'The tenant gave an object without an id, so the page is not believed; it is read again.',
        {
          code: 'WebExceptionProtocolError',
          scope: 'job',
          retry: 'nextCycle',
        },
      )
    if (each['@removed'] === undefined) objects.push(occurrence(id, each, objectType))
    else removed.push(id)
  }
  return { objects, removed }
}

function occurrence(objectId: string, json: Json, objectType: ObjectTypeName): MirroredObject {
  const attributes = sourceAttributes(objectType, json)
  const members = objectType === 'Group' ? json['members@delta'] : undefined
  const references = Array.isArray(members) ? members.filter(isRecord).filter(isPersonOrGroup) : []
  const ids = (isRemoved: boolean): readonly string[] =>
    references.flatMap((each) =>
      typeof each['id'] === 'string' && (each['@removed'] !== undefined) === isRemoved ? [each['id']] : [],
    )
  return { objectId, attributes, membersAdded: ids(false), membersRemoved: ids(true) }
}

/** Devices and service principals are members of groups too. */
export function isPersonOrGroup(json: Json): boolean {
  const type = json['@odata.type']
  return typeof type !== 'string' || /\.(user|group)$/i.test(type)
}
