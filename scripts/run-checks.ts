/*
 * Runs commands that judge the tree, a few at a time, and prints one line for each; what a failed one said is printed in full.
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'

export interface Check {
  readonly name: string
  /** Arguments for this Node: a script first. */
  readonly command: readonly string[]
}

export interface CheckResult {
  readonly name: string
  readonly hasPassed: boolean
}

export const repositoryRoot = join(import.meta.dirname, '..')

/** A tool of `node_modules/.bin`, as a script for this Node rather than the machine's. */
export function tool(name: string): string {
  return join(repositoryRoot, 'node_modules', '.bin', name)
}

export async function runChecks(checks: readonly Check[], atOnce: number): Promise<readonly CheckResult[]> {
  const waiting = [...checks]
  const results: CheckResult[] = []
  const work = async () => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) results.push(await runCheck(check))
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return results
}

async function runCheck(check: Check): Promise<CheckResult> {
  const beganAt = performance.now()
  const { code, output } = await run(check.command)
  const seconds = ((performance.now() - beganAt) / 1000).toFixed(1)
  const hasPassed = code === 0
  console.log(`${hasPassed ? 'ok    ' : 'FAILED'}  ${check.name} (${seconds} s)`)
  if (!hasPassed) console.log(output.trimEnd())
  return { name: check.name, hasPassed }
}

function run(command: readonly string[]): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, command, { cwd: repositoryRoot, stdio: ['ignore', 'pipe', 'pipe'] })
    const output: Buffer[] = []
    child.stdout.on('data', (part: Buffer) => output.push(part))
    child.stderr.on('data', (part: Buffer) => output.push(part))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, output: Buffer.concat(output).toString('utf8') }))
  })
}
