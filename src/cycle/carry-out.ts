/*
 * Sends one decision to the target and words the answer for the log. A refusal of this object is a value; anything larger
 * (credentials, connection, a lost lease) is thrown on.
 */
import type { TargetWrite } from '../connectors/target.ts'
import { displayNameOf, type ObjectResult } from '../provisioning/index.ts'
import { ConnectorError, type ModifiedProperty, type TargetObject } from '../vocabulary/index.ts'
import type { Run } from './object-run.ts'
import { failed } from './object-results.ts'

type ExportName = 'EntryExportAdd' | 'EntryExportUpdate' | 'EntryExportDelete'

const exportNames: Record<TargetWrite['kind'], ExportName> = {
  create: 'EntryExportAdd',
  update: 'EntryExportUpdate',
  disable: 'EntryExportUpdate',
  delete: 'EntryExportDelete',
}

/** What the target said when it refused, for the log: never a secret, the connector has masked it. */
function exchangeDetails(error: ConnectorError): Record<string, string> {
  const details: Record<string, string> = {}
  if (error.targetErrorName !== undefined) details['TargetError'] = error.targetErrorName
  if (error.exchange !== undefined) {
    details['Request'] = `${error.exchange.method} ${error.exchange.url}`
    if (error.exchange.status !== undefined) details['Status'] = String(error.exchange.status)
    if (error.exchange.body !== undefined) details['Answer'] = error.exchange.body
  }
  return details
}

/** Sends one decision and words it for the log. A refusal of this object is a value; anything larger is thrown on. */
export async function carryOut(
  run: Run,
  write: TargetWrite,
  modifiedProperties: readonly ModifiedProperty[],
): Promise<
  | {
      readonly kind: 'done'
      readonly anchor: string
      readonly object: TargetObject | undefined
      readonly warnings: readonly string[]
    }
  | { readonly kind: 'refused'; readonly error: ConnectorError; readonly result: ObjectResult }
> {
  const name = exportNames[write.kind]
  const targetName = run.context.schema.targetDirectoryName
  const who = `${run.source.objectType} '${displayNameOf(run.source)}'`
  try {
    const receipt = await run.context.target.write(write)
    run.steps.push({
      name,
      provisioningStepType: 'export',
      status: receipt.warnings.length > 0 ? 'warning' : 'success',
      description: [`${who}: ${write.kind} in ${targetName} done.`, ...receipt.warnings].join(' '),
      details: { TargetId: receipt.anchor },
    })
    return { kind: 'done', anchor: receipt.anchor, object: receipt.object, warnings: receipt.warnings }
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.scope === 'job') throw error
    const details = exchangeDetails(error)
    run.steps.push({
      name,
      provisioningStepType: 'export',
      status: 'failure',
      description: `${who}: ${write.kind} in ${targetName} failed. ${error.message}`,
      details,
    })
    const action = write.kind
    const additionalDetails = Object.keys(details).length > 0 ? JSON.stringify(details) : null
    const targetAnchor = write.kind === 'create' ? null : write.anchor
    return {
      kind: 'refused',
      error,
      result: failed(action, error.code, error.message, run.steps, {
        modifiedProperties,
        additionalDetails,
        targetAnchor,
      }),
    }
  }
}
