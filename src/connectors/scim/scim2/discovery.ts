/*
 * What a SCIM 2.0 service says of itself: whether it can be patched and filtered, and which attributes it has (RFC 7644
 * section 4). A service that says nothing is taken to be able to do what the standard asks for.
 */
import { ConnectorError } from '../../../vocabulary/index.ts'
import type { JsonRecord } from '../json.ts'
import { isRecord, listOf } from '../json.ts'
import type { ScimClient } from '../scim-client.ts'

export interface Scim2Announcement {
  readonly canFilter: boolean
  /** Resource types with a schema, for the report. */
  readonly schemas: readonly string[]
}

export async function discover(client: ScimClient, targetName: string): Promise<Scim2Announcement> {
  const config = await readIfThere(client, '/ServiceProviderConfig')
  if (isSupported(config, 'patch') === false) {
    throw new ConnectorError(
      `${targetName} says that it has no PATCH, and without it neither a change nor a membership can be sent.`,
      { code: 'NotImplemented', scope: 'job', retry: 'never' },
    )
  }
  const schemas = await readIfThere(client, '/Schemas')
  return {
    canFilter: isSupported(config, 'filter') !== false,
    schemas: listOf(schemas?.Resources).flatMap((schema) =>
      isRecord(schema) && typeof schema.id === 'string' ? [schema.id] : [],
    ),
  }
}

function isSupported(config: JsonRecord | null, feature: string): boolean | undefined {
  const announced = config?.[feature]
  return isRecord(announced) && typeof announced.supported === 'boolean' ? announced.supported : undefined
}

/** Wrong credentials and trouble are thrown on; a service without the endpoint says nothing. */
async function readIfThere(client: ScimClient, path: string): Promise<JsonRecord | null> {
  try {
    const json = await client.request({ endpoint: 'readConfiguration', method: 'GET', path })
    return isRecord(json) ? json : null
  } catch (error) {
    if (error instanceof ConnectorError && ['InvalidAnchor', 'NotImplemented'].includes(error.code)) return null
    throw error
  }
}
