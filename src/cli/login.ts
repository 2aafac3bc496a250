/* `muster login`, `muster logout`, `muster whoami`: as whom commands run against a service. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import type { Command } from 'commander'
import type { WhoAmI } from '../vocabulary/index.ts'
import { beginAuthorization, revokeSignIn, type Authorization } from './authorization.ts'
import { serviceUrl } from './client.ts'
import { clientCommand, settingsOf, withClient } from './command.ts'
import { CommandError, exitCodes } from './exit-codes.ts'
import { forgetSignIn, readSignIn, storeSignIn, type StoredSignIn } from './stored-sign-in.ts'

interface LoginOptions extends Readonly<Record<string, unknown>> {
  readonly browser: boolean
  readonly name?: string
  readonly json?: boolean
}

const waitMs = 10 * 60_000

/** Opens it with what the system has for that; whether it worked is seen by whoever sits there. */
function openBrowser(address: string): void {
  const [program, ...args] =
    process.platform === 'darwin'
      ? ['open', address]
      : process.platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler', address]
        : ['xdg-open', address]
  const opening = spawn(program ?? '', args, { stdio: 'ignore', detached: true })
  // The address is printed as well: a machine without a browser is no failure.
  opening.on('error', () => undefined)
  opening.unref()
}

async function answerOf({ answered, paste }: Authorization): Promise<StoredSignIn> {
  const typing = createInterface({ input: process.stdin })
  const isOver = new AbortController()
  typing.on('line', (line) => {
    if (line.trim() !== '') paste(line)
  })
  try {
    const late = wait(waitMs, undefined, { signal: isOver.signal }).then((): never => {
      throw new CommandError(exitCodes.failed, 'Nobody signed in within ten minutes. Begin again with muster login.')
    })
    late.catch(() => undefined)
    return await Promise.race([answered, late])
  } finally {
    isOver.abort(new Error('over'))
    typing.close()
    process.stdin.unref()
  }
}

function loginCommand(program: Command): void {
  const login = program
    .command('login')
    .description('sign in with your account in the browser; commands against this service then run as you')
    .option('--no-browser', 'only print the address, to be opened in a browser anywhere')
    .option('--name <name>', 'fills in the name on the page')
  clientCommand(login, ['muster login', 'muster login --no-browser --url https://muster.example.com'])
  login.action(async (options: LoginOptions) => {
    const settings = settingsOf(options)
    const url = serviceUrl(settings)
    const authorization = await beginAuthorization(url, settings, options.name)
    const say = (text: string): void =>
      void (options.json === true ? process.stderr : process.stdout).write(`${text}\n`)
    try {
      say(options.browser ? 'Sign in in the browser. If none opens, open this address:' : 'Open this address:')
      say(`\n  ${authorization.address}\n`)
      say('If the browser ends at a page that cannot be reached, copy its address and paste it here.')
      if (options.browser) openBrowser(authorization.address)
      const signIn = await answerOf(authorization)
      const file = storeSignIn(url, signIn)
      const { userPrincipalName } = signIn
      if (options.json === true) process.stdout.write(`${JSON.stringify({ url, userPrincipalName, file }, null, 2)}\n`)
      else say(`You are signed in to ${url} as ${userPrincipalName}. This is kept in ${file}, for you alone.`)
    } finally {
      authorization.close()
    }
  })
}

function logoutCommand(program: Command): void {
  const logout = program.command('logout').description('end the sign-in of muster login, here and at the service')
  clientCommand(logout, ['muster logout'])
  logout.action(async (options: LoginOptions) => {
    const settings = settingsOf(options)
    const url = serviceUrl(settings)
    const signIn = readSignIn(url)
    if (signIn === null)
      throw new CommandError(exitCodes.notFound, `Nobody is signed in to ${url} here, so there is nothing to end.`)
    forgetSignIn(url)
    let isRevoked = true
    try {
      await revokeSignIn(url, settings, signIn)
    } catch (error) {
      if (!(error instanceof CommandError)) throw error
      isRevoked = false
    }
    const text = isRevoked
      ? `${signIn.userPrincipalName} is signed out of ${url}.`
      : `${signIn.userPrincipalName} is signed out here. The service at ${url} does not answer, so it does not know; there the sign-in ends by itself within 14 days.`
    process.stdout.write(options.json === true ? `${JSON.stringify({ url, isRevoked }, null, 2)}\n` : `${text}\n`)
  })
}

const kinds: Readonly<Record<WhoAmI['kind'], string>> = {
  operator: 'holder of the operator key of this machine',
  application: 'program',
  person: 'account',
}

function whoamiCommand(program: Command): void {
  const whoami = program.command('whoami').description('show as whom commands run against this service')
  clientCommand(whoami, ['muster whoami', 'muster whoami --json'])
  whoami.action(async (options: LoginOptions) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const who = await client.get<WhoAmI>('/muster/v1/whoami')
      if (isJson) printJson(who)
      else
        print(
          `${who.userPrincipalName ?? who.displayName} (${kinds[who.kind]}${who.objectId === null ? '' : ` ${who.objectId}`}) at ${client.url}`,
        )
    })
  })
}

export function loginCommands(program: Command): void {
  loginCommand(program)
  logoutCommand(program)
  whoamiCommand(program)
}
