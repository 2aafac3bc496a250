/*
 * Reads a whole list page by page (slack.md 2.2): begins at 1, goes on by what was received, ends at totalResults or at an
 * empty page. Accounts that are made or removed meanwhile shift the pages, so repeated ones are dropped and missing ones
 * looked for in a second round.
 */
import { ConnectorError } from '../../vocabulary/index.ts'
import type { JsonRecord } from './json.ts'
import { isRecord, listOf } from './json.ts'
import type { ScimClient } from './scim-client.ts'

export interface ListRequest {
  readonly resourceType: 'Users' | 'Groups'
  /** Asked for and at most received at a time. */
  readonly pageSize: number
  readonly filter?: string
  /** More of the query, as it is. */
  readonly query?: string
}

export async function* listResources(client: ScimClient, request: ListRequest): AsyncIterable<readonly JsonRecord[]> {
  const seen = new Set<string>()
  for (let round = 0; round < 2; round += 1) {
    let total = 0
    let hasShrunk = false
    for (let startIndex = 1; ;) {
      const page = await readPage(client, request, startIndex)
      hasShrunk ||= page.total < total
      total = page.total
      const fresh = page.resources.filter((resource) => {
        const id = String(resource.id)
        if (seen.has(id)) return false
        seen.add(id)
        return true
      })
      if (fresh.length > 0) yield fresh
      startIndex += page.resources.length
      if (page.resources.length === 0 || startIndex > total) break
    }
    // Whoever slipped to an earlier page has not been seen although the numbers may agree.
    if (seen.size >= total && !hasShrunk) return
  }
}

interface Page {
  readonly total: number
  readonly resources: readonly JsonRecord[]
}

async function readPage(client: ScimClient, request: ListRequest, startIndex: number): Promise<Page> {
  const filter = request.filter === undefined ? '' : `&filter=${encodeURIComponent(request.filter)}`
  const more = request.query === undefined || request.query === '' ? '' : `&${request.query}`
  const path = `/${request.resourceType}?startIndex=${startIndex}&count=${request.pageSize}${filter}${more}`
  const endpoint = request.resourceType === 'Users' ? 'listUsers' : 'listGroups'
  const json = await client.request({ endpoint, method: 'GET', path })
  if (!isRecord(json) || typeof json.totalResults !== 'number') throw notAList(path)
  const resources = listOf(json.Resources).filter(isRecord)
  if (resources.some((resource) => typeof resource.id !== 'string')) throw notAList(path)
  return { total: json.totalResults, resources }
}

function notAList(path: string): ConnectorError {
  return new ConnectorError(
    `The answer to GET ${path} is not a SCIM list of resources with ids, so nobody can be found; check the address of the target.`,
    { code: 'SystemForCrossDomainIdentityManagementServiceIncompatible', scope: 'job', retry: 'backoff' },
  )
}
