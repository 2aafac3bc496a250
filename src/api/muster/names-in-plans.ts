/* Who the anchors in planned writes belong to: members of groups and managers stand there as ids of the target. */
import type { Store } from '../../store/store.ts'
import type { PlannedWrite } from '../../vocabulary/index.ts'

/** Attributes whose value is somebody's anchor. */
const isReference = (attribute: string): boolean => attribute.endsWith('manager') || attribute.endsWith('manager.value')

function anchorsIn({ image }: PlannedWrite): readonly string[] {
  const referenced = [...Object.entries(image.before), ...Object.entries(image.after)].flatMap(([name, value]) =>
    isReference(name) && typeof value === 'string' ? [value] : [],
  )
  return [...image.membersAdded, ...image.membersRemoved, ...referenced]
}

/** Display names by anchor; who is linked to nobody, and not made by the plan either, is missing. */
export async function namesInPlans(
  { provisioning, directory }: Pick<Store, 'provisioning' | 'directory'>,
  jobId: string,
  writes: readonly PlannedWrite[],
): Promise<Readonly<Record<string, string>>> {
  const anchors = [...new Set(writes.flatMap(anchorsIn))]
  const links = await provisioning.linksByTarget(jobId, 'User', anchors)
  const newcomers = new Map(writes.flatMap((each) => Object.entries(each.newcomers)))
  const objects = await directory.objects([...new Set(newcomers.values())])
  const nameOf = new Map(objects.map(({ objectId, attributes }) => [objectId, attributes['displayName']]))
  return Object.fromEntries(
    anchors.flatMap((anchor) => {
      const name = links.get(anchor)?.displayName ?? nameOf.get(newcomers.get(anchor) ?? '')
      return typeof name === 'string' && name !== '' ? [[anchor, name]] : []
    }),
  )
}
