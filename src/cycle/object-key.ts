/* How an object is called where things are remembered by object: by itself, or by what is stored about it. */
import type { Link, ObjectTypeName, SourceObject } from '../vocabulary/index.ts'

export type ObjectKey = Pick<SourceObject, 'objectType' | 'anchor'>

/** Whose something is: a link, a failure, a reference that waits, a write without an answer. */
export type Owner = Pick<Link, 'objectType' | 'sourceAnchor'>

export const keyOf = (objectType: ObjectTypeName, anchor: string): string => `${objectType} ${anchor}`

export const objectKey = ({ objectType, anchor }: ObjectKey): string => keyOf(objectType, anchor)

export const ownerKey = ({ objectType, sourceAnchor }: Owner): string => keyOf(objectType, sourceAnchor)
