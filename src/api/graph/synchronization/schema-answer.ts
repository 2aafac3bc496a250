/* A synchronization schema as Graph gives it out: whole, its directories inline (graph-api.md 3.9). */
import type { JsonObject, SynchronizationSchema } from '../../../vocabulary/index.ts'
import { noSuchProperty, unsupportedQuery } from '../graph-problem.ts'
import { onlyOptions } from '../odata/query-string.ts'
import type { Answer, GraphRequest } from '../operation.ts'
import { nameKey } from '../types/index.ts'

const members = ['id', 'version', 'synchronizationRules', 'directories'] as const

export function answerSchema(request: GraphRequest, context: string, schema: SynchronizationSchema): Answer {
  onlyOptions(request.query, ['select', 'expand'])
  const { select, expand } = request.query
  // They are inline whether or not they are asked for.
  if (expand !== undefined && nameKey(expand.trim()) !== 'directories')
    throw unsupportedQuery(`A schema is given with its directories; '${expand.slice(0, 100)}' cannot be expanded.`)
  const names = select === undefined ? null : selectedMembers(select)
  const chosen = names === null ? schema : Object.fromEntries(names.map((name) => [name, schema[name]]))
  return {
    status: 200,
    body: {
      '@odata.context': `${request.root}/$metadata#${context}${names === null ? '' : `(${names.join(',')})`}/$entity`,
      ...(chosen as unknown as JsonObject),
    },
  }
}

function selectedMembers(text: string): readonly (typeof members)[number][] {
  const names = text.split(',').map((name) => {
    const known = members.find((each) => nameKey(each) === nameKey(name.trim()))
    if (known === undefined) throw noSuchProperty(name.trim(), 'synchronizationSchema')
    return known
  })
  return [...new Set(names)]
}
