/* The two ways to ask for any collection: its objects page by page, and how many there are. */
import type { Collection } from './collection.ts'
import type { GraphPorts } from './graph-ports.ts'
import { answerCount, answerList } from './list.ts'
import type { GraphRequest, Operation } from './operation.ts'

export function listOperations(
  { expand }: Pick<GraphPorts, 'expand'>,
  template: string,
  /** The same for everybody, or found by the keys of the address. */
  collection: Collection | ((request: GraphRequest) => Promise<Collection>),
  options: { readonly canSkip?: boolean } = {},
): readonly Operation[] {
  const collectionAt = typeof collection === 'function' ? collection : () => Promise.resolve(collection)
  return [
    {
      method: 'GET',
      template,
      handle: async (request) => await answerList(request, await collectionAt(request), expand, options),
    },
    {
      method: 'GET',
      template: `${template}/$count`,
      handle: async (request) => await answerCount(request, await collectionAt(request)),
    },
  ]
}
