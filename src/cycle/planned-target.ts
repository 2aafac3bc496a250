/*
 * The target as a plan sees it: it answers every write without sending it, and later looks see what was planned, as they
 * would see it in the cycle.
 */
import type { FindRequest, TargetConnector, TargetWrite, WriteReceipt } from '../connectors/target.ts'
import type { ObjectTypeName, TargetAttributes, TargetObject, TargetValue } from '../vocabulary/index.ts'
import { keyOf, objectKey } from './object-key.ts'

function holds(object: TargetObject, { attribute, value }: FindRequest): boolean {
  const held = object.attributes[attribute]
  return typeof held === 'string' && held.toLowerCase() === value.toLowerCase()
}

/** Ids of what would be created are marked as planned. */
export function plannedTarget(target: TargetConnector): TargetConnector {
  /** What would be there after the writes so far; `null`: gone. */
  const planned = new Map<string, TargetObject | null>()
  /** Accounts that are still there and would be deactivated. */
  const deactivated = new Set<string>()
  const { deleteDeactivates } = target.describe().capabilities
  let created = 0

  function asLeft(object: TargetObject): TargetObject {
    if (!deactivated.has(objectKey(object))) return object
    return { ...object, attributes: { ...object.attributes, active: false } }
  }

  function deactivate(objectType: ObjectTypeName, anchor: string): void {
    const mine = planned.get(keyOf(objectType, anchor))
    if (mine === undefined) deactivated.add(keyOf(objectType, anchor))
    else if (mine !== null) put(objectType, anchor, { ...mine.attributes, active: false })
  }

  function put(objectType: ObjectTypeName, anchor: string, attributes: TargetAttributes): TargetObject {
    const stored = target.asStored(objectType, attributes)
    const name = stored['displayName']
    const object = { objectType, anchor, displayName: typeof name === 'string' ? name : anchor, attributes: stored }
    planned.set(keyOf(objectType, anchor), object)
    return object
  }

  function write(decision: TargetWrite): WriteReceipt {
    switch (decision.kind) {
      case 'create': {
        created += 1
        const anchor = `planned-${String(created)}`
        const object = put(decision.objectType, anchor, decision.attributes)
        return { anchor, object, sent: [], warnings: [] }
      }
      case 'update': {
        const { objectType, anchor, changes } = decision
        if (changes.length > 0) {
          const after: Record<string, TargetValue> = { ...decision.known }
          for (const change of changes) {
            if (change.kind === 'set') after[change.attribute] = change.value
            else delete after[change.attribute]
          }
          put(objectType, anchor, after)
        }
        return { anchor, sent: changes, warnings: [] }
      }
      case 'disable':
        deactivate(decision.objectType, decision.anchor)
        return { anchor: decision.anchor, sent: [], warnings: [] }
      case 'delete':
        if (deleteDeactivates[decision.objectType]) deactivate(decision.objectType, decision.anchor)
        else planned.set(objectKey(decision), null)
        return { anchor: decision.anchor, sent: [], warnings: [] }
    }
  }

  return {
    ...target,
    async find(request) {
      const found = (await target.find(request)).filter((hit) => !planned.has(objectKey(hit)))
      const mine = [...planned.values()].filter(
        (object): object is TargetObject => object?.objectType === request.objectType && holds(object, request),
      )
      return [...found.map(asLeft), ...mine]
    },
    async read(objectType, anchor) {
      const mine = planned.get(keyOf(objectType, anchor))
      if (mine !== undefined) return mine
      const object = await target.read(objectType, anchor)
      return object === null ? null : asLeft(object)
    },
    write: (decision) => Promise.resolve(write(decision)),
  }
}
