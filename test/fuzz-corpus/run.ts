/*
 * What must hold for any text whatever, given to the mapping language, and for any JSON given as a scoping filter: the
 * questions the fuzzer asks, and the cases that once had the wrong answer.
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
import {
  compileFilter,
  evaluateScope,
  filterCollections,
  lintFilter,
  readFilter,
  type FilterProblem,
} from '../../src/provisioning/index.ts'

export const corpusFolder = fileURLToPath(new URL('.', import.meta.url))

const role = z.object({ id: z.string(), value: z.string().nullable(), displayName: z.string().nullable() })
const sourceValue = z.union([z.string(), z.number(), z.bigint(), z.boolean(), z.null(), z.array(z.string()).readonly()])

const attributes = z.record(z.string(), sourceValue)

const expressionCase = z.object({
  expression: z.string(),
  attributes,
  now: z.number(),
  appRoles: z.array(role).readonly(),
})
/** `filter` is JSON nobody has looked at. */
const filterCase = z.object({ filter: z.unknown(), attributes })
const fuzzCase = z.union([expressionCase, filterCase])

export type ExpressionCase = Readonly<z.infer<typeof expressionCase>>
export type FilterCase = Readonly<z.infer<typeof filterCase>>
export type FuzzCase = ExpressionCase | FilterCase

export function readCorpus(): readonly FuzzCase[] {
  return readdirSync(corpusFolder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => fuzzCase.parse(JSON.parse(readFileSync(join(corpusFolder, name), 'utf8'))))
}

/** Time of the processor an evaluation may take; the specification gives 250 ms to one pattern alone. */
const budgetMs = 2_000

/** What is wrong, or null. */
export function runFuzzCase(fuzzed: FuzzCase): string | null {
  try {
    const begun = process.threadCpuUsage()
    const problem = 'expression' in fuzzed ? judgeExpression(fuzzed) : judgeFilter(fuzzed)
    const { user, system } = process.threadCpuUsage(begun)
    const ms = (user + system) / 1000
    return problem ?? (ms > budgetMs ? `took ${Math.round(ms)} ms` : null)
  } catch (thrown) {
    return `threw ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`
  }
}

function judgeExpression({ expression, attributes, now, appRoles }: ExpressionCase): string | null {
  return judge(expression, attributes, {
    now,
    appRoles,
    isTaken: () => false,
    defaultDomain: 'contoso.com',
    randomBytes: sameBytes,
  })
}

function judgeFilter({ filter: json, attributes }: FilterCase): string | null {
  const read = readFilter(json)
  if (read.kind === 'failed') return judgeProblems(read.problems)
  if (read.filter !== null) lintFilter(read.filter)
  const compiled = compileFilter(read.filter)
  if (compiled.kind === 'failed') {
    if (evaluateScope(compiled.nothing, attributes).kind !== 'failed') return 'a refused filter decides about somebody'
    return judgeProblems(compiled.problems)
  }
  for (const collection of filterCollections) {
    const result = evaluateScope(compiled.filter, attributes, collection)
    if (JSON.stringify(result) !== JSON.stringify(evaluateScope(compiled.filter, attributes, collection)))
      return 'decides differently the second time'
    if (result.kind === 'failed') continue
    const { inScope, groups } = result.evaluation
    if (groups.some(({ held, clauses }) => held !== clauses.every((clause) => clause.held)))
      return 'a group holds without all its clauses'
    if (inScope !== (groups.length === 0 || groups.some(({ held }) => held)))
      return 'in scope without a group that holds'
  }
  return null
}

function judgeProblems(problems: readonly FilterProblem[]): string | null {
  if (problems.length === 0) return 'refused without a reason'
  const vague = problems.find(({ message, group }) => !message.endsWith('.') || group < 0)
  return vague === undefined ? null : `refused without saying why or where: ${vague.message}`
}

/** Not random at all, so that the same case gives the same result; every value turns up, so that drawing ends. */
function sameBytes(count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, index) => (index * 37 + 11) % 256)
}

function judge(text: string, attributes: ExpressionCase['attributes'], context: EvaluationContext): string | null {
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
