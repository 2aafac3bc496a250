/*
 * What Muster may read in the tenant, permission by permission, by harmless questions: what each is for, and what happens without.
 */
import { ConnectorError, type SourcePermission, type SourceTestReport } from '../../vocabulary/index.ts'
import { findApplication } from './enterprise-application.ts'
import type { GraphClient, GraphReading } from './graph-client.ts'

export interface TestRequest {
  /** Properties that are asked for of people. */
  readonly userSelect: readonly string[]
  readonly application: string | null
}

const toGrant =
  'Grant it as an application permission of Microsoft Graph in the app registration, and give admin consent. It takes some minutes to hold.'

function permission(
  about: Pick<SourcePermission, 'permission' | 'purpose' | 'without'>,
  reading: Pick<GraphReading, 'status' | 'errorCode' | 'errorMessage'>,
): SourcePermission {
  const { status, errorCode, errorMessage } = reading
  const isGranted = status < 300
  const said = [errorCode, errorMessage.slice(0, 300)].filter((part) => part !== '').join(': ')
  return {
    ...about,
    isGranted,
    found: isGranted ? 'granted' : `HTTP ${String(status)}${said === '' ? '' : ` ${said}`}`,
    remedy: isGranted ? null : status === 403 || status === 401 ? toGrant : 'Look at what the tenant says.',
  }
}

const ok = { status: 200, errorCode: '', errorMessage: '' }

export async function testTenant(client: GraphClient, request: TestRequest): Promise<SourceTestReport> {
  try {
    const claims = await client.claims()
    const roles = Array.isArray(claims?.['roles']) ? (claims['roles'] as readonly unknown[]) : []
    const permissions = await permissionsOf(client, request)
    const granted = roles.filter((role) => typeof role === 'string').sort()
    return { isAccepted: permissions.every((each) => each.isGranted), token: 'given', granted, permissions }
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error
    return { isAccepted: false, token: error.message, granted: [], permissions: [] }
  }
}

async function permissionsOf(
  client: GraphClient,
  { userSelect, application }: TestRequest,
): Promise<readonly SourcePermission[]> {
  const found: SourcePermission[] = []
  const users = await client.read('/users/delta?$select=id&$deltatoken=latest')
  found.push(
    permission(
      {
        permission: 'User.Read.All',
        purpose: 'people and their managers, and what changes about them',
        without: 'Nobody can be read, so nothing happens at all.',
      },
      users,
    ),
  )
  const plain = userSelect.filter((name) => name !== 'manager').join(',')
  const properties = await client.read(`/users?$top=1&$select=${plain}`)
  if (users.status < 300)
    found.push(
      permission(
        {
          permission: userSelect.includes('employeeLeaveDateTime')
            ? 'User.Read.All and User-LifeCycleInfo.Read.All'
            : 'User.Read.All',
          purpose: `the properties that the mappings read: ${userSelect.join(', ')}`,
          without:
            'The tenant refuses people as a whole when one property is not to be had: for want of a permission or a licence, or because it has no such property. Take it out of the mappings, or grant what is missing.',
        },
        properties,
      ),
    )
  found.push(
    permission(
      {
        permission: 'User.Read.All',
        purpose: 'the recycle bin: who can still be restored',
        without: 'Whoever is gone is taken to be in the recycle bin: accounts are disabled and never deleted.',
      },
      await client.read('/directory/deletedItems/microsoft.graph.user?$top=1&$select=id'),
    ),
  )
  found.push(
    permission(
      {
        permission: 'GroupMember.Read.All',
        purpose: 'groups and who is in them',
        without: 'Assignments of groups cannot be followed to their members, so no cycle runs.',
      },
      await client.read('/groups/delta?$select=id&$deltatoken=latest'),
    ),
  )
  if (application !== null)
    found.push(
      permission(
        {
          permission: 'Application.Read.All',
          purpose: `the assignments of the enterprise application ${application}`,
          without: 'It is not known who is assigned, so no cycle runs.',
        },
        await assignmentsOf(client, application),
      ),
    )
  return found
}

async function assignmentsOf(
  client: GraphClient,
  wanted: string,
): Promise<Pick<GraphReading, 'status' | 'errorCode' | 'errorMessage'>> {
  try {
    const { id } = await findApplication(client, wanted)
    const reading = await client.read(`/servicePrincipals/${id}/appRoleAssignedTo?$top=1`)
    return reading.status < 300 ? ok : reading
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error
    const isRight = error.code === 'InsufficientRights'
    return { status: isRight ? 403 : 404, errorCode: error.targetErrorName ?? '', errorMessage: error.message }
  }
}
