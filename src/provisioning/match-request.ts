/* The question matching asks of a target: one attribute, one value (spec section 4). */
import type { ObjectTypeName } from '../vocabulary/index.ts'

export interface FindRequest {
  readonly objectType: ObjectTypeName
  readonly attribute: string
  readonly value: string
}
