/*
 * What `muster login` leaves behind, for one service and one user of this machine: tokens in a file only that user reads. They are
 * refreshed when they are about to end; of several commands at once one does it, because a refresh token counts once.
 */
import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { CommandError, exitCodes } from './exit-codes.ts'

const shape = z.object({
  issuer: z.string(),
  userPrincipalName: z.string(),
  accessToken: z.string(),
  /** Milliseconds since 1970. */
  accessTokenEndsAt: z.number(),
  refreshToken: z.string(),
})

export type StoredSignIn = z.infer<typeof shape>

/** Refreshed so long before its end, because clocks differ. */
const earlyMs = 120_000
const lookAgainMs = 50
/** A command that was killed while it refreshed leaves its mark behind. */
const abandonedMs = 30_000

function fileFor(url: string): string {
  const { host } = new URL(url)
  return join(homedir(), '.muster', 'sign-ins', `${encodeURIComponent(host)}.json`)
}

export function readSignIn(url: string): StoredSignIn | null {
  const file = fileFor(url)
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  const parsed = shape.safeParse(parseJson(text))
  if (parsed.success) return parsed.data
  throw new CommandError(
    exitCodes.cannotBegin,
    `The sign-in stored in ${file} cannot be read, so it is not known as whom this command runs. Sign in again with muster login, or remove the file.`,
  )
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

/** Whole or not at all, and never readable by others. */
export function storeSignIn(url: string, signIn: StoredSignIn): string {
  const file = fileFor(url)
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  chmodSync(dirname(file), 0o700)
  const fresh = `${file}.${String(process.pid)}`
  writeFileSync(fresh, JSON.stringify(signIn), { mode: 0o600 })
  renameSync(fresh, file)
  return file
}

export function forgetSignIn(url: string): void {
  rmSync(fileFor(url), { force: true })
}

/** Only one command at a time does the work. */
async function alone<T>(url: string, work: () => Promise<T>): Promise<T> {
  const mark = `${fileFor(url)}.refreshing`
  for (;;) {
    try {
      closeSync(openSync(mark, 'wx', 0o600))
      break
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      const since = statSync(mark, { throwIfNoEntry: false })?.mtimeMs ?? 0
      if (since > 0 && Date.now() - since > abandonedMs) rmSync(mark, { force: true })
      await wait(lookAgainMs)
    }
  }
  try {
    return await work()
  } finally {
    rmSync(mark, { force: true })
  }
}

/** The access token of whoever is signed in to this service; `null`: nobody is. `refresh` gets new tokens. */
export async function accessTokenFor(
  url: string,
  refresh: (signIn: StoredSignIn) => Promise<StoredSignIn>,
): Promise<string | null> {
  const isFresh = (signIn: StoredSignIn): boolean => signIn.accessTokenEndsAt - earlyMs > Date.now()
  const stored = readSignIn(url)
  if (stored === null || isFresh(stored)) return stored?.accessToken ?? null
  return await alone(url, async () => {
    // Another command may have been first.
    const now = readSignIn(url)
    if (now === null || isFresh(now)) return now?.accessToken ?? null
    const fresh = await refresh(now)
    storeSignIn(url, fresh)
    return fresh.accessToken
  })
}
