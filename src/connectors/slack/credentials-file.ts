/*
 * Where the credentials of the connection are kept: one file in the data folder that only its owner may read. It is not
 * encrypted (docs/connecting-slack.md says so).
 */
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'

const stored = z.object({
  origin: z.enum(['pasted', 'oauth']),
  token: z.string().min(1),
  /** Missing when the token does not expire (slack.md 1.2). */
  rotation: z
    .object({ refreshToken: z.string().min(1), expiresAt: z.number(), clientId: z.string(), clientSecret: z.string() })
    .exactOptional(),
})

export type StoredCredentials = z.infer<typeof stored>

export interface CredentialsFile {
  read(): StoredCredentials | null
  /** Whole or not at all: a stop in the middle leaves the file as it was. */
  write(credentials: StoredCredentials): void
  remove(): void
}

/** The file is there and cannot be used. */
export class CredentialsFileError extends Error {
  override readonly name = 'CredentialsFileError'
}

export function credentialsFile(path: string): CredentialsFile {
  return {
    read() {
      let text: string
      try {
        text = readFileSync(path, 'utf8')
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
        if (code === 'ENOENT') return null
        throw new CredentialsFileError(
          `The credentials in ${path} cannot be read (${code}); make it readable, or remove it and connect again.`,
        )
      }
      const parsed = stored.safeParse(asJson(text))
      if (parsed.success) return parsed.data
      throw new CredentialsFileError(
        `The credentials in ${path} are damaged; remove the file and connect again (muster slack connect).`,
      )
    },
    write(credentials) {
      mkdirSync(dirname(path), { recursive: true })
      const draft = `${path}.new`
      writeFileSync(draft, `${JSON.stringify(credentials)}\n`, { mode: 0o600, flush: true })
      // A file that was there already keeps its old mode otherwise.
      chmodSync(draft, 0o600)
      renameSync(draft, path)
    },
    remove() {
      rmSync(path, { force: true })
    },
  }
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
