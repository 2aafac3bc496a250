/*
 * Runs any file of Graph source vectors (expressions.md section 15): text to Graph's JSON form and back.
 */
import { z } from 'zod'
import { fromGraphSource, parseExpression, printExpression, toGraphSource } from '../../src/expressions/index.ts'
import type { AttributeMappingSource } from '../../src/vocabulary/index.ts'
import { canonicalJson, outcomeOf, readVectors } from './results.ts'
import type { VectorResult } from './results.ts'

const source: z.ZodType<AttributeMappingSource> = z.lazy(() =>
  z.object({
    expression: z.string().nullable().exactOptional(),
    name: z.string().nullable().exactOptional(),
    type: z.enum(['Attribute', 'Constant', 'Function']).exactOptional(),
    parameters: z
      .array(z.object({ key: z.string(), value: source }))
      .nullable()
      .exactOptional(),
  }),
)

const vector = z.object({ id: z.string(), expression: z.string(), canonical: z.string(), source })

export function runGraphSourceVectors(file: string): readonly VectorResult[] {
  return readVectors(file).map((entry) => ({ id: entry.id, ...outcomeOf(() => judge(vector.parse(entry))) }))
}

function judge(entry: z.infer<typeof vector>): string | null {
  const parsed = parseExpression(entry.expression)
  if (!parsed.ok) return `not parsed: ${parsed.error.message}`
  const canonical = printExpression(parsed.value)
  if (canonical !== entry.canonical) return `prints ${canonical} instead of ${entry.canonical}`
  const made = canonicalJson(toGraphSource(parsed.value))
  if (made !== canonicalJson(entry.source)) return `gives ${made} instead of ${canonicalJson(entry.source)}`
  return judgeImport(entry, entry.source, (read) => read) ?? judgeImport(entry, treeOf(entry.source), treeOf)
}

type Form = (source: AttributeMappingSource) => AttributeMappingSource

/** Imported with its text and without, the source is the same expression again, in the form that is compared. */
function judgeImport(entry: z.infer<typeof vector>, given: AttributeMappingSource, form: Form): string | null {
  const imported = fromGraphSource(given)
  if (!imported.ok) return `not imported: ${imported.error.message}`
  const made = canonicalJson(form(toGraphSource(imported.value)))
  const wanted = canonicalJson(form(entry.source))
  return made === wanted ? null : `imported as ${made} instead of ${wanted}`
}

/** Without any text: names, types and parameters are all there is to go by. */
function treeOf({ name, type, parameters }: AttributeMappingSource): AttributeMappingSource {
  return {
    ...(name === undefined ? {} : { name }),
    ...(type === undefined ? {} : { type }),
    parameters: (parameters ?? []).map(({ key, value }) => ({ key, value: treeOf(value) })),
  }
}
