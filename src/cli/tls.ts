/* `muster tls ...`: the certificate for HTTPS. Works on the data folder, whether or not the service runs. */
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import type { Command } from 'commander'
import { certificateFiles, daysLeft, factsOf, initializeTls, TlsError, tlsFiles, validityOf } from '../tls/index.ts'
import { settingsOf, withExamples, withSettings } from './command.ts'
import { CommandError, exitCodes } from './exit-codes.ts'
import { tableText } from './table.ts'

type Options = Readonly<Record<string, unknown>>

const print = (text: string): void => void process.stdout.write(`${text}\n`)
const printJson = (value: unknown): void => {
  print(JSON.stringify(value, null, 2))
}

/** What a person does about it is in the message. */
async function orSay<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof TlsError) throw new CommandError(exitCodes.cannotBegin, error.message)
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EACCES' || code === 'EROFS' || code === 'ENOSPC' || code === 'ENOTDIR')
      throw new CommandError(
        exitCodes.cannotBegin,
        `The folder for certificates cannot be written (${code}). Run the command as the user that runs Muster, or name another data folder with --data.`,
      )
    throw error
  }
}

/** A host name or an address, as it stands in an address without its port. */
function readName(text: string, before: readonly string[] = []): readonly string[] {
  const name = text.toLowerCase().replace(/^\[(.*)\]$/, '$1')
  const isHost =
    name.length <= 253 &&
    /^(\*\.)?[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?)*$/.test(name)
  if (isIP(name) === 0 && !isHost)
    throw new CommandError(
      exitCodes.cannotBegin,
      `"${text}" is no host name and no address. Name a host as callers write it, without scheme and port: --name muster.example.com`,
    )
  return [...before, name]
}

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)

const howToTrust = (authority: string): readonly (readonly [string, string])[] => [
  ['curl', `curl --cacert ${authority} https://localhost:8470/v1.0/users`],
  ['Node programs (SDKs, MSAL)', `export NODE_EXTRA_CA_CERTS=${authority}`],
  ['Terraform, Python, Go', `export SSL_CERT_FILE=${authority}`],
  ['commands of Muster elsewhere', `export MUSTER_CA_FILE=${authority}`],
]

function initCommand(tls: Command): void {
  const init = tls
    .command('init')
    .description(
      'make an authority and a server certificate by it; run again, it renews the certificate and keeps the authority',
    )
    .option('--name <host>', 'a further host name or address callers use (may be repeated)', readName)
    .option('--new-authority', 'begin again with another authority, which all clients then have to trust anew')
    .option('--json', 'print JSON instead of text')
  withSettings(init, ['data', 'config'])
  withExamples(init, ['muster tls init', 'muster tls init --name muster.example.com --name 10.0.0.7'])
  init.action(async (options: Options & { readonly name?: readonly string[] }) => {
    const { data } = settingsOf(options)
    const { files, authority, server, isAuthorityKept } = await orSay(() =>
      initializeTls({
        data,
        names: options.name ?? namesBefore(data),
        now: Date.now(),
        isAuthorityNew: options['newAuthority'] === true,
      }),
    )
    if (options['json'] === true) {
      printJson({
        authority: {
          file: files.authority,
          subject: authority.subject,
          fingerprint: authority.fingerprint,
          expiresAt: new Date(authority.expiresAt).toISOString(),
          isKept: isAuthorityKept,
        },
        certificate: {
          file: files.certificate,
          keyFile: files.key,
          names: server.names,
          expiresAt: new Date(server.expiresAt).toISOString(),
        },
      })
      return
    }
    print(
      isAuthorityKept
        ? 'The server certificate is renewed; the authority is the one from before, so clients go on to trust it.'
        : 'An authority and a server certificate are made.',
    )
    print('')
    print(`authority    ${files.authority}   (until ${dayOf(authority.expiresAt)})`)
    print(`certificate  ${files.certificate}   (until ${dayOf(server.expiresAt)})`)
    print(`names        ${server.names.join(', ')}`)
    print('')
    print('Clients have to trust the authority file:')
    for (const [who, how] of howToTrust(files.authority)) print(`  ${who}\n    ${how}`)
    print('')
    print('Then: muster serve --tls. A service that runs takes the certificate by itself.')
  })
}

/** Without new ones a renewed certificate has the names it had. */
function namesBefore(data: string): readonly string[] {
  try {
    return factsOf(readFileSync(tlsFiles(data).certificate, 'utf8')).names
  } catch {
    // None yet, or one that cannot be read: there is nothing to go on with.
    return []
  }
}

const validityText = { valid: 'valid', endsSoon: 'ends soon', ended: 'HAS ENDED' } as const

function statusCommand(tls: Command): void {
  const status = tls
    .command('status')
    .description(
      'which certificate is served, for which names and until when, and the authority to trust; ends with 1 when it has ended or ends soon',
    )
    .option('--json', 'print JSON instead of text')
  withSettings(status, ['data', 'tlsCertificate', 'tlsKey', 'config'])
  withExamples(status, ['muster tls status', 'muster tls status --json'])
  status.action(async (options: Options) => {
    const settings = settingsOf(options)
    const now = Date.now()
    const own = tlsFiles(settings.data)
    const files = await orSay(() => certificateFiles(settings))
    const rows = await orSay(() =>
      (files.certificate === own.certificate
        ? ([
            ['certificate', files.certificate],
            ['authority', own.authority],
          ] as const)
        : ([['certificate', files.certificate]] as const)
      ).map(([kind, file]) => ({ kind, file, facts: readFacts(file) })),
    )
    const isFine = rows.every(({ facts }) => validityOf(facts.expiresAt, now) === 'valid')
    if (options['json'] === true)
      printJson(
        rows.map(({ kind, file, facts }) => ({
          kind,
          file,
          subject: facts.subject,
          names: facts.names,
          fingerprint: facts.fingerprint,
          expiresAt: new Date(facts.expiresAt).toISOString(),
          daysLeft: daysLeft(facts.expiresAt, now),
          validity: validityOf(facts.expiresAt, now),
        })),
      )
    else {
      print(
        tableText(
          ['', 'file', 'names', 'until', ''],
          rows.map(({ kind, file, facts }) => [
            kind,
            file,
            facts.names.join(', '),
            `${dayOf(facts.expiresAt)} (${String(daysLeft(facts.expiresAt, now))} days)`,
            validityText[validityOf(facts.expiresAt, now)],
          ]),
        ),
      )
      if (!isFine) print('Renew it with "muster tls init"; a service that runs takes the new one by itself.')
    }
    if (!isFine) process.exitCode = exitCodes.failed
  })
}

function readFacts(file: string): ReturnType<typeof factsOf> {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : null
    if (code === null) throw error
    throw new TlsError(
      code === 'ENOENT'
        ? `There is no certificate at ${file}. Make one with "muster tls init".`
        : `${file} cannot be read (${code}). Run the command as the user that runs Muster.`,
    )
  }
  try {
    return factsOf(text)
  } catch (error) {
    throw new TlsError(`${file} holds no certificate (${error instanceof Error ? error.message : String(error)}).`)
  }
}

export function tlsCommand(program: Command): void {
  const tls = program.command('tls').description('the certificate that HTTPS is served with')
  initCommand(tls)
  statusCommand(tls)
}
