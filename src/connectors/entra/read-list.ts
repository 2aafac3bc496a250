/* A list of a tenant, whole or not at all: pages until one names no next. */
import { ConnectorError } from '../../vocabulary/index.ts'
import type { GraphClient, Json } from './graph-client.ts'

/** `null` where the tenant has no such list (404); whatever else breaks it off throws. */
export async function readList(client: GraphClient, address: string, what: string): Promise<readonly Json[] | null> {
  const items: Json[] = []
  const been = new Set<string>()
  for (let next = address; ;) {
    been.add(next)
    const reading = await client.read(next)
    if (reading.status === 404 && next === address) return null
    const body = reading.status < 300 ? reading.body : await client.get(next, what)
    const value = body['value']
    const link = body['@odata.nextLink']
    if (!Array.isArray(value) || (typeof link === 'string' && been.has(link)))
      throw new ConnectorError(
        `The tenant's list of ${what} broke off: a page ${Array.isArray(value) ? 'leads back to an earlier one' : 'has no list'}. Nothing is concluded from that; it is read again.`,
        { code: 'WebExceptionProtocolError', scope: 'job', retry: 'nextCycle' },
      )
    items.push(...(value as readonly Json[]))
    if (typeof link !== 'string' || link === '') return items
    next = link
  }
}
