/*
 * Takes over the assignments of the tenant's enterprise application. They come as one list, so a short list looks like many
 * withdrawals: each that is missing is asked for by itself, and most of them missing is not believed at all.
 */
import { ConnectorError } from '../../vocabulary/index.ts'
import { findApplication, isWithdrawn, readAssignments, type EnterpriseApplication } from './enterprise-application.ts'
import { believableLoss, UnbelievableReadingError, type FollowPorts } from './follow-feed.ts'

const believableShare = 0.5

export interface AssignmentsRead {
  readonly application: EnterpriseApplication
  readonly count: number
}

export async function followAssignments(
  { client, mirror, confirmedLoss }: FollowPorts,
  wanted: string,
  servicePrincipalIds: readonly string[],
): Promise<AssignmentsRead> {
  const application = await findApplication(client, wanted)
  const reading = await readAssignments(client, application)
  const { known, lacking } = await mirror.lackingAssignments(servicePrincipalIds, reading)
  if (
    lacking.length > Math.max(believableLoss, Math.floor(known * believableShare)) &&
    lacking.length > ((await confirmedLoss()) ?? 0)
  )
    throw new UnbelievableReadingError(
      `assignments of ${application.displayName}`,
      lacking.length,
      known,
      'Whoever is assigned by them would lose the account.',
    )
  const found = await Promise.all(lacking.map((id) => isWithdrawn(client, application, id)))
  if (found.includes(false))
    throw new ConnectorError(
      `The tenant's list of assignments of ${application.displayName} is short: it lacks ${String(found.filter((is) => !is).length)} that are there when they are asked for. Nobody is taken out because of that; it is read again.`,
      { code: 'WebExceptionProtocolError', scope: 'job', retry: 'nextCycle' },
    )
  await mirror.replaceAssignments(servicePrincipalIds, reading)
  return { application, count: reading.length }
}
