/*
 * Finds the objects that have a value. The answer is checked here once more, because a target may ignore a filter and give
 * back its whole list, or not know the filter at all (slack.md 12, points 5 and 6): then the whole list is read.
 */
import type { TargetObject } from '../../vocabulary/index.ts'
import { ConnectorError } from '../../vocabulary/index.ts'
import type { FindRequest } from '../target.ts'
import type { ScimDialect } from './dialect.ts'
import { equalsFilter } from './filter.ts'
import type { JsonRecord } from './json.ts'
import { listResources } from './list-resources.ts'
import type { ScimClient } from './scim-client.ts'

export interface Finder {
  find(request: FindRequest): Promise<readonly TargetObject[]>
}

/** Remembers, for as long as the connector is open, which filters the target turned out not to know. */
export function createFinder(client: ScimClient, dialect: ScimDialect, pageSize: number): Finder {
  const unusable = new Set<string>()

  async function matching(request: FindRequest, filter: string | undefined): Promise<Matches> {
    const resourceType = request.objectType === 'User' ? 'Users' : 'Groups'
    const wanted = request.value.toLowerCase()
    const objects: TargetObject[] = []
    const query = dialect.findQuery?.(request.objectType) ?? ''
    const list = { resourceType, pageSize, query, ...(filter === undefined ? {} : { filter }) } as const
    for await (const page of listResources(client, list)) {
      for (const resource of page) {
        if (filter !== undefined && !isAnswerTo(request, resource, wanted)) return { objects, wasIgnored: true }
        const object = dialect.readResource(request.objectType, resource)
        if (object !== null && String(object.attributes[request.attribute]).toLowerCase() === wanted)
          objects.push(object)
      }
    }
    return { objects, wasIgnored: false }
  }

  function isAnswerTo(request: FindRequest, resource: JsonRecord, wanted: string): boolean {
    const values = dialect.filteredValues(request.objectType, resource, request.attribute)
    return values.some((value) => value.toLowerCase() === wanted)
  }

  return {
    find: async (request) => {
      const name = dialect.filterName(request.objectType, request.attribute)
      if (name === undefined) {
        throw new ConnectorError(
          `${dialect.targetName} cannot look for a ${request.objectType} by ${request.attribute}, so nothing can be matched ` +
            `by it; match by ${dialect.capabilities.filterable[request.objectType].join(' or ')}.`,
          { code: 'SchemaAttributeNotFound', scope: 'object', retry: 'backoff' },
        )
      }
      const key = `${request.objectType} ${name}`
      if (!unusable.has(key) && dialect.canFilter?.() !== false) {
        const filtered = await unlessRefused(matching(request, equalsFilter(name, request.value)), dialect)
        if (filtered?.wasIgnored === false) return filtered.objects
        unusable.add(key)
      }
      const { objects } = await matching(request, undefined)
      return objects
    },
  }
}

interface Matches {
  readonly objects: readonly TargetObject[]
  readonly wasIgnored: boolean
}

async function unlessRefused(answer: Promise<Matches>, dialect: ScimDialect): Promise<Matches | null> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof ConnectorError && dialect.filterRefusals.has(error.targetErrorName ?? '')) return null
    throw error
  }
}
