/*
 * Where somebody is who seems to be gone: there, in the recycle bin, or gone for good. A feed may repeat what is long past and
 * be silent about what has just been done, so each is asked for, and what would take somebody out for good is asked twice, with
 * the time between that a tenant's servers need to agree (graph-api.md 5.2).
 */
import type { Whereabouts } from '../../directory/index.ts'
import type { Clock, MirrorFeed } from '../../vocabulary/index.ts'
import { refusalOf, type GraphClient, type Json } from './graph-client.ts'

/** Replication between a tenant's servers. */
export const replicationMs = 5000

/** From this many on the whole recycle bin is read: it is quicker than asking for each. */
const wholeBinFrom = 20

type Names = MirrorFeed['name']

export async function findWhereabouts(
  client: GraphClient,
  clock: Clock,
  feedName: Names,
  ids: readonly string[],
): Promise<readonly Whereabouts[]> {
  const bin = ids.length >= wholeBinFrom ? await readBin(client, feedName) : new Map<string, number | null>()
  const inBin = ids.filter((id) => bin.has(id)).map((id) => softDeleted(id, bin.get(id) ?? null))
  const rest = ids.filter((id) => !bin.has(id))
  const first = await Promise.all(rest.map((id) => look(client, feedName, id)))
  const certain = first.filter((each) => each.presence === 'softDeleted' || each.presence === null)
  const open = first.filter((each) => !certain.includes(each)).map((each) => each.objectId)
  if (open.length > 0) await clock.sleep(replicationMs)
  const second = await Promise.all(open.map((id) => look(client, feedName, id)))
  return [...inBin, ...certain, ...second]
}

const softDeleted = (objectId: string, deletedAt: number | null): Whereabouts => ({
  objectId,
  presence: 'softDeleted',
  deletedAt,
})

function deletedAtOf(json: Json): number | null {
  const at = typeof json['deletedDateTime'] === 'string' ? Date.parse(json['deletedDateTime']) : Number.NaN
  return Number.isNaN(at) ? null : at
}

async function look(client: GraphClient, feedName: Names, objectId: string): Promise<Whereabouts> {
  const id = encodeURIComponent(objectId)
  const bin = await client.read(`/directory/deletedItems/${id}?$select=id,deletedDateTime`)
  if (bin.status === 200) return softDeleted(objectId, deletedAtOf(bin.body))
  const live = await client.read(`/${feedName}/${id}?$select=id`)
  if (live.status === 200) return { objectId, presence: 'present', deletedAt: null }
  if (live.status !== 404) throw refusalOf(live, `whether an object of ${feedName} is there`)
  // Who may not look into the recycle bin takes whoever is not there to lie in it: that can be undone, the other cannot.
  if (bin.status === 404) return { objectId, presence: 'hardDeleted', deletedAt: null }
  if (bin.status === 403) return softDeleted(objectId, null)
  throw refusalOf(bin, 'its recycle bin')
}

async function readBin(client: GraphClient, feedName: Names): Promise<ReadonlyMap<string, number | null>> {
  const found = new Map<string, number | null>()
  const type = feedName === 'users' ? 'user' : 'group'
  let address: string | null = `/directory/deletedItems/microsoft.graph.${type}?$select=id,deletedDateTime&$top=999`
  while (address !== null) {
    const reading = await client.read(address)
    // Each is asked for by itself then.
    if (reading.status >= 300) return new Map()
    const value = Array.isArray(reading.body['value']) ? (reading.body['value'] as readonly Json[]) : []
    for (const each of value) if (typeof each['id'] === 'string') found.set(each['id'], deletedAtOf(each))
    const next: unknown = reading.body['@odata.nextLink']
    address = typeof next === 'string' && next !== address ? next : null
  }
  return found
}
