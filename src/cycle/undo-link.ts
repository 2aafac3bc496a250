/* What the link of an account or group says after a write that took something back. */
import type { WriteReceipt } from '../connectors/target.ts'
import type { Outcome } from '../store/store.ts'
import type { TargetAttributes, TargetObject, TargetValue, TargetWrite } from '../vocabulary/index.ts'
import { linkTo, membershipsOf, type Run } from './object-run.ts'
import { withoutMembers } from './target-view.ts'

/** What the account or group holds after the write, as far as nobody says otherwise. */
function heldAfter(write: TargetWrite, held: TargetObject | null, receipt: WriteReceipt): TargetAttributes {
  if (receipt.object !== undefined) return withoutMembers(receipt.object.attributes)
  if (write.kind === 'create') return write.attributes
  const after: Record<string, TargetValue> = { ...withoutMembers(held?.attributes ?? {}) }
  if (write.kind === 'disable') after['active'] = false
  if (write.kind === 'update')
    for (const change of write.changes) {
      if (change.kind === 'set') after[change.attribute] = change.value
      else delete after[change.attribute]
    }
  return after
}

/** Links follow what was done; whoever is linked to something else by now stays so. */
export async function linkAfter(
  run: Run,
  write: TargetWrite,
  held: TargetObject | null,
  receipt: WriteReceipt,
): Promise<Pick<Outcome, 'link' | 'addDeferred' | 'forgetMember'>> {
  const { source, facts } = run
  const owner = { objectType: source.objectType, sourceAnchor: source.anchor }
  const { link } = facts
  if (link !== undefined && link.targetAnchor !== receipt.anchor) return {}
  const known = heldAfter(write, held, receipt)
  const current = link ?? linkTo(source, { anchor: receipt.anchor, attributes: known })
  const isRemoval = write.kind === 'disable' || write.kind === 'delete'
  const lost =
    isRemoval && source.objectType === 'User'
      ? { addDeferred: await membershipsOf(run, current), forgetMember: receipt.anchor }
      : {}
  if (write.kind === 'delete') return { ...lost, link: { kind: 'delete', ...owner } }
  const members = new Set(current.members)
  if (write.kind === 'update' && write.members !== undefined) {
    const refused = new Set(receipt.membersLeftOut)
    for (const member of write.members.remove) members.delete(member)
    for (const member of write.members.add) if (!refused.has(member)) members.add(member)
  }
  const isActive = known['active'] !== false
  const isManaged = isActive && !current.isActive ? true : current.isManaged
  return { ...lost, link: { kind: 'put', link: { ...current, isActive, isManaged, known, members: [...members] } } }
}
