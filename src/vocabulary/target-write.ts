/* One decision about an object of the target, as the engine made it and as a plan keeps it. JSON-safe. */
import type { ObjectTypeName, TargetAttributes, TargetValue } from './objects.ts'

/** One attribute of an update: a new value, or `cleared` to empty it. */
export type AttributeWrite =
  | { readonly attribute: string; readonly kind: 'set'; readonly value: TargetValue }
  | { readonly attribute: string; readonly kind: 'cleared' }

/** The decision itself, as the engine made it. */
export type TargetWrite =
  | { readonly kind: 'create'; readonly objectType: ObjectTypeName; readonly attributes: TargetAttributes }
  | {
      readonly kind: 'update'
      readonly objectType: ObjectTypeName
      readonly anchor: string
      readonly changes: readonly AttributeWrite[]
      /** Members to add and remove, as target anchors; only on groups. */
      readonly members?: { readonly add: readonly string[]; readonly remove: readonly string[] }
      /** What the target is believed to hold now, for dialects that must repeat a part to keep it (addresses, phones). */
      readonly known: TargetAttributes
    }
  | { readonly kind: 'disable'; readonly objectType: ObjectTypeName; readonly anchor: string }
  | { readonly kind: 'delete'; readonly objectType: ObjectTypeName; readonly anchor: string }
