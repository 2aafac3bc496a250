/*
 * `muster account`: administrators and auditors who sign in to Muster. A password is typed or comes by a pipe, never as an
 * argument; whoever gets an invitation chooses their own.
 */
import type { Command } from 'commander'
import type { AccountReport, AccountsPage, InvitationReport } from '../vocabulary/index.ts'
import type { ServiceClient } from './client.ts'
import { clientCommand, withClient, type CommandContext } from './command.ts'
import { confirm } from './confirm.ts'
import { CommandError, exitCodes } from './exit-codes.ts'
import { listCommand } from './list-command.ts'
import { readSecret } from './secret-input.ts'
import { tableText } from './table.ts'
import { count, instantText } from './words.ts'

type Options = Readonly<Record<string, unknown>>

const accountPath = (name: string, rest = ''): string => `/muster/v1/accounts/${encodeURIComponent(name)}${rest}`

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

const waysIn = ({ hasPassword, passkeys, externalIdentity }: AccountReport): string =>
  [
    ...(hasPassword ? ['password'] : []),
    ...(passkeys.length === 0 ? [] : [count(passkeys.length, 'passkey')]),
    ...(externalIdentity === null ? [] : [externalIdentity.issuer]),
  ].join(', ') || 'none yet'

function accountText(account: AccountReport): string {
  const { passkeys, externalIdentity, passwordsWaitUntil } = account
  const rows = [
    ['name', account.userPrincipalName],
    ['display name', account.displayName],
    ['id', account.objectId],
    ['state', account.isDisabled ? 'disabled' : 'active'],
    ['signs in by', waysIn(account)],
    ['made', instantText(account.createdAt)],
    ['last sign-in', instantText(account.lastSignInAt)],
    ...passkeys.map((each) => [
      'passkey',
      `${each.name}, last used ${instantText(each.lastUsedAt)}\n${each.credentialId}`,
    ]),
    ...(externalIdentity === null ? [] : [['identity there', externalIdentity.subject]]),
    ...(passwordsWaitUntil === null ? [] : [['! passwords', `wait until ${instantText(passwordsWaitUntil)}`]]),
  ]
  return tableText([], rows)
}

function printInvitation({ account, path, expiresAt }: InvitationReport, { client, print }: CommandContext): void {
  print(
    `Send this link to ${account.displayName}. It works once, until ${instantText(expiresAt)}, and is not shown again:`,
  )
  print(`\n  ${client.url}${path}\n`)
  print('Whoever opens it chooses a password or a passkey and is signed in as this account.')
}

const invitationFor = (client: ServiceClient, name: string): Promise<InvitationReport> =>
  client.send<InvitationReport>('POST', accountPath(name, '/invitation'))

async function typedPassword(): Promise<string> {
  const password = await readSecret('Password (not shown): ')
  if (password === '')
    throw new CommandError(
      exitCodes.cannotBegin,
      'No password was given, so nothing was changed. Type it, or hand it in by a pipe: muster account set-password NAME < password.txt',
    )
  if (process.stdin.isTTY && (await readSecret('Once more: ')) !== password)
    throw new CommandError(exitCodes.cannotBegin, 'The two passwords differ, so nothing was changed. Begin again.')
  return password
}

function createCommand(account: Command): void {
  const create = account
    .command('create')
    .description('make an account, and print a link by which its owner chooses a password or a passkey')
    .argument('<name>', 'user principal name, e.g. mira@example.com')
    .option('--display-name <name>', 'how it is shown; the name unless told')
    .option('--with-password', 'set a password now, typed or from standard input, instead of the link')
    .option('--issuer <url>', 'signs in at this OpenID Connect provider instead; goes with --subject')
    .option('--subject <id>', 'who it is there ("sub")')
  clientCommand(create, [
    'muster account create mira@example.com --display-name "Mira Okafor"',
    'muster account create mira@example.com --with-password < password.txt',
    'muster account create mira@example.com --issuer https://login.example.com --subject 8f2c',
  ])
  create.action(async (name: string, options: Options) => {
    const [issuer, subject] = [text(options['issuer']), text(options['subject'])]
    if ((issuer === undefined) !== (subject === undefined))
      throw new CommandError(
        exitCodes.cannotBegin,
        'An identity at another provider is its issuer and its subject together: give both --issuer and --subject.',
      )
    const password = options['withPassword'] === true ? await typedPassword() : undefined
    await withClient(options, async (context) => {
      const { client, isJson, print, printJson } = context
      const made = await client.send<AccountReport>('POST', '/muster/v1/accounts', {
        userPrincipalName: name,
        ...(text(options['displayName']) === undefined ? {} : { displayName: options['displayName'] }),
        ...(password === undefined ? {} : { password }),
        ...(issuer === undefined ? {} : { externalIdentity: { issuer, subject } }),
      })
      const isInvited = password === undefined && issuer === undefined
      const invitation = isInvited ? await invitationFor(client, made.objectId) : null
      if (isJson) {
        printJson(invitation === null ? made : { ...invitation, url: `${client.url}${invitation.path}` })
        return
      }
      print(`The account ${made.userPrincipalName} is made. It may do nothing until it has a role.`)
      if (invitation !== null) printInvitation(invitation, context)
    })
  })
}

function showCommand(account: Command): void {
  const show = account.command('show').description('show one account').argument('<name>', 'its name or id')
  clientCommand(show, ['muster account show mira@example.com'])
  show.action(async (name: string, options: Options) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const report = await client.get<AccountReport>(accountPath(name))
      if (isJson) printJson(report)
      else print(accountText(report))
    })
  })
}

function stateCommand(account: Command, verb: 'disable' | 'enable', description: string): void {
  const command = account.command(verb).description(description).argument('<name>', 'its name or id')
  if (verb === 'disable') command.option('--yes', 'do it without asking')
  clientCommand(command, [`muster account ${verb} mira@example.com`])
  command.action(async (name: string, options: Options) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      if (verb === 'disable') {
        const { displayName } = await client.get<AccountReport>(accountPath(name))
        await confirm(`1 person, ${displayName}, is signed out everywhere and cannot sign in.`, options['yes'] === true)
      }
      const report = await client.send<AccountReport>('PATCH', accountPath(name), { isDisabled: verb === 'disable' })
      if (isJson) printJson(report)
      else print(`${report.userPrincipalName} is ${report.isDisabled ? 'disabled' : 'active'}.`)
    })
  })
}

function deleteCommand(account: Command): void {
  const remove = account
    .command('delete')
    .description('delete an account with its password and passkeys, for good')
    .argument('<name>', 'its name or id')
    .option('--yes', 'do it without asking')
  clientCommand(remove, ['muster account delete mira@example.com'])
  remove.action(async (name: string, options: Options) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const { objectId, displayName, userPrincipalName } = await client.get<AccountReport>(accountPath(name))
      await confirm(
        `1 person, ${displayName} (${userPrincipalName}), loses the account for good; disable keeps it. Nobody in the directory or in Slack is touched.`,
        options['yes'] === true,
      )
      const report = await client.send('DELETE', accountPath(objectId))
      if (isJson) printJson(report)
      else print(`The account ${userPrincipalName} is gone.`)
    })
  })
}

function passwordCommand(account: Command): void {
  const set = account
    .command('set-password')
    .description('set a password, typed or from standard input; ends every session and the wait after wrong passwords')
    .argument('<name>', 'its name or id')
  clientCommand(set, ['muster account set-password mira@example.com'])
  set.action(async (name: string, options: Options) => {
    const password = await typedPassword()
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const report = await client.send<AccountReport>('PUT', accountPath(name, '/password'), { password })
      if (isJson) printJson(report)
      else print(`The password of ${report.userPrincipalName} is set; sessions before it have ended.`)
    })
  })
}

function inviteCommand(account: Command): void {
  const invite = account
    .command('invite')
    .description('print a link by which the owner of an account chooses a new password or a passkey; it works once')
    .argument('<name>', 'its name or id')
  clientCommand(invite, ['muster account invite mira@example.com'])
  invite.action(async (name: string, options: Options) => {
    await withClient(options, async (context) => {
      const { client, isJson, printJson } = context
      const invitation = await invitationFor(client, name)
      if (isJson) printJson({ ...invitation, url: `${client.url}${invitation.path}` })
      else printInvitation(invitation, context)
    })
  })
}

function removePasskeyCommand(account: Command): void {
  const remove = account
    .command('remove-passkey')
    .description('forget a passkey, for instance of a lost device')
    .argument('<name>', 'name or id of the account')
    .argument('<passkey>', 'its id, as muster account show prints it')
  clientCommand(remove, ['muster account remove-passkey mira@example.com pxY3k0'])
  remove.action(async (name: string, passkey: string, options: Options) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const path = accountPath(name, `/passkeys/${encodeURIComponent(passkey)}`)
      const report = await client.send<AccountReport>('DELETE', path)
      if (isJson) printJson(report)
      else print(`The passkey is gone. ${report.userPrincipalName} signs in by: ${waysIn(report)}.`)
    })
  })
}

export function accountCommand(program: Command): void {
  const account = program
    .command('account')
    .description('administrators and auditors who sign in to Muster; they are apart from the people of the directory')
  listCommand<AccountsPage, AccountReport>(account, {
    description: 'list accounts, in order of name',
    text: 'part of a name or id',
    examples: ['muster account list', 'muster account list okafor --json'],
    path: '/muster/v1/accounts',
    rowsOf: ({ accounts }) => accounts,
    head: ['name', 'display name', 'state', 'signs in by', 'last sign-in'],
    cells: (each) => [
      each.userPrincipalName,
      each.displayName,
      each.isDisabled ? 'disabled' : 'active',
      waysIn(each),
      instantText(each.lastSignInAt),
    ],
    noun: 'account',
    none: 'There are no accounts yet: muster account create NAME makes one.',
  })
  createCommand(account)
  showCommand(account)
  inviteCommand(account)
  passwordCommand(account)
  stateCommand(account, 'disable', 'end every session of an account and let it sign in no more')
  stateCommand(account, 'enable', 'let a disabled account sign in again')
  removePasskeyCommand(account)
  deleteCommand(account)
}
