/*
 * How a before-image is written down. What the columns beside it say, and what is nothing, is not written again: an initial
 * cycle leaves tens of thousands of them.
 */
import type { BeforeImage, ObjectTypeName } from '../../vocabulary/index.ts'
import { fromJson } from './json-columns.ts'

type Values = BeforeImage['before']

/** The image in few words; lists that are empty are missing. */
interface ImageText {
  readonly k: BeforeImage['kind']
  readonly t: ObjectTypeName
  readonly n: string
  /** Missing for a create: nothing was there. */
  readonly b?: Values
  /** Missing for a delete: nothing is left. */
  readonly a?: Values
  readonly in?: readonly string[]
  readonly out?: readonly string[]
  readonly lost?: BeforeImage['membershipsLost']
}

/** The anchors of its object, as they stand in columns; a create's target anchor is what came of it. */
export type ImageAnchors = Readonly<Record<'sourceAnchor' | 'targetAnchor', string>>

export function imageToText(image: BeforeImage): string {
  const { kind, before, after, membersAdded, membersRemoved, membershipsLost } = image
  return JSON.stringify({
    k: kind,
    t: image.objectType,
    n: image.displayName,
    ...(kind === 'create' ? {} : { b: before }),
    ...(kind === 'delete' ? {} : { a: after }),
    ...(membersAdded.length === 0 ? {} : { in: membersAdded }),
    ...(membersRemoved.length === 0 ? {} : { out: membersRemoved }),
    ...(membershipsLost.length === 0 ? {} : { lost: membershipsLost }),
  } satisfies ImageText)
}

export function imageFromText(column: string, { sourceAnchor, targetAnchor }: ImageAnchors): BeforeImage {
  const text = fromJson<ImageText>(column)
  return {
    kind: text.k,
    objectType: text.t,
    sourceAnchor,
    targetAnchor: text.k === 'create' ? null : targetAnchor,
    displayName: text.n,
    before: text.b ?? noneOf(text.a),
    after: text.a ?? noneOf(text.b),
    membersAdded: text.in ?? [],
    membersRemoved: text.out ?? [],
    membershipsLost: text.lost ?? [],
  }
}

const noneOf = (values: Values = {}): Values => Object.fromEntries(Object.keys(values).map((name) => [name, null]))
