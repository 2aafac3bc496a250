/*
 * What a write is about to change and what is there before, and what of it really happened: the image that is remembered
 * with the write's log entry, and that an undo is made of.
 */
import type { TargetWrite, WriteReceipt } from '../connectors/target.ts'
import { displayNameOf } from '../provisioning/index.ts'
import type { BeforeImage, Link, TargetAttributes, TargetObject, TargetValue } from '../vocabulary/index.ts'
import type { Run } from './object-run.ts'
import { withoutMembers } from './target-view.ts'

type Values = Record<string, TargetValue | null>

const valuesOf = (names: Iterable<string>, attributes: TargetAttributes): Values =>
  Object.fromEntries([...names].map((name) => [name, attributes[name] ?? null]))

const membersIn = ({ members }: TargetAttributes): readonly string[] => (typeof members === 'object' ? members : [])

/** Groups of ours that the account is dropped from when it is deactivated (slack.md section 4). */
async function membershipsLost(run: Run, anchor: string): Promise<BeforeImage['membershipsLost']> {
  const groups = await run.context.ledger.groupsWithMember(anchor)
  return groups.map(({ sourceAnchor, targetAnchor }) => ({ sourceAnchor, targetAnchor }))
}

/** What the write says by itself. */
function imageOf({ source }: Run, write: TargetWrite): BeforeImage {
  const created = write.kind === 'create' ? write.attributes : {}
  return {
    kind: write.kind,
    objectType: write.objectType,
    sourceAnchor: source.anchor,
    targetAnchor: write.kind === 'create' ? null : write.anchor,
    displayName: displayNameOf(source),
    before: valuesOf(Object.keys(created), {}),
    after: created,
    membersAdded: [],
    membersRemoved: [],
    membershipsLost: [],
  }
}

/**
 * What the write is to change, and what is there now. `null`: what is to be deleted is not there any more. Only a delete reads
 * the target for it: it alone leaves nothing to look at, and a disable may not wait for a reading that fails.
 */
export async function imageBefore(run: Run, write: TargetWrite): Promise<BeforeImage | null> {
  const image = imageOf(run, write)
  const isUser = write.objectType === 'User'
  switch (write.kind) {
    case 'create':
      return image
    case 'update': {
      const names = write.changes.map((change) => change.attribute)
      const after = Object.fromEntries(
        write.changes.map((change) => [change.attribute, change.kind === 'set' ? change.value : null]),
      )
      return {
        ...image,
        before: valuesOf(names, write.known),
        after,
        membersAdded: write.members?.add ?? [],
        membersRemoved: write.members?.remove ?? [],
        membershipsLost: isUser && after['active'] === false ? await membershipsLost(run, write.anchor) : [],
      }
    }
    case 'disable':
      return {
        ...image,
        before: { active: knownOf(run.facts.link)['active'] ?? true },
        after: { active: false },
        membershipsLost: isUser ? await membershipsLost(run, write.anchor) : [],
      }
    case 'delete': {
      const object = await run.context.target.read(write.objectType, write.anchor)
      if (object === null) return null
      const attributes = withoutMembers(object.attributes)
      const names = Object.keys(attributes)
      return {
        ...image,
        before: valuesOf(names, attributes),
        after: valuesOf(names, {}),
        membersRemoved: membersIn(object.attributes),
        membershipsLost: isUser ? await membershipsLost(run, write.anchor) : [],
      }
    }
  }
}

const knownOf = (link: Link | undefined): TargetAttributes => link?.known ?? {}

/** What of it happened, by the target's answer: values as it keeps them, members without those it left out. */
export function imageAfter(run: Run, image: BeforeImage, receipt: WriteReceipt): BeforeImage {
  const refused = new Set(receipt.membersLeftOut)
  const membersAdded = image.membersAdded.filter((member) => !refused.has(member))
  const { object } = receipt
  if (object === undefined || image.kind === 'delete') return { ...image, membersAdded }
  // What the target never gives back is not missing in its answer.
  const unseen = new Set(run.context.targetDescription.capabilities.writeOnly[image.objectType])
  const after = Object.fromEntries(
    Object.entries(image.after).map(([name, value]) => [
      name,
      unseen.has(name) ? value : (object.attributes[name] ?? null),
    ]),
  )
  return { ...image, after, membersAdded }
}

/** Of a create whose answer was lost, once the account has been found. */
export function imageOfCreate(run: Run, attributes: TargetAttributes, object: TargetObject): BeforeImage {
  const image = imageOf(run, { kind: 'create', objectType: object.objectType, attributes })
  return imageAfter(run, image, { anchor: object.anchor, object, sent: [], warnings: [] })
}

/** Two writes of one run to one object, told together: an account that was made and then changed. */
export function imagesTogether(images: readonly BeforeImage[]): BeforeImage | undefined {
  const [first, ...others] = images
  if (first === undefined) return undefined
  return others.reduce(
    (all, next) => ({
      ...all,
      before: { ...next.before, ...all.before },
      after: { ...all.after, ...next.after },
      membersAdded: [...new Set([...all.membersAdded, ...next.membersAdded])],
      membersRemoved: [...new Set([...all.membersRemoved, ...next.membersRemoved])],
      membershipsLost: [...all.membershipsLost, ...next.membershipsLost],
    }),
    first,
  )
}
