/*
 * `npm run fuzz [-- --seconds N] [-- --seed N]`: throws random and damaged expressions, patterns and dates at the mapping
 * language, and random and damaged scoping filters at their reader, until the time is over. What broke is kept in test/fuzz-corpus, which every test run goes through again.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { anExpression, damaged, someAttributes, someContext } from '../test/builders/expressions.ts'
import { aFilterAsJson } from '../test/builders/scoping-filters.ts'
import { corpusFolder, readCorpus, runFuzzCase, type FuzzCase } from '../test/fuzz-corpus/run.ts'

const anExpressionCase: fc.Arbitrary<FuzzCase> = fc
  .tuple(
    fc.oneof({ weight: 3, arbitrary: anExpression }, { weight: 1, arbitrary: damaged(anExpression) }),
    someAttributes,
    someContext,
  )
  .map(([expression, attributes, context]) => ({
    expression,
    attributes,
    now: context.now ?? 0,
    appRoles: context.appRoles ?? [],
  }))

const aFilterCase: fc.Arbitrary<FuzzCase> = fc.record({ filter: aFilterAsJson, attributes: someAttributes })
const aCase = fc.oneof({ weight: 4, arbitrary: anExpressionCase }, { weight: 1, arbitrary: aFilterCase })

const usage = 'Use: npm run fuzz [-- --seconds N] [--seed N]'
const given = readArguments(process.argv.slice(2))

if (given === null) {
  console.error(`A whole number above 0 is expected behind --seconds and --seed, so nothing was run.\n${usage}`)
  process.exitCode = 2
} else {
  fuzz(given.seconds, given.seed)
}

/** Ten minutes unless told otherwise. */
function readArguments(args: readonly string[]): { seconds: number; seed: number } | null {
  const found = { seconds: 600, seed: Date.now() & 0x7fffffff }
  for (let at = 0; at < args.length; at += 2) {
    const value = Number(args[at + 1])
    if (!Number.isSafeInteger(value) || value < 1) return null
    if (args[at] === '--seconds') found.seconds = value
    else if (args[at] === '--seed') found.seed = value
    else return null
  }
  return found
}

function fuzz(seconds: number, seed: number): void {
  console.log(`Fuzzing for ${seconds} s with seed ${seed}.`)
  const until = performance.now() + seconds * 1000
  let failed = 0
  let tried = 0
  for (const each of readCorpus()) {
    tried++
    if (report(each) !== null) failed++
  }
  for (let round = 0; performance.now() < until && failed < 20; round++) {
    const cases = fc.sample(aCase, { numRuns: 500, seed: seed + round })
    for (const each of cases) {
      tried++
      const problem = report(each)
      if (problem === null) continue
      failed++
      keep(shrunk(each, problem, seed + round))
    }
  }
  console.log(`FUZZ: ${tried - failed} passed, ${failed} failed, 0 skipped`)
  if (failed > 0) process.exitCode = 1
}

function report(each: FuzzCase): string | null {
  const problem = runFuzzCase(each)
  if (problem !== null) console.error(`${problem}\n  ${textOf(each)}`)
  return problem
}

/** As it is kept. JSON has no large integers. */
function textOf(each: FuzzCase): string {
  return JSON.stringify(each, (_key, value: unknown) => (typeof value === 'bigint' ? Number(value) : value), 2)
}

/** A smaller case with the same problem, as far as one is found quickly. */
function shrunk(each: FuzzCase, problem: string, seed: number): FuzzCase {
  if (!('expression' in each)) return each
  let smallest = each
  const candidates = fc.sample(damaged(fc.constant(each.expression)), { numRuns: 2_000, seed })
  for (const expression of candidates) {
    if (expression.length >= smallest.expression.length) continue
    const candidate = { ...each, expression }
    if (runFuzzCase(candidate)?.slice(0, 30) === problem.slice(0, 30)) smallest = candidate
  }
  return smallest
}

function keep(each: FuzzCase): void {
  mkdirSync(corpusFolder, { recursive: true })
  const content = `${textOf(each)}\n`
  const file = join(corpusFolder, `${createHash('sha256').update(content).digest('hex').slice(0, 12)}.json`)
  writeFileSync(file, content)
  console.error(`  kept as ${file}`)
}
