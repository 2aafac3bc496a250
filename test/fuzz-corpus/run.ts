/*
 * What must hold for any text whatever, given to the mapping language: the question the fuzzer asks, and the cases that
 * once had the wrong answer.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import {
  compileExpression,
  fromGraphSource,
  lintExpression,
  parseExpression,
  printExpression,
  toGraphSource,
  traceExpression,
} from '../../src/expressions/index.ts'
import type { EvaluationContext, ParsedExpression } from '../../src/expressions/index.ts'

export const corpusFolder = fileURLToPath(new URL('.', import.meta.url))

const role = z.object({ id: z.string(), value: z.string().nullable(), displayName: z.string().nullable() })
const sourceValue = z.union([z.string(), z.number(), z.bigint(), z.boolean(), z.null(), z.array(z.string()).readonly()])

const fuzzCase = z.object({
  expression: z.string(),
  attributes: z.record(z.string(), sourceValue),
  now: z.number(),
  appRoles: z.array(role).readonly(),
})
export type FuzzCase = Readonly<z.infer<typeof fuzzCase>>

export function readCorpus(): readonly FuzzCase[] {
  return readdirSync(corpusFolder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => fuzzCase.parse(JSON.parse(readFileSync(join(corpusFolder, name), 'utf8'))))
}

/** Time of the processor an evaluation may take; the specification gives 250 ms to one pattern alone. */
const budgetMs = 2_000

/** What is wrong, or null. */
export function runFuzzCase({ expression, attributes, now, appRoles }: FuzzCase): string | null {
  try {
    const begun = process.threadCpuUsage()
    const problem = judge(expression, attributes, {
      now,
      appRoles,
      isTaken: () => false,
      defaultDomain: 'contoso.com',
      randomBytes: sameBytes,
    })
    const { user, system } = process.threadCpuUsage(begun)
    const ms = (user + system) / 1000
    return problem ?? (ms > budgetMs ? `took ${Math.round(ms)} ms` : null)
  } catch (thrown) {
    return `threw ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`
  }
}

/** Not random at all, so that the same case gives the same result; every value turns up, so that drawing ends. */
function sameBytes(count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, index) => (index * 37 + 11) % 256)
}

function judge(text: string, attributes: FuzzCase['attributes'], context: EvaluationContext): string | null {
  const parsed = parseExpression(text)
  if (!parsed.ok)
    return isInside(parsed.error.position, text) ? null : `error at ${parsed.error.position}, outside the text`
  const compiled = compileExpression(parsed.value)
  if (!compiled.ok)
    return isInside(compiled.error.position, text) ? null : `error at ${compiled.error.position}, outside the text`
  const evaluation = compiled.value.evaluate(attributes, context)
  if (JSON.stringify(evaluation) !== JSON.stringify(compiled.value.evaluate(attributes, context)))
    return 'evaluates differently the second time'
  const traced = traceExpression(parsed.value, attributes, context)
  if (!traced.ok || JSON.stringify(traced.value.result) !== JSON.stringify(evaluation))
    return 'the trace has another result'
  lintExpression(parsed.value)
  return judgeForms(parsed.value)
}

function isInside(position: number, text: string): boolean {
  return position >= 0 && position <= text.length
}

/** Printing can make a long text too long to read; then there is nothing to compare. */
function judgeForms(expression: ParsedExpression): string | null {
  const canonical = printExpression(expression)
  const again = parseExpression(canonical)
  if (!again.ok) return canonical.length > 10_000 ? null : `the canonical text does not read: ${again.error.message}`
  if (printExpression(again.value) !== canonical) return 'the canonical text prints differently'
  const source = toGraphSource(expression)
  const imported = fromGraphSource(source)
  if (!imported.ok) return `the Graph form does not import: ${imported.error.message}`
  return JSON.stringify(toGraphSource(imported.value)) === JSON.stringify(source)
    ? null
    : 'the Graph form imports differently'
}
