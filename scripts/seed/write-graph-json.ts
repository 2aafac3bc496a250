/*
 * Writes a company as Microsoft Graph answers: `users?$expand=manager` and `groups?$expand=members`, as one document
 * each or as JSON Lines.
 */
import type { SourceAttributes } from '../../src/vocabulary/index.ts'
import type { Company, CompanyGroup, CompanyUser } from './company-objects.ts'
import type { WrittenFile } from './written-file.ts'

const metadata = 'https://graph.microsoft.com/v1.0/$metadata'

export function writeGraphJson(company: Company): readonly WrittenFile[] {
  const { users, groups } = graphObjects(company)
  return [
    { name: 'users.json', text: document(`${metadata}#users`, users) },
    { name: 'groups.json', text: document(`${metadata}#groups`, groups) },
  ]
}

export function writeJsonLines(company: Company): readonly WrittenFile[] {
  const { users, groups } = graphObjects(company)
  return [
    { name: 'users.jsonl', text: users.map((user) => `${JSON.stringify(user)}\n`).join('') },
    { name: 'groups.jsonl', text: groups.map((group) => `${JSON.stringify(group)}\n`).join('') },
  ]
}

function document(context: string, value: readonly unknown[]): string {
  return `${JSON.stringify({ '@odata.context': context, value }, undefined, 2)}\n`
}

function graphObjects({ users, groups }: Company): {
  readonly users: readonly object[]
  readonly groups: readonly object[]
} {
  const byId = new Map(users.map((user) => [user.objectId, user]))
  return {
    users: users.map((user) => graphUser(user, byId)),
    groups: groups.map((group) => graphGroup(group, byId)),
  }
}

/** Mapping source names whose Graph property has another name (graph-api.md 3.1). */
const renamed: Readonly<Record<string, string>> = {
  objectId: 'id',
  mobile: 'mobilePhone',
  physicalDeliveryOfficeName: 'officeLocation',
}

function graphUser({ attributes, manager }: CompanyUser, byId: ReadonlyMap<string, CompanyUser>): object {
  const user: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'telephoneNumber') user['businessPhones'] = value === null ? [] : [value]
    else if (name !== 'manager' && !name.includes('.')) user[renamed[name] ?? name] = value
  }
  const costCenter = attributes['employeeOrgData.costCenter']
  const division = attributes['employeeOrgData.division']
  if (costCenter !== undefined) user['employeeOrgData'] = { costCenter, division }
  if (manager !== null) user['manager'] = reference('user', manager, byId.get(manager)?.attributes)
  else user['manager'] = null
  return user
}

function graphGroup({ attributes, members }: CompanyGroup, byId: ReadonlyMap<string, CompanyUser>): object {
  const { objectId, members: _, ...others } = attributes
  const memberObjects = members.map((id) => {
    const user = byId.get(id)
    return reference(user === undefined ? 'group' : 'user', id, user?.attributes)
  })
  return { id: objectId, ...others, members: memberObjects }
}

function reference(type: 'user' | 'group', id: string, attributes: SourceAttributes | undefined): object {
  const named =
    attributes === undefined
      ? {}
      : { displayName: attributes['displayName'], userPrincipalName: attributes['userPrincipalName'] }
  return { '@odata.type': `#microsoft.graph.${type}`, id, ...named }
}
