/* Which source attributes a schema reads: by a mapping, a scoping filter, the matching. A source that can be asked for some is asked for these. */
import type { ObjectTypeName, SynchronizationSchema } from '../vocabulary/index.ts'
import { compileExpression } from '../expressions/index.ts'
import { isObjectTypeName, ruleToRun } from './compiled-schema.ts'
import { parseSource } from './read-mapping-source.ts'

export type NeededAttributes = Readonly<Record<ObjectTypeName, readonly string[]>>

/** Sorted, each once; what cannot be compiled reads nothing. */
export function neededAttributes(schemas: readonly SynchronizationSchema[]): NeededAttributes {
  const needed = { User: new Set<string>(), Group: new Set<string>() }
  for (const mapping of schemas.flatMap((schema) => ruleToRun(schema)?.objectMappings ?? [])) {
    if (!isObjectTypeName(mapping.sourceObjectName)) continue
    const names = needed[mapping.sourceObjectName]
    for (const { source } of mapping.attributeMappings) {
      const parsed = source === null ? null : parseSource(source)
      const compiled = parsed?.ok === true ? compileExpression(parsed.value) : null
      if (compiled?.ok === true) for (const name of compiled.value.attributes) names.add(name)
    }
    const groups = [...(mapping.scope?.groups ?? []), ...(mapping.scope?.inputFilterGroups ?? [])]
    for (const clause of groups.flatMap((group) => group.clauses)) names.add(clause.sourceOperandName)
  }
  return { User: [...needed.User].sort(), Group: [...needed.Group].sort() }
}
