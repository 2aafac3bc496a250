/*
 * Sends one decision to the target and words the answer for the log. A refusal of this object is a value; anything larger
 * (credentials, connection, a lost lease) is thrown on. A plan that is made or carried out stands before every write.
 */
import type { TargetWrite, WriteReceipt } from '../connectors/target.ts'
import { displayNameOf, mayHaveTakenEffect, type ObjectResult } from '../provisioning/index.ts'
import type { Outcome } from '../store/store.ts'
import { ConnectorError, type BeforeImage, type DueCode, type ModifiedProperty } from '../vocabulary/index.ts'
import { imageAfter, imageBefore } from './before-image.ts'
import type { Run } from './object-run.ts'
import { failed, skipped, skipStep } from './object-results.ts'
import type { Admission } from './write-gate.ts'

type ExportName = 'EntryExportAdd' | 'EntryExportUpdate' | 'EntryExportDelete'

export const exportNames: Record<TargetWrite['kind'], ExportName> = {
  create: 'EntryExportAdd',
  update: 'EntryExportUpdate',
  disable: 'EntryExportUpdate',
  delete: 'EntryExportDelete',
}

/** Names chosen for a create, the link of an account that is taken over: what must not be lost with the answer. */
type NotedBefore = Pick<Outcome, 'names' | 'link'>

export type SentWrite =
  | { readonly kind: 'done'; readonly receipt: WriteReceipt }
  | { readonly kind: 'refused'; readonly error: ConnectorError; readonly result: ObjectResult }
  /** A plan is carried out that does not have it: nothing was sent. */
  | { readonly kind: 'withheld'; readonly result: ObjectResult }

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

function withheld(
  run: Run,
  write: TargetWrite,
  { because, ends }: Extract<Admission, { kind: 'withheld' }>,
): Extract<SentWrite, { kind: 'withheld' }> {
  run.planned.push(...ends)
  const code: DueCode = ends.length > 0 ? 'PlanVoid' : 'NotPlanned'
  run.steps.push(skipStep(because, code))
  const targetAnchor = write.kind === 'create' ? null : write.anchor
  return { kind: 'withheld', result: skipped(code, because, run.steps, { action: write.kind, targetAnchor }) }
}

/**
 * Remembered before the write goes out, because its answer may be lost or Muster stop right here: whoever meets the object next
 * looks what became of it. Of a create only that is kept by which the account can be found.
 */
async function noteBefore(run: Run, image: BeforeImage | null, also: NotedBefore): Promise<void> {
  if (image === null) return
  const { context } = run
  const { filterable } = context.targetDescription.capabilities
  const isIdentity = ([attribute]: readonly [string, unknown]): boolean =>
    filterable[image.objectType].includes(attribute)
  const noted =
    image.kind === 'create'
      ? { ...image, after: Object.fromEntries(Object.entries(image.after).filter(isIdentity)) }
      : image
  context.openWrites.begin(image)
  await context.ledger.save({
    logEntry: null,
    openWrite: { kind: 'put', write: { image: noted, sentAt: context.clock.now(), cycleId: context.frame.cycleId } },
    ...also,
  })
}

function take({ deeds }: Run, image: BeforeImage): void {
  deeds.images.push(image)
  deeds.isOpen = false
}

/**
 * Sends one decision and words it for the log. A refusal of this object is a value; anything larger is thrown on. `also`
 * is remembered before it is sent.
 */
export async function carryOut(
  run: Run,
  write: TargetWrite,
  modifiedProperties: readonly ModifiedProperty[],
  also: NotedBefore = {},
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
  const { gate } = run.context
  let admission: Admission | null = null
  let image: BeforeImage | null = null
  try {
    image = await imageBefore(run, write)
    // What is to be deleted and is gone is none of a plan's writes, and needs none.
    if (image === null && gate !== null && write.kind === 'delete')
      return done({ anchor: write.anchor, sent: [], warnings: [] }, `was gone from ${targetName} already.`)
    if (gate !== null && image !== null) admission = await gate.admit(run, write, image)
    if (admission?.kind === 'withheld') return withheld(run, write, admission)
    await noteBefore(run, image, also)
    const receipt = await run.context.target.write(write)
    run.planned.push(...(admission?.ended({ kind: 'done', receipt }) ?? []))
    if (image !== null) take(run, imageAfter(run, image, receipt))
    return done(receipt, `${write.kind} in ${targetName} done.`)
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.scope === 'job') {
      // It ends whoever asked on demand, not the cycle that is their host: that one looks what became of the write.
      if (image !== null) run.context.openWrites.end(image, true)
      throw error
    }
    // What is to be deleted and is not there any more needs nothing: an earlier delete whose answer was lost, or somebody by hand.
    if (write.kind === 'delete' && error.code === 'InvalidAnchor') {
      if (image !== null) take(run, image)
      return done({ anchor: write.anchor, sent: [], warnings: [] }, `was gone from ${targetName} already.`)
    }
    if (admission?.kind === 'admitted') run.planned.push(...admission.ended({ kind: 'refused', reason: error.message }))
    if (image !== null) run.deeds.isOpen = mayHaveTakenEffect(error)
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
