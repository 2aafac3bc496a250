/*
 * Sends one decision to the target and words the answer for the log. A refusal of this object is a value; anything larger
 * (credentials, connection, a lost lease) is thrown on.
 */
import type { TargetWrite, WriteReceipt } from '../connectors/target.ts'
import { displayNameOf, type ObjectResult } from '../provisioning/index.ts'
import { ConnectorError, type ModifiedProperty } from '../vocabulary/index.ts'
import { imageAfter, imageBefore } from './before-image.ts'
import type { Run } from './object-run.ts'
import { failed } from './object-results.ts'

type ExportName = 'EntryExportAdd' | 'EntryExportUpdate' | 'EntryExportDelete'

const exportNames: Record<TargetWrite['kind'], ExportName> = {
  create: 'EntryExportAdd',
  update: 'EntryExportUpdate',
  disable: 'EntryExportUpdate',
  delete: 'EntryExportDelete',
}

export type SentWrite =
  | { readonly kind: 'done'; readonly receipt: WriteReceipt }
  | { readonly kind: 'refused'; readonly error: ConnectorError; readonly result: ObjectResult }

/** What the target said when it refused, for the log: never a secret, the connector has masked it. */
export function exchangeDetails(error: ConnectorError): Record<string, string> {
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
): Promise<SentWrite> {
  const name = exportNames[write.kind]
  const targetName = run.context.schema.targetDirectoryName
  const who = `${run.source.objectType} '${displayNameOf(run.source)}'`
  const done = (receipt: WriteReceipt, words: string): SentWrite => {
    run.steps.push({
      name,
      provisioningStepType: 'export',
      status: receipt.warnings.length > 0 ? 'warning' : 'success',
      description: [`${who}: ${words}`, ...receipt.warnings].join(' '),
      details: { TargetId: receipt.anchor },
    })
    return { kind: 'done', receipt }
  }
  try {
    const image = await imageBefore(run, write)
    const receipt = await run.context.target.write(write)
    if (image !== null) run.images.push(imageAfter(run, image, receipt))
    return done(receipt, `${write.kind} in ${targetName} done.`)
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.scope === 'job') throw error
    // What is to be deleted and is not there any more needs nothing: an earlier delete whose answer was lost, or somebody by hand.
    if (write.kind === 'delete' && error.code === 'InvalidAnchor')
      return done({ anchor: write.anchor, sent: [], warnings: [] }, `was gone from ${targetName} already.`)
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
