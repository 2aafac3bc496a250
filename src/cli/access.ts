/* `muster access`: who may do what. Roles are Microsoft’s by name; what an assignment of people to Slack carries is `muster roles`. */
import type { Command } from 'commander'
import type { AccessEntry, AccessPage, PrincipalAccess, RoleReport, RolesPage } from '../vocabulary/index.ts'
import { clientCommand, withClient } from './command.ts'
import { confirm } from './confirm.ts'
import { CommandError, exitCodes } from './exit-codes.ts'
import { tableText } from './table.ts'
import { count } from './words.ts'

type Options = Readonly<Record<string, unknown>>

const accessPath = '/muster/v1/access'
const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
const onText = ({ on }: AccessEntry): string => on?.displayName ?? 'everything'
const nameOf = ({ displayName, userPrincipalName }: AccessEntry['principal']): string =>
  userPrincipalName === null || userPrincipalName === displayName ? displayName : `${displayName}, ${userPrincipalName}`

function listCommand(access: Command): void {
  const list = access
    .command('list')
    .description('who has which role, and on what')
    .argument('[text]', 'part of a name, a role or an application')
    .option('--limit <number>', 'so many at most', '100')
    .option('--offset <number>', 'go on after so many', '0')
  clientCommand(list, ['muster access list', 'muster access list "Reports Reader"']).action(
    async (part: string | undefined, options: Options) => {
      await withClient(options, async ({ client, isJson, print, printJson }) => {
        const query = new URLSearchParams({
          text: part ?? '',
          limit: text(options['limit']) ?? '100',
          offset: text(options['offset']) ?? '0',
        })
        const page = await client.get<AccessPage>(`${accessPath}?${query.toString()}`)
        if (isJson) {
          printJson(page)
          return
        }
        if (page.entries.length === 0) {
          print('Nobody has such a role. The operator key of this machine may do everything all the same.')
          return
        }
        print(
          tableText(
            ['who', 'kind', 'role', 'on'],
            page.entries.map((entry) => [
              nameOf(entry.principal),
              entry.principal.kind,
              entry.role.displayName,
              onText(entry),
            ]),
          ),
        )
        print(`${String(page.entries.length)} of ${String(page.total)}`)
      })
    },
  )
}

function showCommand(access: Command): void {
  const show = access
    .command('show')
    .description('which roles somebody has, and what they own')
    .argument('<name>', 'an account, a person of the directory or a program')
  clientCommand(show, ['muster access show mira@example.com']).action(async (name: string, options: Options) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const found = await client.get<PrincipalAccess>(`${accessPath}/of/${encodeURIComponent(name)}`)
      if (isJson) {
        printJson(found)
        return
      }
      const rows = [
        ...found.entries.map((entry) => [entry.role.displayName, onText(entry), 'given']),
        ...found.owned.map((each) => ['Application Owner', each.displayName, 'owns it']),
      ]
      print(`${nameOf(found.principal)} (${found.principal.kind}, ${found.principal.id})`)
      print(rows.length === 0 ? 'No role, and nothing owned: may do nothing.' : tableText(['role', 'on', ''], rows))
    })
  })
}

function grantCommand(access: Command): void {
  const grant = access
    .command('grant')
    .description('give somebody a role, on everything or on one application')
    .argument('<name>', 'an account, a person of the directory or a program')
    .argument('<role>', 'its name or id, or admin, owner, assigner, auditor')
    .option('--app <name>', 'on this enterprise application alone')
  clientCommand(grant, [
    'muster access grant mira@example.com auditor',
    'muster access grant tom@example.com owner --app Slack',
    'muster access grant "Nightly script" "Application Administrator"',
  ]).action(async (name: string, role: string, options: Options) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const app = text(options['app'])
      const given = await client.send<AccessEntry>('POST', accessPath, {
        name,
        role,
        ...(app === undefined ? {} : { app }),
      })
      if (isJson) printJson(given)
      else print(`${nameOf(given.principal)} has the role ${given.role.displayName} on ${onText(given)} from now on.`)
    })
  })
}

function revokeCommand(access: Command): void {
  const revoke = access
    .command('revoke')
    .description('take a role back')
    .argument('<name>', 'an account, a person of the directory or a program')
    .argument('<role>', 'its name or id, or admin, owner, assigner, auditor')
    .option('--app <name>', 'that was given on this enterprise application')
    .option('--yes', 'without asking')
  clientCommand(revoke, ['muster access revoke mira@example.com auditor --yes']).action(
    async (name: string, role: string, options: Options) => {
      await withClient(options, async ({ client, isJson, print, printJson }) => {
        const app = text(options['app'])
        const where = app === undefined ? 'everything' : app
        await confirm(`This concerns 1: "${name}" loses the role ${role} on ${where} at once.`, options['yes'] === true)
        const query = new URLSearchParams({ name, role, ...(app === undefined ? {} : { app }) })
        const taken = await client.send<AccessEntry>('DELETE', `${accessPath}?${query.toString()}`)
        if (isJson) printJson(taken)
        else
          print(
            `${nameOf(taken.principal)} does not have the role ${taken.role.displayName} on ${onText(taken)} any more.`,
          )
      })
    },
  )
}

function rolesCommand(access: Command): void {
  const roles = access
    .command('roles')
    .description('the roles there are; with a name, what it may')
    .argument('[role]', 'its name or id, or admin, owner, assigner, auditor')
  clientCommand(roles, ['muster access roles', 'muster access roles "Global Reader"']).action(
    async (wanted: string | undefined, options: Options) => {
      await withClient(options, async ({ client, isJson, print, printJson }) => {
        const page = await client.get<RolesPage>(`${accessPath}/roles`)
        const shown = wanted === undefined ? page.roles : [roleCalled(page.roles, wanted)]
        if (isJson) {
          printJson(wanted === undefined ? page : shown[0])
          return
        }
        if (wanted === undefined) {
          print(
            tableText(
              ['role', 'short', 'may', 'given'],
              shown.map((role) => [
                role.isEnabled ? role.displayName : `${role.displayName} (off)`,
                role.shortName ?? '',
                role.description ?? count(role.actions.length, 'action'),
                String(role.given),
              ]),
            ),
          )
          print('What a role may, action by action: muster access roles NAME. Custom roles are made by way of Graph.')
          return
        }
        for (const role of shown) {
          print(`${role.displayName} (${role.roleDefinitionId}): ${role.description ?? ''}`)
          print(
            tableText(
              ['action', 'may'],
              role.actions.map(({ name, means }) => [name, means]),
            ),
          )
        }
      })
    },
  )
}

function roleCalled(roles: readonly RoleReport[], wanted: string): RoleReport {
  const found = roles.find((role) =>
    [role.displayName, role.roleDefinitionId, role.shortName].some(
      (each) => each?.toLowerCase() === wanted.toLowerCase(),
    ),
  )
  if (found !== undefined) return found
  throw new CommandError(
    exitCodes.notFound,
    `There is no role "${wanted}". Known: ${roles.map(({ displayName }) => displayName).join(', ')}.`,
  )
}

export function accessCommand(program: Command): void {
  const access = program.command('access').description('who may do what: roles, given and taken')
  listCommand(access)
  showCommand(access)
  grantCommand(access)
  revokeCommand(access)
  rolesCommand(access)
}
