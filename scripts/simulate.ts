/*
 * `npm run simulate -- [--seeds N] [--from S]`: that many histories of bad luck, on all cores. `--seed S` replays one, step
 * by step, and shows the smallest history with the same end when it ends badly. Interrupted, it says what the seeds played
 * so far gave. docs/reliability.md tells what is checked.
 */
import { parseArgs } from 'node:util'
import { runSeeds } from '../test/simulation/many-seeds.ts'
import { runSeed, shrinkSeed } from '../test/simulation/seed.ts'

const usage = 'Use: npm run simulate -- [--seeds N] [--from S], or npm run simulate -- --seed S, with whole numbers.'
/** Of many failed seeds the first ones are made small; the others say what went wrong. */
const shrunkMax = 3

const help = `${usage}

Examples:
  $ npm run simulate -- --seeds 200
  $ npm run simulate -- --seed 17`

const values = flags()
const [seeds, from, seed] = [values.seeds ?? '2000', values.from ?? '1', values.seed ?? '1'].map(Number)

if (values.help === true) console.log(help)
else if (![seeds, from, seed].every((number) => Number.isSafeInteger(number) && (number ?? 0) >= 1)) {
  console.error(`A number was expected, so nothing was run.\n${usage}`)
  process.exitCode = 2
} else if (values.seed !== undefined) await replay(seed ?? 1)
else await runMany(from ?? 1, seeds ?? 0)

/** What is no flag is told like what is no number. */
function flags(): {
  readonly seeds?: string
  readonly from?: string
  readonly seed?: string
  readonly help?: boolean
} {
  const text = { type: 'string' } as const
  try {
    return parseArgs({
      options: { seeds: text, from: text, seed: text, help: { type: 'boolean', short: 'h' } },
    }).values
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    console.error(error.message)
    return { seeds: '' }
  }
}

function end(passed: number, failed: number): void {
  console.log(`simulation: ${String(passed)} passed, ${String(failed)} failed`)
  if (failed > 0) process.exitCode = 1
}

async function showSmallest(failed: number): Promise<void> {
  console.log(`\nLooking for the smallest history like that of seed ${String(failed)} ...`)
  const smallest = await shrinkSeed(failed)
  if (smallest === null) return
  for (const line of smallest.ending.story) console.log(`  ${line}`)
  for (const wrong of smallest.ending.wrongs) console.log(`  WRONG: ${wrong}`)
  console.log(`  as data: ${JSON.stringify(smallest.tale)}`)
}

async function replay(one: number): Promise<void> {
  const { kind, story, wrongs } = await runSeed(one)
  console.log(`Seed ${String(one)} tells a ${kind} story.`)
  for (const line of story) console.log(line)
  for (const wrong of wrongs) console.log(`WRONG: ${wrong}`)
  if (wrongs.length > 0) await showSmallest(one)
  end(wrongs.length === 0 ? 1 : 0, wrongs.length === 0 ? 0 : 1)
}

function table(title: string, counts: Readonly<Record<string, number>>): void {
  console.log(`\n${title}`)
  for (const [name, count] of Object.entries(counts).toSorted()) console.log(`  ${String(count).padStart(8)}  ${name}`)
}

async function runMany(first: number, count: number): Promise<void> {
  const beganAt = performance.now()
  const interruption = new AbortController()
  // A second one ends the process, as usual.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      interruption.abort()
    })
  let told = 0
  let failedSoFar = 0
  const result = await runSeeds(
    { from: first, count },
    (done, failed) => {
      failedSoFar += failed.length
      for (const { seed: bad, kind, wrongs } of failed)
        console.log(`\nseed ${String(bad)} (${kind}) ended badly:\n  ${wrongs.join('\n  ')}`)
      if (done - told < 1000) return
      told = done
      console.log(`${String(done)} of ${String(count)} seeds, ${String(failedSoFar)} failed`)
    },
    interruption.signal,
  )
  const { done } = result
  table('kinds of story', result.kinds)
  table('what happened', result.happened)
  const seconds = ((performance.now() - beganAt) / 1000).toFixed(0)
  const each = (result.cpuMs / Math.max(done, 1)).toFixed(0)
  const played = done === 0 ? 'no seed' : `seeds ${String(first)} to ${String(first + done - 1)}`
  console.log(`\n${played} in ${seconds} s, ${each} ms of processor time each`)
  if (interruption.signal.aborted) {
    console.log(`stopped after ${String(done)} of ${String(count)} seeds; the rest was not played`)
    process.exitCode = 130
  } else for (const { seed: bad } of result.failed.slice(0, shrunkMax)) await showSmallest(bad)
  end(result.passed, result.failed.length)
}
