/*
 * Creates something exactly once, and deletes what may be gone already. When the answer to the create is lost, or the target says the thing exists already, it is
 * looked up before anything else happens (slack.md 5.2, last line; target.ts, `write`).
 */
import type { TargetObject } from '../../vocabulary/index.ts'
import { ConnectorError } from '../../vocabulary/index.ts'
import type { ScimCall, ScimClient } from './scim-client.ts'
import { repeatsMax } from './scim-client.ts'

export interface FoundObject {
  readonly object: TargetObject
  /** Every identifying attribute that was sent is the object's: after a lost answer it can only be the one just made. */
  readonly isWhatWasSent: boolean
  /** It stands in the way of the create, whatever else is different. */
  readonly holdsIdentity: boolean
}

export type Creation =
  { readonly kind: 'created'; readonly json: unknown } | { readonly kind: 'found'; readonly object: TargetObject }

/** Throws a ConnectorError when nothing was created, or when nobody can say. */
export async function createOnce(
  client: ScimClient,
  call: ScimCall,
  lookUp: () => Promise<FoundObject | null>,
): Promise<Creation> {
  let wasUncertain = false
  for (let repeat = 0; ; repeat += 1) {
    const outcome = await client.attempt(call)
    if (outcome.kind === 'done') return { kind: 'created', json: outcome.json }
    const { error } = outcome
    wasUncertain ||= outcome.isUncertain
    const isLast = !outcome.canRepeat || repeat >= repeatsMax
    // The pause comes before the look-up: what the lost request started may still be under way.
    if (!isLast) await client.pause(repeat, error)
    if (wasUncertain || outcome.canRepeat || (error.code === 'Conflict' && error.existingAnchor === undefined)) {
      const found = await lookUp()
      if (found !== null && wasUncertain && found.isWhatWasSent) return { kind: 'found', object: found.object }
      if (found?.holdsIdentity === true) throw conflict(error, found.object)
    }
    if (isLast) throw error
  }
}

/** Deletes; that the thing is gone after a lost answer is the success that the answer would have told of. */
export async function deleteOnce(client: ScimClient, call: ScimCall): Promise<readonly string[]> {
  let wasUncertain = false
  for (let repeat = 0; ; repeat += 1) {
    const outcome = await client.attempt(call)
    if (outcome.kind === 'done') return []
    if (wasUncertain && outcome.error.code === 'InvalidAnchor') {
      return ['The answer to the delete was lost; asked again, the target no longer knew the object.']
    }
    wasUncertain ||= outcome.isUncertain
    if (!outcome.canRepeat || repeat >= repeatsMax) throw outcome.error
    await client.pause(repeat, outcome.error)
  }
}

function conflict(error: ConnectorError, holder: TargetObject): ConnectorError {
  const message =
    `${holder.objectType} ${holder.anchor} already has the identifying value that was to be created, so no second one was ` +
    `made; match it or change the value. (${error.message})`
  return new ConnectorError(message, {
    code: 'Conflict',
    scope: 'object',
    retry: 'backoff',
    existingAnchor: holder.anchor,
    ...(error.targetErrorName === undefined ? {} : { targetErrorName: error.targetErrorName }),
    ...(error.exchange === undefined ? {} : { exchange: error.exchange }),
    cause: error,
  })
}
