/*
 * A program as the directory knows it: an application with its service principal (graph-api.md 3.5). Read at each request, so
 * that whoever is deleted, disabled or loses a permission or secret is out at once.
 */
import { grantedPermissions, hasCredential } from '../../directory/index.ts'
import type { DirectoryApplication, DirectoryReads } from '../../store/store.ts'
import type { Caller } from '../../vocabulary/index.ts'

export interface Client {
  readonly appId: string
  readonly application: DirectoryApplication
  readonly servicePrincipal: DirectoryApplication
  readonly displayName: string
  readonly isEnabled: boolean
}

export async function clientOf(directory: DirectoryReads, appId: string): Promise<Client | null> {
  const all = await directory.applicationsOf(appId.toLowerCase())
  const present = (objectType: DirectoryApplication['objectType']): DirectoryApplication | undefined =>
    all.find((each) => each.objectType === objectType && each.presence === 'present')
  const [application, servicePrincipal] = [present('Application'), present('ServicePrincipal')]
  if (application === undefined || servicePrincipal === undefined) return null
  const { displayName, accountEnabled } = servicePrincipal.properties
  return {
    appId: servicePrincipal.appId,
    application,
    servicePrincipal,
    displayName: typeof displayName === 'string' ? displayName : servicePrincipal.appId,
    isEnabled: accountEnabled !== false,
  }
}

/** With the permissions it has now. */
export async function callerOfClient(directory: DirectoryReads, client: Client): Promise<Caller> {
  const { objectId } = client.servicePrincipal
  return {
    kind: 'application',
    objectId,
    appId: client.appId,
    displayName: client.displayName,
    permissions: await grantedPermissions(directory, objectId),
  }
}

/** The secret or certificate that a token was got with still counts. */
export const holdsCredential = ({ application, servicePrincipal }: Client, keyId: string, now: number): boolean =>
  [application, servicePrincipal].some(({ properties }) => hasCredential(properties, keyId, now))
