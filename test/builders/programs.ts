/*
 * Programs of this clone as processes, and folders for them. Whatever a test starts or makes here is gone after `clear`,
 * however the test ended.
 */
import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { repositoryRoot } from '../../scripts/run-checks.ts'

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** Standard output. */
  readonly output: string
  /** Standard error. */
  readonly errors: string
}

export interface RunningProgram {
  readonly pid: number
  readonly ended: Promise<Ended>
  /** The first match in a line of standard output, earlier lines included; rejects when the program ends without one. */
  line(pattern: RegExp): Promise<RegExpExecArray>
  output(): string
  errors(): string
  kill(signal: NodeJS.Signals): void
  /** A line on standard input, for a program started with `hasInput`. */
  type(line: string): void
  /** Nothing more will be typed. */
  closeInput(): void
  /** Stops reading what the program prints, as `head` does when it has seen enough. */
  closeOutput(): void
}

export interface StartOptions {
  /** Added to an environment that knows no setting of Muster. */
  readonly environment?: Readonly<Record<string, string>>
  /** Where it runs; an empty folder unless told, so that no settings file is met by chance. */
  readonly folder?: string
  /** Signals reach the program with all it has started, as Ctrl-C on a terminal does. */
  readonly asOnTerminal?: boolean
  /** Standard input stays open, to be typed into. */
  readonly hasInput?: boolean
}

export interface Programs {
  /** An empty folder of its own. */
  folder(): string
  /** Starts a script of this clone, by its path from the root. */
  start(script: string, args: readonly string[], options?: StartOptions): RunningProgram
  run(script: string, args: readonly string[], options?: StartOptions): Promise<Ended>
  /** Ends what still runs, and removes the folders. */
  clear(): Promise<void>
}

/** Node keeps what it has compiled here, so that the next start is quicker. */
const compiledFolder = join(repositoryRoot, 'node_modules', '.cache', 'muster', 'compiled')

/** Nothing of the caller's own Muster may reach a test: no setting, no token, no data folder, no key. */
function plainEnvironment(home: string, added: Readonly<Record<string, string>> = {}): Record<string, string> {
  const { PATH = '', TMPDIR = tmpdir() } = process.env
  return { PATH, HOME: home, TMPDIR, NODE_COMPILE_CACHE: compiledFolder, ...added }
}

export function createPrograms(): Programs {
  const folders: string[] = []
  const running = new Set<RunningProgram>()

  function folder(): string {
    const made = mkdtempSync(join(tmpdir(), 'muster-test-'))
    folders.push(made)
    return made
  }

  let home: string | null = null

  function start(script: string, args: readonly string[], options: StartOptions = {}): RunningProgram {
    const child = spawn(process.execPath, [join(repositoryRoot, script), ...args], {
      cwd: options.folder ?? folder(),
      env: plainEnvironment((home ??= folder()), options.environment),
      stdio: [options.hasInput === true ? 'pipe' : 'ignore', 'pipe', 'pipe'],
      detached: options.asOnTerminal === true,
    }) as ChildProcessByStdio<Writable | null, Readable, Readable>
    const program = watch(child, (signal) => {
      if (options.asOnTerminal === true && child.pid !== undefined) process.kill(-child.pid, signal)
      else child.kill(signal)
    })
    running.add(program)
    void program.ended.then(() => running.delete(program))
    return program
  }

  return {
    folder,
    start,
    run: (script, args, options) => start(script, args, options).ended,
    async clear() {
      const left = [...running]
      for (const program of left) program.kill('SIGKILL')
      await Promise.all(left.map((program) => program.ended))
      for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true })
      home = null
    },
  }
}

interface Waiting {
  readonly pattern: RegExp
  readonly resolve: (match: RegExpExecArray) => void
  readonly reject: (error: Error) => void
}

function watch(
  child: ChildProcessByStdio<Writable | null, Readable, Readable>,
  kill: RunningProgram['kill'],
): RunningProgram {
  let output = ''
  let errors = ''
  const waiting = new Set<Waiting>()

  function firstMatch(pattern: RegExp): RegExpExecArray | null {
    for (const line of output.split('\n')) {
      const match = pattern.exec(line)
      if (match !== null) return match
    }
    return null
  }

  child.stdout.setEncoding('utf8')
  child.stderr.setEncoding('utf8')
  child.stdout.on('data', (text: string) => {
    output += text
    for (const each of waiting) {
      const match = firstMatch(each.pattern)
      if (match === null) continue
      waiting.delete(each)
      each.resolve(match)
    }
  })
  child.stderr.on('data', (text: string) => (errors += text))
  let failure: Error | null = null
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      failure = new Error(`The program ended (${signal ?? String(code)}). It printed:\n${output}\n${errors}`)
      for (const each of waiting) each.reject(failure)
      resolve({ code, signal, output, errors })
    })
  })

  return {
    pid: child.pid ?? 0,
    ended,
    line: (pattern) =>
      new Promise((resolve, reject) => {
        const match = firstMatch(pattern)
        if (match !== null) resolve(match)
        else if (failure !== null) reject(failure)
        else waiting.add({ pattern, resolve, reject })
      }),
    output: () => output,
    errors: () => errors,
    kill,
    type: (line) => void child.stdin?.write(`${line}\n`),
    closeInput: () => void child.stdin?.end(),
    closeOutput: () => void child.stdout.destroy(),
  }
}

/** Writes files below a folder, which is made. */
export function writeFiles(folder: string, files: readonly { readonly name: string; readonly text: string }[]): void {
  for (const { name, text } of files) {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
}
