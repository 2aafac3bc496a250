/*
 * The functions over the object's role assignments (expressions.md 8.6). Their argument is literally
 * `[appRoleAssignments]`; the assignments come from the context, or as plain names from a test object.
 */
import { fromSource, fail, roleName, spread } from '../values.ts'
import type { AppRole, RoleList } from '../values.ts'
import type { Run } from '../run.ts'
import type { Finding, FunctionDefinition, Places } from './definition.ts'
import { required } from './definition.ts'

export const roleAttribute = 'appRoleAssignments'

/** A test object gives role names only (Graph sample `["Default Assignment"]`). */
export function assignedRoles(run: Run): readonly AppRole[] {
  const { appRoles } = run.context
  if (appRoles !== undefined) return appRoles
  if (!Object.hasOwn(run.attributes, roleAttribute)) return []
  const value = fromSource(run.attributes[roleAttribute])
  const names = typeof value === 'string' ? [value] : (spread(value) ?? [])
  return names.map((name) => ({ id: '', value: name, displayName: name }))
}

function checkRoleArgument({ node, fixed }: Places): Finding | null {
  const argument = fixed[0]
  if (argument?.type === 'attribute' && argument.name === roleAttribute) return null
  return {
    kind: 'argument',
    position: argument?.start ?? node.start,
    message: `${node.name} takes the attribute [${roleAttribute}] and nothing else.`,
    hint: `Write ${node.name}([${roleAttribute}]).`,
  }
}

const parameters = [required('source')]
const editor: AppRole = { id: '1', value: 'editor', displayName: 'Editor' }
const owner: AppRole = { id: '2', value: 'owner', displayName: 'Owner' }

const single: FunctionDefinition = {
  name: 'SingleAppRoleAssignment',
  parameters,
  documentation:
    'The display name of the one role assigned, or its value when it has no display name. No role gives null; several are an error. Cannot be used with the scope of all users and groups.',
  examples: [
    {
      expression: 'SingleAppRoleAssignment([appRoleAssignments])',
      attributes: {},
      context: { appRoles: [owner] },
      result: 'Owner',
    },
  ],
  needsAssignments: true,
  check: checkRoleArgument,
  build: ({ site }) => {
    return (run) => {
      const roles = assignedRoles(run)
      if (roles.length > 1) fail(site, `One role assignment is expected, but ${roles.length} were found.`)
      const role = roles[0]
      return role === undefined ? null : roleName(role)
    }
  },
}

const complex: FunctionDefinition = {
  name: 'AppRoleAssignmentsComplex',
  parameters,
  documentation:
    'All roles assigned, as id, value and display name; they are added to the roles of the target, none is removed. No role gives null.',
  examples: [
    {
      expression: 'AppRoleAssignmentsComplex([appRoleAssignments])',
      attributes: {},
      context: { appRoles: [editor, owner] },
      result: [editor, owner],
    },
  ],
  needsAssignments: true,
  check: checkRoleArgument,
  build: () => (run) => {
    const roles = assignedRoles(run)
    return roles.length === 0 ? null : ({ kind: 'roles', roles, isAssertive: false } satisfies RoleList)
  },
}

const assertive: FunctionDefinition = {
  name: 'AssertiveAppRoleAssignmentsComplex',
  parameters,
  documentation:
    'All roles assigned, as id, value and display name; the roles of the target become exactly these, so no role removes all.',
  examples: [
    {
      expression: 'AssertiveAppRoleAssignmentsComplex([appRoleAssignments])',
      attributes: {},
      context: { appRoles: [] },
      result: [],
    },
  ],
  needsAssignments: true,
  check: checkRoleArgument,
  build: () => (run) => ({ kind: 'roles', roles: assignedRoles(run), isAssertive: true }) satisfies RoleList,
}

const names: FunctionDefinition = {
  name: 'AppRoleAssignments',
  parameters,
  documentation: 'The display names of all roles assigned, as a list. No role gives null.',
  examples: [
    {
      expression: 'AppRoleAssignments([appRoleAssignments])',
      attributes: {},
      context: { appRoles: [editor, owner] },
      result: ['Editor', 'Owner'],
    },
  ],
  needsAssignments: true,
  check: checkRoleArgument,
  build: () => (run) => {
    const roles = assignedRoles(run)
    return roles.length === 0 ? null : roles.map(roleName)
  },
}

export const roleFunctions: readonly FunctionDefinition[] = [single, complex, assertive, names]
