/* `muster serve`: the service itself. The only command that opens the database. */
import type { Command } from 'commander'
import { settingsOf, withSettings } from './command.ts'
import { CommandError, exitCodes } from './exit-codes.ts'

export function serveCommand(program: Command): void {
  const command = program
    .command('serve')
    .description('start the service: directory, cycles and API, with the embedded database or PostgreSQL')
    .option(
      '--tls',
      'serve HTTPS beside HTTP on the same port, with the certificate of muster tls init (MUSTER_TLS=true)',
    )
    .option('--example <folder>', 'fill an empty directory from this folder of CSV files at the first start')
    .option('--example-group <name>', 'the group of the example directory that is assigned', 'Slack users')
    .option('--abandon-secrets <key>', 'the master key with this id is lost: delete what is sealed with it')
  withSettings(command, [
    'port',
    'host',
    'tlsCertificate',
    'tlsKey',
    'publicUrl',
    'requestLimit',
    'data',
    'databaseUrl',
    'slackUrl',
    'slackWebUrl',
    'slackClientId',
    'slackRedirectUrl',
    'dialect',
    'scimProfile',
    'protectedAccounts',
    'rateShare',
    'rate',
    'cycleEvery',
    'logRetention',
    'auditRetention',
    'userNames',
    'logLevel',
    'config',
  ])
  command.addHelpText(
    'after',
    '\nPrints "muster ready URL" when it answers. Ctrl-C stops it after the objects in flight; a cycle goes on at the next start.\n' +
      '\nExamples:\n  $ MUSTER_SLACK_TOKEN=xoxp-... muster serve\n  $ muster serve --port 0 --data /var/lib/muster --cycle-every 5m\n  $ muster tls init --name muster.example.com && muster serve --tls --host 0.0.0.0',
  )
  command.action(
    async (
      options: {
        readonly example?: string
        readonly exampleGroup: string
        readonly abandonSecrets?: string
      } & Readonly<Record<string, unknown>>,
    ) => {
      const settings = settingsOf(options)
      // Loaded here alone, so that the other commands start without the service's weight.
      const { serve } = await import('../main.ts')
      const { ServiceStartError } = await import('../service-error.ts')
      try {
        const service = await serve({
          settings,
          ...(options.abandonSecrets === undefined ? {} : { abandonSecrets: options.abandonSecrets }),
          ...(options.example === undefined
            ? {}
            : { example: { folder: options.example, assignGroup: options.exampleGroup } }),
        })
        let isStopping = false
        const stop = (): void => {
          if (isStopping) return
          isStopping = true
          service.stop().then(
            () => process.exit(exitCodes.ok),
            (error: unknown) => {
              process.stderr.write(
                `muster did not stop cleanly: ${error instanceof Error ? error.message : String(error)}\n`,
              )
              process.exit(exitCodes.failed)
            },
          )
        }
        process.on('SIGINT', stop)
        process.on('SIGTERM', stop)
        if (service.authorityFile !== null)
          process.stdout.write(`HTTPS: clients have to trust ${service.authorityFile} (docs/tls.md)\n`)
        if (service.isFirstStart)
          process.stdout.write(
            'No program may call yet. Make the first one: muster client create --name NAME --permission User.Read.All (docs/access.md)\n',
          )
        // Whoever reads this line may stop it at once.
        process.stdout.write(`muster ready ${service.url}\n`)
      } catch (error) {
        if (error instanceof ServiceStartError) throw new CommandError(exitCodes.cannotBegin, error.message)
        throw error
      }
    },
  )
}
