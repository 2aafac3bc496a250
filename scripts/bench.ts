/*
 * `npm run bench -- [NAME] [--json]`: runs the benches of scripts/bench/ one after the other and sets each figure beside
 * its goal. Ends with 1 when a goal is missed, with 2 when there is no such bench.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import Table from 'cli-table3'
import type { Bench, BenchFigure } from './bench/figure.ts'
import { repositoryRoot } from './run-checks.ts'

const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean', default: false } },
  allowPositionals: true,
})
const benches = await readBenches()
const wanted = benches.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
const unknown = positionals.filter((name) => !benches.some((bench) => bench.name === name))

if (unknown.length > 0 || wanted.length === 0) {
  console.error(
    `There is no bench named ${unknown.join(', ') || 'anything'}, so nothing was measured.\n` +
      `Use: npm run bench -- [NAME] [--json], where NAME is one of: ${benches.map(({ name }) => name).join(', ') || '(none yet)'}.`,
  )
  process.exitCode = 2
} else {
  const figures: BenchFigure[] = []
  for (const bench of wanted) {
    if (!values.json) console.error(`measuring ${bench.name} ...`)
    figures.push(...(await bench.run()))
  }
  console.log(values.json ? JSON.stringify(figures, null, 2) : tableOf(figures))
  if (figures.some(({ met }) => !met)) process.exitCode = 1
}

async function readBenches(): Promise<readonly Bench[]> {
  const folder = join(repositoryRoot, 'scripts', 'bench')
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  const modules = await Promise.all(
    files.toSorted().map((file) => import(pathToFileURL(join(folder, file)).href) as Promise<unknown>),
  )
  return modules.filter(isBench)
}

/** The folder also holds what several benches need. */
function isBench(module: unknown): module is Bench {
  return (
    typeof module === 'object' &&
    module !== null &&
    'name' in module &&
    typeof module.name === 'string' &&
    'run' in module &&
    typeof module.run === 'function'
  )
}

function tableOf(figures: readonly BenchFigure[]): string {
  const table = new Table({ head: ['name', 'value', 'unit', 'goal', ''], style: { head: [], border: [] } })
  for (const { name, value, unit, goal, met } of figures) {
    table.push([name, readable(value), unit, goal ?? '', goal === null ? '' : met ? 'met' : 'MISSED'])
  }
  return table.toString()
}

function readable(value: number): string {
  return value.toLocaleString('en', { maximumSignificantDigits: 4 })
}
