/*
 * Where master keys come from: the environment, a command, or a file in the data folder that is made at the first start. Of
 * several places the first one seals; the keys of all of them open, so that a key can move from one place to another.
 */
import { execFile } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { masterKeyText, MasterKeyError, newMasterKey, readMasterKeys, type MasterKey } from './master-key.ts'

export interface KeyPlaces {
  /** `<MUSTER_DATA>/master.key` */
  readonly file: string
  /** `MUSTER_MASTER_KEY` */
  readonly given: string | undefined
  /** `MUSTER_MASTER_KEY_COMMAND`, run by a shell; prints keys. */
  readonly command: string | undefined
}

type KeyOrigin = 'environment' | 'command' | 'file'

export interface FoundKeys {
  /** The one that seals first; none where no place has any. */
  readonly keys: readonly MasterKey[]
  /** Of the key that seals. */
  readonly origin: KeyOrigin
  /** By key: the first place that has it. */
  readonly origins: ReadonlyMap<string, KeyOrigin>
  /** Each place in words, for whoever misses a key. */
  readonly looked: readonly string[]
  /** Those in the file. */
  readonly inFile: readonly MasterKey[]
}

const commandMs = 30_000
const run = promisify(execFile)

async function keysOfCommand(command: string): Promise<readonly MasterKey[]> {
  const place = 'What MUSTER_MASTER_KEY_COMMAND printed'
  try {
    const { stdout } = await run('/bin/sh', ['-c', command], { timeout: commandMs, maxBuffer: 64 * 1024 })
    return readMasterKeys(stdout, place)
  } catch (error) {
    if (error instanceof MasterKeyError) throw error
    const { code, killed } = error as { readonly code?: unknown; readonly killed?: boolean }
    const end = killed === true ? `was ended after ${String(commandMs / 1000)} s` : `ended with ${String(code)}`
    // Neither the command nor what it wrote is repeated: both may hold a secret.
    throw new MasterKeyError(
      `The command in MUSTER_MASTER_KEY_COMMAND ${end}, so there is no key to open secrets with. Run it by hand: it has to print the master key and end with 0.`,
    )
  }
}

/** `null`: there is none. */
export function readKeyFile(path: string): readonly MasterKey[] | null {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
    if (code === 'ENOENT') return null
    throw new MasterKeyError(
      `The key file ${path} cannot be read (${code}), so sealed secrets cannot be opened. Make it a readable file of the user that runs Muster, or put it back from your backup.`,
    )
  }
  const keys = readMasterKeys(text, `The key file ${path}`)
  closeToOthers(path)
  return keys
}

function closeToOthers(path: string): void {
  try {
    chmodSync(path, 0o600)
  } catch (error) {
    // A file that is mounted read-only, or somebody else's, has the rights it was given.
    if (['EPERM', 'EROFS', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return
    throw error
  }
}

export async function findMasterKeys({ file, given, command }: KeyPlaces): Promise<FoundKeys> {
  const fromGiven = given === undefined ? [] : readMasterKeys(given, 'The setting MUSTER_MASTER_KEY')
  const fromCommand = command === undefined ? [] : await keysOfCommand(command)
  const inFile = readKeyFile(file)
  const places = [
    ...fromGiven.map((key) => ({ key, origin: 'environment' as const })),
    ...fromCommand.map((key) => ({ key, origin: 'command' as const })),
    ...(inFile ?? []).map((key) => ({ key, origin: 'file' as const })),
  ].filter(({ key }, at, all) => all.findIndex((other) => other.key.id === key.id) === at)
  const ids = (keys: readonly MasterKey[]): string => keys.map(({ id }) => id).join(', ')
  return {
    keys: places.map(({ key }) => key),
    origin: places[0]?.origin ?? 'file',
    origins: new Map(places.map(({ key, origin }) => [key.id, origin])),
    looked: [
      given === undefined ? 'MUSTER_MASTER_KEY is not set' : `MUSTER_MASTER_KEY has ${ids(fromGiven)}`,
      command === undefined
        ? 'MUSTER_MASTER_KEY_COMMAND is not set'
        : `MUSTER_MASTER_KEY_COMMAND printed ${ids(fromCommand)}`,
      inFile === null ? `there is no file ${file}` : `the file ${file} has ${ids(inFile)}`,
    ],
    inFile: inFile ?? [],
  }
}

/** What stands above the keys of a file, for whoever finds it. */
const remark = [
  '# The master key of Muster: it opens the secrets in its database, which are lost without it.',
  '# Keep it in your backup, apart from the database. The first key seals, all of them open (muster keys --help).',
]

/** Whole or not at all: a stop in the middle leaves the file as it was. */
function writeDraft(path: string, keys: readonly MasterKey[]): string {
  const draft = `${path}.new`
  try {
    mkdirSync(dirname(path), { recursive: true })
    rmSync(draft, { force: true })
    const text = `${[...remark, ...keys.map(masterKeyText)].join('\n')}\n`
    writeFileSync(draft, text, { mode: 0o600, flag: 'wx', flush: true })
  } catch (error) {
    throw new MasterKeyError(
      `The key file ${path} cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown'}), and without a key no secret can be sealed. Name a folder that can be written with MUSTER_DATA, or give the key in MUSTER_MASTER_KEY.`,
    )
  }
  return draft
}

/** The name in the folder lasts too: what is sealed from now on needs the key. */
function keepName(path: string): void {
  const folder = openSync(dirname(path), 'r')
  fsyncSync(folder)
  closeSync(folder)
}

/** The file with its first key; what another process has put there meanwhile stays, and is read instead. */
export function makeKeyFile(path: string): readonly MasterKey[] {
  const draft = writeDraft(path, [newMasterKey()])
  try {
    linkSync(draft, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  rmSync(draft, { force: true })
  keepName(path)
  const made = readKeyFile(path)
  if (made === null) throw new MasterKeyError(`The key file ${path} was made and is gone again; look who removes it.`)
  return made
}

export function writeKeyFile(path: string, keys: readonly MasterKey[]): void {
  renameSync(writeDraft(path, keys), path)
  keepName(path)
}
