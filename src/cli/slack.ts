/* `muster slack ...`: connect to Slack by OAuth or with a token, and test the connection. Tokens are never printed. */
import { createInterface } from 'node:readline/promises'
import { setTimeout as wait } from 'node:timers/promises'
import type { Command } from 'commander'
import type {
  AuthorizationOutcome,
  AuthorizationRequest,
  ConnectionReport,
  ConnectionStep,
  ProbeReport,
} from '../vocabulary/index.ts'
import type { ServiceClient } from './client.ts'
import { clientCommand, withClient, type CommandContext } from './command.ts'
import { CommandError, exitCodes } from './exit-codes.ts'
import { readSecret } from './secret-input.ts'

interface SlackOptions extends Readonly<Record<string, unknown>> {
  readonly job: string
}

const jobPath = (options: SlackOptions): string => `/muster/v1/jobs/${encodeURIComponent(options.job)}`

function stepText({ name, status, sentence, remedy, exchange }: ConnectionStep): string {
  const lines = [`  ${status === 'passed' ? 'ok    ' : 'FAILED'} ${name.padEnd(9)} ${sentence}`]
  if (status === 'failed' && exchange !== null) {
    lines.push(`         request   ${exchange.method} ${exchange.url}`)
    if (exchange.status !== undefined) lines.push(`         status    ${String(exchange.status)}`)
    if (exchange.body !== undefined) lines.push(`         answer    ${exchange.body}`)
  }
  if (remedy !== null) lines.push(`         what to do: ${remedy}`)
  return lines.join('\n')
}

function printReport(report: ConnectionReport, { print, printJson, isJson }: CommandContext): void {
  if (isJson) {
    printJson(report)
    return
  }
  print(`Slack at ${report.targetUrl}`)
  for (const step of report.steps) print(stepText(step))
  for (const note of report.notes) print(`  note             ${note}`)
}

/** A refused test is an answer of its own: its steps are shown, and the command ends with 1. */
async function showReport(context: CommandContext, ask: () => Promise<ConnectionReport>): Promise<boolean> {
  try {
    printReport(await ask(), context)
    return true
  } catch (error) {
    const report = error instanceof CommandError ? (error.details['report'] as ConnectionReport | undefined) : undefined
    if (report === undefined) throw error
    printReport(report, context)
    if (!context.isJson) context.print('Slack did not accept this, so nothing was stored.')
    process.exitCode = exitCodes.failed
    return false
  }
}

async function tokenFromInput(): Promise<string> {
  const token = (await readSecret('User token (xoxp-..., not shown): ')).trim()
  if (token !== '') return token
  throw new CommandError(
    exitCodes.cannotBegin,
    'No token was given. Type it, or hand it in by a pipe: muster slack token < token.txt',
  )
}

/** The consent page may send the browser to an address that only this person can see: then it is pasted here. */
async function pastedAnswer(
  client: ServiceClient,
  text: string,
  asked: AuthorizationRequest,
): Promise<ConnectionReport> {
  let query: URLSearchParams
  try {
    query = new URL(text.trim()).searchParams
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new CommandError(
      exitCodes.cannotBegin,
      'That is no address. Copy the whole address the browser ended at, with its code and state.',
    )
  }
  const [code, denied] = [query.get('code'), query.get('error')]
  return await client.send<ConnectionReport>('POST', '/muster/v1/slack/answer', {
    state: query.get('state') ?? asked.state,
    ...(code === null ? {} : { code }),
    ...(denied === null ? {} : { error: denied }),
  })
}

const lookAgainMs = 1000

async function answerOf(
  client: ServiceClient,
  asked: AuthorizationRequest,
  stop: AbortSignal,
): Promise<ConnectionReport> {
  while (Date.now() < asked.expiresAt) {
    const path = `/muster/v1/slack/authorize/${encodeURIComponent(asked.state)}`
    const { report } = await client.get<AuthorizationOutcome>(path)
    if (report !== null) return report
    await wait(lookAgainMs, undefined, { signal: stop })
  }
  throw new CommandError(
    exitCodes.failed,
    'Nobody allowed the app within ten minutes. Begin again with muster slack connect.',
  )
}

interface OauthOptions {
  readonly redirectUrl?: string
  readonly job?: string
}

async function connectByOauth(context: CommandContext, { redirectUrl, job }: OauthOptions): Promise<void> {
  const { client, print } = context
  const body = { ...(redirectUrl === undefined ? {} : { redirectUrl }), ...(job === undefined ? {} : { job }) }
  const asked = await client.send<AuthorizationRequest>('POST', '/muster/v1/slack/authorize', body)
  const say = context.isJson ? (text: string) => void process.stderr.write(`${text}\n`) : print
  say(
    'Open this address in the browser of a workspace admin or owner (on Enterprise: an org owner, who chooses the org in the picker at the top right):',
  )
  say(`\n  ${asked.url}\n`)
  say(
    `After "Allow" the browser goes to ${asked.redirectUrl}. If no page of Muster answers there, copy the address it ended at and paste it here.`,
  )
  const isOver = new AbortController()
  const typing = createInterface({ input: process.stdin })
  const pasted = new Promise<string>((resolve) => typing.once('line', resolve))
  try {
    const answered = answerOf(client, asked, isOver.signal)
    answered.catch(() => undefined)
    await showReport(context, () =>
      Promise.race([answered, pasted.then((text) => pastedAnswer(client, text, asked))]).then((report) => {
        if (report.isAccepted) return report
        throw new CommandError(exitCodes.failed, 'Slack did not accept this.', { report })
      }),
    )
  } finally {
    isOver.abort(new Error('over'))
    typing.close()
    process.stdin.unref()
  }
}

export function slackCommand(program: Command): void {
  const slack = program.command('slack').description('connect to Slack, and test the connection')

  const test = slack
    .command('test')
    .description('ask Slack who the token is, which scopes it has and whether SCIM answers it; writes nothing')
    .option('--token-stdin', 'test a token read from standard input instead of the one in use')
    .option('--job <id>', 'the job, when there are several', 'default')
  clientCommand(test, ['muster slack test', 'muster slack test --token-stdin < token.txt'])
  test.action(async (options: SlackOptions & { readonly tokenStdin?: boolean }) => {
    const body = options.tokenStdin === true ? { token: await tokenFromInput() } : {}
    await withClient(options, async (context) => {
      await showReport(context, () => context.client.send('POST', `${jobPath(options)}/validateCredentials`, body))
    })
  })

  const token = slack
    .command('token')
    .description('store a user token, read from standard input, once Slack has accepted it')
    .option('--job <id>', 'the job, when there are several', 'default')
    .option('--share-workspace', 'the job may write to this workspace although another job does')
  clientCommand(token, ['muster slack token', 'muster slack token < token.txt'])
  token.action(async (options: SlackOptions) => {
    const given = await tokenFromInput()
    await withClient(options, async (context) => {
      const isStored = await showReport(context, () =>
        context.client.send('PUT', `${jobPath(options)}/credentials`, {
          token: given,
          ...(options['shareWorkspace'] === true ? { sharesWorkspace: true } : {}),
        }),
      )
      if (isStored && !context.isJson) context.print('The token is stored; the next cycle begins now.')
    })
  })

  const connect = slack
    .command('connect')
    .description("ask for consent on Slack's own page (OAuth with PKCE), then store and renew the token")
    .option('--redirect-url <url>', 'where the consent page sends the browser; has to be among those of the Slack app')
    .option('--job <id>', 'the job whose own connection it is to be, when there are several')
  clientCommand(connect, [
    'muster slack connect',
    'muster slack connect --redirect-url https://muster.example.com/muster/v1/slack/callback',
  ])
  connect.action(async (options: Readonly<Record<string, unknown>> & OauthOptions) => {
    await withClient(options, (context) => connectByOauth(context, options))
  })

  const probe = slack
    .command('probe')
    .description('learn how this workspace behaves where nobody knows beforehand; compares with the last probe')
    .option(
      '--with-test-user <address>',
      'also by one throw-away account with this address, which stays deactivated, and two groups, which are deleted',
    )
    .option('--job <id>', 'the job whose connection is meant, when there are several')
  clientCommand(probe, ['muster slack probe', 'muster slack probe --with-test-user probe@example.com'])
  probe.action(
    async (options: Readonly<Record<string, unknown>> & OauthOptions & { readonly withTestUser?: string }) => {
      await withClient(options, async ({ client, isJson, print, printJson }) => {
        const body = {
          ...(options.withTestUser === undefined ? {} : { testUser: options.withTestUser }),
          ...(options.job === undefined ? {} : { job: options.job }),
        }
        const report = await client.send<ProbeReport>('POST', '/muster/v1/slack/probe', body)
        if (isJson) printJson(report)
        else {
          for (const { question, finding, evidence } of report.readings)
            print(`${question}\n  ${finding === null ? evidence : `${finding}   (${evidence})`}`)
          for (const { id, before, after } of report.changes)
            print(`CHANGED since the last probe: ${id} was "${before}" and is "${after}" now.`)
        }
      })
    },
  )
}
