/*
 * `npm run vectors [-- KIND [FILE]]`: runs vector files, our own or any other of the same form, and counts what held.
 * Ends with 1 when a vector failed, with 2 when it could not run at all.
 */
import { accessSync, constants } from 'node:fs'
import { resolve } from 'node:path'
import { ownFileOf, vectorKinds, type VectorKind } from '../test/vectors/kinds.ts'
import { summaryOf, type VectorResult } from '../test/vectors/results.ts'

const [wantedKind, wantedFile, ...surplus] = process.argv.slice(2)
const kinds = vectorKinds.filter(({ kind }) => wantedKind === undefined || kind === wantedKind)

if (kinds.length === 0 || surplus.length > 0) {
  console.error(
    `${surplus.length > 0 ? 'More was given than a kind and a file' : `There are no vectors of the kind "${wantedKind}"`}, ` +
      'so nothing was run.\n' +
      `Use: npm run vectors [-- KIND [FILE]], where KIND is ${vectorKinds.map(({ kind }) => kind).join(', ')}.`,
  )
  process.exitCode = 2
} else {
  for (const kind of kinds)
    await runFile(kind, wantedFile === undefined ? ownFileOf(kind.kind) : fromCaller(wantedFile))
}

/** npm changes to the project's folder; a path is meant from where the command was typed. */
function fromCaller(file: string): string {
  return resolve(process.env.INIT_CWD ?? process.cwd(), file)
}

async function runFile({ kind, run }: VectorKind, file: string): Promise<void> {
  const results = await read(file, run)
  if (results === null) {
    process.exitCode = 2
    return
  }
  for (const { id, outcome, reason } of results) {
    if (outcome !== 'passed') console.log(`${kind} ${id} ${outcome}: ${reason ?? 'no reason given'}`)
  }
  console.log(summaryOf(kind, results))
  if (results.some(({ outcome }) => outcome === 'failed')) process.exitCode ??= 1
}

/** What the runner answers; `null` when the file itself cannot be read as vectors. One bad vector only fails alone. */
async function read(file: string, run: VectorKind['run']): Promise<readonly VectorResult[] | null> {
  try {
    accessSync(file, constants.R_OK)
    const results = await run(file)
    if (results.length > 0) return results
    console.error(`${file} holds no vectors, so nothing was checked. Name a file that does.`)
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error)
    console.error(`${file} could not be run: ${found}\nName a readable file of vectors of this kind.`)
  }
  return null
}
