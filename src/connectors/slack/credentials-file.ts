/* Where earlier versions kept the credentials of the connection, unsealed: read once, to be moved. */
import { readFileSync, rmSync } from 'node:fs'
import { z } from 'zod'
import type { StoredCredentials } from './stored-credentials.ts'

const stored = z.object({
  origin: z.enum(['pasted', 'oauth']),
  token: z.string().min(1),
  /** Missing when the token does not expire (slack.md 1.2). */
  rotation: z
    .object({ refreshToken: z.string().min(1), expiresAt: z.number(), clientId: z.string(), clientSecret: z.string() })
    .exactOptional(),
})

interface CredentialsFile {
  read(): StoredCredentials | null
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
