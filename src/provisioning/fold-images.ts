/*
 * Sums up what several writes did to the same objects: what was there before the first of them, and what the last one left.
 */
import type { BeforeImage, ObjectTypeName, StoredImage, TargetValue } from '../vocabulary/index.ts'

/** One object, and what all writes to it that are looked at came to. */
export interface WrittenObject {
  readonly objectType: ObjectTypeName
  readonly sourceAnchor: string
  readonly targetAnchor: string
  readonly displayName: string
  readonly wasThere: boolean
  readonly isThere: boolean
  readonly was: Readonly<Record<string, TargetValue | null>>
  /** Of what was deleted, what it held then: some targets only deactivate it. */
  readonly is: Readonly<Record<string, TargetValue | null>>
  /** Of a group, by member: in before the first write, in after the last. */
  readonly members: ReadonlyMap<string, { readonly was: boolean; readonly is: boolean }>
  /** What was done, newest first. */
  readonly kinds: readonly BeforeImage['kind'][]
}

type Sum = { -readonly [K in keyof WrittenObject]: WrittenObject[K] } & {
  readonly members: Map<string, { readonly was: boolean; readonly is: boolean }>
  readonly kinds: BeforeImage['kind'][]
}

export interface ImageFold {
  /** Newest first. */
  add(stored: StoredImage): void
  /** Whoever was written last comes first. */
  objects(): readonly WrittenObject[]
}

export function foldImages(): ImageFold {
  const sums = new Map<string, Sum>()

  function sumOf(
    objectType: ObjectTypeName,
    targetAnchor: string,
    image: Pick<Sum, 'sourceAnchor' | 'displayName'>,
  ): Sum {
    const key = `${objectType} ${targetAnchor}`
    const known = sums.get(key)
    if (known !== undefined) return known
    const fresh: Sum = {
      objectType,
      sourceAnchor: image.sourceAnchor,
      targetAnchor,
      displayName: image.displayName,
      wasThere: true,
      isThere: true,
      was: {},
      is: {},
      members: new Map(),
      kinds: [],
    }
    sums.set(key, fresh)
    return fresh
  }

  function noteMember(sum: Sum, member: string, was: boolean): void {
    sum.members.set(member, { was, is: sum.members.get(member)?.is ?? !was })
  }

  return {
    add({ image, targetAnchor }) {
      const sum = sumOf(image.objectType, targetAnchor, image)
      if (sum.kinds.length === 0) {
        sum.isThere = image.kind !== 'delete'
        sum.displayName = image.displayName
      }
      sum.kinds.push(image.kind)
      sum.wasThere = image.kind !== 'create'
      sum.was = { ...sum.was, ...image.before }
      sum.is = { ...(image.kind === 'delete' ? { ...image.before, active: false } : image.after), ...sum.is }
      for (const member of image.membersAdded) noteMember(sum, member, false)
      for (const member of image.membersRemoved) noteMember(sum, member, true)
      for (const group of image.membershipsLost) {
        const named = { sourceAnchor: group.sourceAnchor, displayName: group.sourceAnchor }
        noteMember(sumOf('Group', group.targetAnchor, named), targetAnchor, true)
      }
    },
    objects: () => [...sums.values()],
  }
}
