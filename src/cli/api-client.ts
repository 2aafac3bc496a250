/*
 * `muster client`: programs that call Muster, over Graph or by the commands. A secret is printed once, when it is made.
 */
import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import type { ClientReport, ClientsPage, NewCredentialReport, SigningKeysReport } from '../vocabulary/index.ts'
import type { ServiceClient } from './client.ts'
import { clientCommand, withClient, type CommandContext } from './command.ts'
import { confirm } from './confirm.ts'
import { CommandError, exitCodes } from './exit-codes.ts'
import { listCommand } from './list-command.ts'
import { tableText } from './table.ts'
import { count, instantText } from './words.ts'

type Options = Readonly<Record<string, unknown>>

const clientPath = (name: string, rest = ''): string => `/muster/v1/clients/${encodeURIComponent(name)}${rest}`

const dayMs = 24 * 3_600_000

/** What a new credential is to be, as the flags say it. */
function wantedCredential(options: Options): { readonly certificate?: string; readonly expiresAt?: string } {
  const file = options['certificate']
  const days = options['days']
  if (typeof file === 'string' && days !== undefined)
    throw new CommandError(exitCodes.cannotBegin, 'A certificate says itself until when it is valid: leave --days out.')
  if (typeof days === 'string' && !/^[1-9]\d{0,4}$/.test(days))
    throw new CommandError(
      exitCodes.cannotBegin,
      `--days takes a whole number of days from 1 on, and "${days}" is none.`,
    )
  return {
    ...(typeof file === 'string' ? { certificate: readCertificate(file) } : {}),
    ...(typeof days === 'string' ? { expiresAt: new Date(Date.now() + Number(days) * dayMs).toISOString() } : {}),
  }
}

function readCertificate(file: string): string {
  let content: Buffer
  try {
    content = readFileSync(file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw new CommandError(
      exitCodes.cannotBegin,
      `The certificate ${file} cannot be read (${code}). Name the file with the certificate of the program, PEM or DER.`,
    )
  }
  const text = content.toString('latin1')
  if (!text.includes('-----BEGIN')) return content.toString('base64')
  // The private key stays with the program, also where both lie in one file.
  const [certificate] = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(text) ?? []
  if (certificate !== undefined) return certificate
  throw new CommandError(
    exitCodes.cannotBegin,
    `${file} holds no certificate: a part that begins with -----BEGIN CERTIFICATE----- is needed. The private key alone is not, and stays where it is.`,
  )
}

/** Keys as scripts read them; the address is the one this command used. */
function asJson(made: NewCredentialReport, { url }: ServiceClient): object {
  return {
    tenantId: made.tenantId,
    clientId: made.clientId,
    clientSecret: made.clientSecret,
    displayName: made.displayName,
    permissions: made.permissions,
    expires: made.expires,
    keyId: made.keyId,
    tokenEndpoint: `${url}${made.tokenPath}`,
    scope: `${url}/.default`,
  }
}

function printNew(made: NewCredentialReport, { client, print }: CommandContext): void {
  print(
    tableText(
      [],
      [
        ['tenant id', made.tenantId],
        ['client id', made.clientId],
        ...(made.clientSecret === null ? [['certificate', made.keyId]] : [['client secret', made.clientSecret]]),
        ['expires', made.expires],
        ['permissions', made.permissions.join('\n') || 'none: muster client grant gives some'],
        ['token endpoint', `${client.url}${made.tokenPath}`],
      ],
    ),
  )
  if (made.clientSecret !== null)
    print('The secret is shown this once, and kept nowhere: put it where the program reads it.')
}

function clientText(client: ClientReport): string {
  const state = (isInForce: boolean): string => (isInForce ? '' : ', does not count now')
  return tableText(
    [],
    [
      ['name', client.displayName],
      ['client id', client.clientId],
      ['application', client.applicationId],
      ['service principal', client.servicePrincipalId],
      ['state', client.isEnabled ? 'enabled' : 'disabled'],
      ['permissions', client.permissions.join('\n') || 'none'],
      ...client.secrets.map((each) => [
        'secret',
        `${each.hint}..., until ${instantText(each.expiresAt)}${state(each.isInForce)}\n${each.keyId}`,
      ]),
      ...client.certificates.map((each) => [
        'certificate',
        `${each.displayName ?? ''} ${each.thumbprint}, until ${instantText(each.expiresAt)}${state(each.isInForce)}\n${each.keyId}`,
      ]),
      ['made', instantText(client.createdAt)],
    ],
  )
}

function createCommand(group: Command): void {
  const create = group
    .command('create')
    .description('make a program with permissions, and print its id and secret once')
    .requiredOption('--name <name>', 'how it is called')
    .option('--permission <permission...>', 'app permissions of Microsoft Graph by name, e.g. User.Read.All')
    .option('--certificate <file>', 'it signs in with this certificate (PEM or DER) instead of a secret')
    .option('--days <number>', 'the secret is good for so many days; two years unless told')
  clientCommand(create, [
    'muster client create --name payroll --permission User.Read.All Group.Read.All',
    'muster client create --name terraform --permission Application.ReadWrite.All --json',
    'muster client create --name backup --permission Directory.Read.All --certificate backup.pem',
  ])
  create.action(async (options: Options) => {
    const wanted = wantedCredential(options)
    await withClient(options, async (context) => {
      const made = await context.client.send<NewCredentialReport>('POST', '/muster/v1/clients', {
        displayName: options['name'],
        permissions: options['permission'] ?? [],
        ...wanted,
      })
      if (context.isJson) context.printJson(asJson(made, context.client))
      else {
        context.print(`The program "${made.displayName}" is made.`)
        printNew(made, context)
      }
    })
  })
}

function cellsOf(client: ClientReport): string[] {
  const ends = [...client.secrets, ...client.certificates].filter(({ isInForce }) => isInForce)
  const last = Math.max(...ends.map(({ expiresAt }) => expiresAt ?? 0))
  return [
    client.displayName,
    client.clientId,
    client.isEnabled ? (ends.length === 0 ? 'no credential' : 'enabled') : 'disabled',
    String(client.permissions.length),
    ends.length === 0 ? '' : instantText(last),
  ]
}

function showCommand(group: Command): void {
  const show = group
    .command('show')
    .description('show one program with its permissions, secrets and certificates')
    .argument('<client>', 'its name or id')
  clientCommand(show, ['muster client show payroll'])
  show.action(async (name: string, options: Options) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const report = await client.get<ClientReport>(clientPath(name))
      if (isJson) printJson(report)
      else print(clientText(report))
    })
  })
}

function deleteCommand(group: Command): void {
  const remove = group
    .command('delete')
    .description('delete a program; its tokens stop at once, and for 30 days it can be restored over Graph')
    .argument('<client>', 'its name or id')
    .option('--yes', 'do it without asking')
  clientCommand(remove, ['muster client delete payroll'])
  remove.action(async (name: string, options: Options) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const { clientId, displayName } = await client.get<ClientReport>(clientPath(name))
      await confirm(
        `The program "${displayName}" gets in no more, from now on. 0 people lose anything.`,
        options['yes'] === true,
      )
      const report = await client.send('DELETE', clientPath(clientId))
      if (isJson) printJson(report)
      else print(`The program "${displayName}" is deleted.`)
    })
  })
}

function addSecretCommand(group: Command): void {
  const add = group
    .command('add-secret')
    .description('give a program another secret, printed once, or another certificate; those it has go on')
    .argument('<client>', 'its name or id')
    .option('--certificate <file>', 'a certificate (PEM or DER) instead of a secret')
    .option('--days <number>', 'the secret is good for so many days; two years unless told')
  clientCommand(add, ['muster client add-secret payroll', 'muster client add-secret payroll --days 90 --json'])
  add.action(async (name: string, options: Options) => {
    const wanted = wantedCredential(options)
    await withClient(options, async (context) => {
      const made = await context.client.send<NewCredentialReport>('POST', clientPath(name, '/secrets'), wanted)
      if (context.isJson) context.printJson(asJson(made, context.client))
      else printNew(made, context)
    })
  })
}

function removeSecretCommand(group: Command): void {
  const remove = group
    .command('remove-secret')
    .description('take a secret or certificate away; tokens that were got with it stop at once')
    .argument('<client>', 'name or id of the program')
    .argument('<key>', 'its id, as muster client show prints it')
    .option('--yes', 'do it without asking')
  clientCommand(remove, ['muster client remove-secret payroll 2f9d1c5e-0b7a-4c55-9f0e-3a1b2c4d5e6f'])
  remove.action(async (name: string, key: string, options: Options) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const { clientId, displayName, secrets, certificates } = await client.get<ClientReport>(clientPath(name))
      const left = [...secrets, ...certificates].filter(({ keyId, isInForce }) => isInForce && keyId !== key).length
      await confirm(
        `Whoever uses this secret of "${displayName}" gets in no more; the program has ${left === 0 ? 'no other way in' : count(left, 'other way in', 'other ways in')}. 0 people lose anything.`,
        options['yes'] === true,
      )
      const path = clientPath(clientId, `/secrets/${encodeURIComponent(key)}`)
      const report = await client.send<ClientReport>('DELETE', path)
      if (isJson) printJson(report)
      else print(clientText(report))
    })
  })
}

function grantCommand(group: Command): void {
  const grant = group
    .command('grant')
    .description('give a program more permissions')
    .argument('<client>', 'its name or id')
    .argument('<permission...>', 'app permissions of Microsoft Graph by name')
  clientCommand(grant, ['muster client grant payroll Group.Read.All'])
  grant.action(async (name: string, permissions: readonly string[], options: Options) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const report = await client.send<ClientReport>('POST', clientPath(name, '/permissions'), { permissions })
      if (isJson) printJson(report)
      else print(`"${report.displayName}" has ${report.permissions.join(', ')}, from its next request on.`)
    })
  })
}

function revokeCommand(group: Command): void {
  const revoke = group
    .command('revoke')
    .description('take a permission back, from the next request on')
    .argument('<client>', 'its name or id')
    .argument('<permission>', 'as muster client show prints it')
    .option('--yes', 'do it without asking')
  clientCommand(revoke, ['muster client revoke payroll Group.Read.All'])
  revoke.action(async (name: string, permission: string, options: Options) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const { clientId, displayName } = await client.get<ClientReport>(clientPath(name))
      await confirm(
        `"${displayName}" loses ${permission} from its next request on. 0 people lose anything.`,
        options['yes'] === true,
      )
      const path = clientPath(clientId, `/permissions/${encodeURIComponent(permission)}`)
      const report = await client.send<ClientReport>('DELETE', path)
      if (isJson) printJson(report)
      else print(`"${report.displayName}" has ${report.permissions.join(', ') || 'no permission'} now.`)
    })
  })
}

function replaceSigningKeyCommand(group: Command): void {
  const replace = group
    .command('replace-signing-key')
    .description('sign tokens with a fresh key from now on; those given out count until they have expired')
  clientCommand(replace, ['muster client replace-signing-key'])
  replace.action(async (options: Options) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const report = await client.send<SigningKeysReport>('POST', '/muster/v1/signingKeys/replace')
      if (isJson) {
        printJson(report)
        return
      }
      const rows = report.keys.map(({ keyId, isSigning }) => [
        keyId,
        isSigning ? 'signs' : 'published for an hour more',
      ])
      print(tableText(['key', 'what for'], rows))
    })
  })
}

export function apiClientCommand(program: Command): void {
  const group = program
    .command('client')
    .description('programs that call Muster over Microsoft Graph or by these commands, and what they may')
  listCommand<ClientsPage, ClientReport>(group, {
    description: 'list programs that hold a permission, secret or certificate',
    text: 'part of a name, or the beginning of an id',
    examples: ['muster client list', 'muster client list payroll --json'],
    path: '/muster/v1/clients',
    rowsOf: ({ clients }) => clients,
    head: ['name', 'client id', 'state', 'permissions', 'gets in until'],
    cells: cellsOf,
    noun: 'program',
    none: 'No program has an access of its own yet: muster client create --name NAME --permission User.Read.All makes one.',
  })
  createCommand(group)
  showCommand(group)
  addSecretCommand(group)
  removeSecretCommand(group)
  grantCommand(group)
  revokeCommand(group)
  replaceSigningKeyCommand(group)
  deleteCommand(group)
}
