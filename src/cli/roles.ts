/* `muster roles`: the app roles assignments can carry (spec 3.2). */
import type { Command } from 'commander'
import type { RolesReport } from '../vocabulary/index.ts'
import { clientCommand, jobOption, jobPath, withClient } from './command.ts'
import { tableText } from './table.ts'

interface RoleOptions extends Readonly<Record<string, unknown>> {
  readonly job: string
  readonly value?: string
}

function printRoles({ roles, defaultAccessIsEntitled }: RolesReport, print: (text: string) => void): void {
  const table: string[][] = []
  for (const role of roles) table.push([role.displayName, role.value ?? '', String(role.assignments), role.id])
  print(tableText(['role', 'value', 'assignments', 'id'], table))
  print(
    defaultAccessIsEntitled
      ? 'Every role permits an account, also Default Access.'
      : 'Default Access does not permit an account here; every other role does (muster settings).',
  )
}

export function rolesCommand(program: Command): void {
  const command = program
    .command('roles')
    .description('the roles that assignments can carry, for mappings that read them: list, add, remove')

  const list = command
    .command('list', { isDefault: true })
    .description('every role, and how many assignments carry it')
    .addOption(jobOption())
  clientCommand(list, ['muster roles', 'muster roles --json'])
  list.action(async (options: RoleOptions) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const report = await client.get<RolesReport>(jobPath(options.job, 'roles'))
      if (isJson) printJson(report)
      else printRoles(report, print)
    })
  })

  const add = command
    .command('add')
    .description('define a role')
    .argument('<name>', 'how it is called')
    .option('--value <text>', 'what mapping functions give for it, e.g. admin')
    .addOption(jobOption())
  clientCommand(add, ['muster roles add "Workspace admin" --value admin'])
  add.action(async (displayName: string, options: RoleOptions) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const body = { displayName, ...(options.value === undefined ? {} : { value: options.value }) }
      const report = await client.send<RolesReport>('POST', jobPath(options.job, 'roles'), body)
      if (isJson) printJson(report)
      else printRoles(report, print)
    })
  })

  const remove = command
    .command('remove')
    .description('forget a role that no assignment carries')
    .argument('<role>', 'its name, value or id')
    .addOption(jobOption())
  clientCommand(remove, ['muster roles remove "Workspace admin"'])
  remove.action(async (role: string, options: RoleOptions) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const path = jobPath(options.job, `roles/${encodeURIComponent(role)}`)
      const report = await client.send<RolesReport>('DELETE', path)
      if (isJson) printJson(report)
      else printRoles(report, print)
    })
  })
}
