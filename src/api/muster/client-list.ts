/* Which applications are programs with an access of their own: whoever holds a credential or a permission. */
import { grantedTo } from '../../directory/index.ts'
import type { DirectoryApplication, DirectoryReads } from '../../store/store.ts'
import type { ClientReport, JsonObject, JsonValue } from '../../vocabulary/index.ts'

export interface FoundClient {
  readonly application: DirectoryApplication
  readonly servicePrincipal: DirectoryApplication
  readonly displayName: string
  readonly permissions: readonly string[]
}

const rowsAtOnce = 1000

/** In order of client id. */
export async function allClients(directory: DirectoryReads): Promise<readonly FoundClient[]> {
  const applications = await present(directory, 'Application')
  const principals = new Map((await present(directory, 'ServicePrincipal')).map((each) => [each.appId, each]))
  const permissions = await grantedTo(directory)
  return applications
    .flatMap((application): readonly FoundClient[] => {
      const servicePrincipal = principals.get(application.appId)
      if (servicePrincipal === undefined) return []
      const granted = permissions.get(servicePrincipal.objectId) ?? []
      const credentials = [application, servicePrincipal].flatMap((each) => [
        ...listIn(each.properties, 'passwordCredentials'),
        ...listIn(each.properties, 'keyCredentials'),
      ])
      if (granted.length === 0 && credentials.length === 0) return []
      const displayName = textIn(servicePrincipal.properties, 'displayName') ?? application.appId
      return [{ application, servicePrincipal, displayName, permissions: granted }]
    })
    .sort((one, other) => (one.application.appId < other.application.appId ? -1 : 1))
}

export function clientReport(client: FoundClient, now: number): ClientReport {
  const { application, servicePrincipal, displayName, permissions } = client
  const all = (name: string): readonly JsonObject[] =>
    [application, servicePrincipal].flatMap(({ properties }) => listIn(properties, name))
  const times = (each: JsonObject): { readonly startsAt: number | null; readonly expiresAt: number | null } => ({
    startsAt: instantIn(each, 'startDateTime'),
    expiresAt: instantIn(each, 'endDateTime'),
  })
  const isInForce = (each: JsonObject): boolean => {
    const { startsAt, expiresAt } = times(each)
    return (startsAt ?? 0) <= now && expiresAt !== null && now < expiresAt
  }
  return {
    clientId: application.appId,
    displayName,
    applicationId: application.objectId,
    servicePrincipalId: servicePrincipal.objectId,
    isEnabled: servicePrincipal.properties['accountEnabled'] !== false,
    permissions,
    secrets: all('passwordCredentials').map((each) => ({
      keyId: textIn(each, 'keyId') ?? '',
      displayName: textIn(each, 'displayName'),
      hint: textIn(each, 'hint') ?? '',
      ...times(each),
      isInForce: isInForce(each),
    })),
    certificates: all('keyCredentials').map((each) => ({
      keyId: textIn(each, 'keyId') ?? '',
      displayName: textIn(each, 'displayName'),
      thumbprint: textIn(each, 'customKeyIdentifier') ?? '',
      expiresAt: times(each).expiresAt,
      isInForce: isInForce(each),
    })),
    createdAt: instantIn(application.properties, 'createdDateTime'),
  }
}

async function present(
  directory: DirectoryReads,
  objectType: DirectoryApplication['objectType'],
): Promise<readonly DirectoryApplication[]> {
  const found: DirectoryApplication[] = []
  let after: string | null = null
  for (;;) {
    const rows: readonly DirectoryApplication[] = await directory.listApplications({
      objectType,
      presence: 'present',
      after,
      limit: rowsAtOnce,
    })
    found.push(...rows)
    after = rows.at(-1)?.objectId ?? null
    if (after === null || rows.length < rowsAtOnce) return found
  }
}

export const listIn = (properties: JsonObject, name: string): readonly JsonObject[] => {
  const value: JsonValue | undefined = properties[name]
  return Array.isArray(value) ? (value as readonly JsonObject[]) : []
}

export function textIn(properties: JsonObject, name: string): string | null {
  const value = properties[name]
  return typeof value === 'string' ? value : null
}

function instantIn(properties: JsonObject, name: string): number | null {
  const ms = Date.parse(textIn(properties, name) ?? '')
  return Number.isNaN(ms) ? null : ms
}
