/*
 * What a Slack workspace has to look like once a company has been provisioned, computed from the company alone: one active
 * account a person in scope, their managers, and the assigned groups with their members.
 */
import type { Company } from '../../scripts/seed/index.ts'

/** What of a workspace is looked at; the simulator answers with it, in this process and over HTTP. */
export interface WorkspaceView {
  readonly people: readonly {
    readonly id: string
    readonly email: string
    readonly active: boolean
    readonly profile: { readonly managerId: string | null } | null
  }[]
  readonly groups: readonly { readonly displayName: string; readonly memberIds: readonly string[] }[]
}

export interface ExpectedSlack {
  /**
   * Manager's address by person's address; `null` for whom Slack shall show no manager. `undefined` where the manager has
   * no active account: what Slack showed before may stay.
   */
  readonly managerOf: ReadonlyMap<string, string | null | undefined>
  /** Addresses of people who were in scope earlier: an account of theirs is not active. */
  readonly former: ReadonlySet<string>
  /** Members' addresses by group name. */
  readonly membersOf: ReadonlyMap<string, readonly string[]>
}

/**
 * `assigned` names the groups assigned to the application; their direct members are in scope with them. `before` is the
 * company as it was provisioned earlier.
 */
export function expectedSlack(company: Company, assigned: readonly string[], before?: Company): ExpectedSlack {
  const groups = company.groups.filter((group) => assigned.includes(group.displayName))
  const members = new Set(groups.flatMap((group) => group.members))
  const inScope = company.users.filter(
    (user) => members.has(user.objectId) && user.attributes['accountEnabled'] !== false,
  )
  const emailOf = new Map(inScope.map((user) => [user.objectId, emailIn(user.attributes)]))
  const earlier = before === undefined ? [] : [...expectedSlack(before, assigned).managerOf.keys()]
  const present = new Set(emailOf.values())
  const unresolved = before === undefined ? null : undefined
  return {
    managerOf: new Map(
      inScope.map((user) => [
        emailIn(user.attributes),
        user.manager === null ? null : (emailOf.get(user.manager) ?? unresolved),
      ]),
    ),
    former: new Set(earlier.filter((email) => !present.has(email))),
    membersOf: new Map(
      groups.map((group) => [group.displayName, group.members.flatMap((member) => emailOf.get(member) ?? []).sort()]),
    ),
  }
}

/** The address a person is known by in Slack. */
export function emailIn(attributes: Readonly<Record<string, unknown>>): string {
  const { mail, userPrincipalName } = attributes
  return String(mail ?? userPrincipalName).toLowerCase()
}

/**
 * One line for each difference; none when the workspace is as expected. `others` are accounts that were there before and
 * are nobody's business.
 */
export function differencesFrom(expected: ExpectedSlack, view: WorkspaceView, others: ReadonlySet<string>): string[] {
  const differences: string[] = []
  const people = view.people.filter((person) => !others.has(person.id))
  const byEmail = Map.groupBy(people, (person) => person.email)
  const emailOf = new Map(view.people.map((person) => [person.id, person.email]))
  for (const [email, accounts] of byEmail) {
    if (accounts.length > 1) differences.push(`${email} has ${accounts.length} accounts`)
    if (expected.former.has(email)) {
      if (accounts.some(({ active }) => active)) differences.push(`${email} is active and should not be`)
    } else if (!expected.managerOf.has(email)) differences.push(`${email} has an account and should have none`)
  }
  for (const [email, manager] of expected.managerOf) {
    const [account] = byEmail.get(email) ?? []
    if (account === undefined) differences.push(`${email} has no account`)
    else {
      if (!account.active) differences.push(`${email} is not active`)
      const found = emailOf.get(account.profile?.managerId ?? '') ?? null
      if (manager !== undefined && found !== manager)
        differences.push(`${email} has manager ${String(found)} instead of ${String(manager)}`)
    }
  }
  const groups = Map.groupBy(view.groups, (group) => group.displayName)
  for (const [name, same] of groups) {
    if (same.length > 1) differences.push(`${same.length} groups are called ${name}`)
    if (!expected.membersOf.has(name)) differences.push(`group ${name} should not be there`)
  }
  for (const [name, members] of expected.membersOf) {
    const [group] = groups.get(name) ?? []
    const found = group?.memberIds.map((id) => emailOf.get(id) ?? id).sort()
    if (found === undefined) differences.push(`group ${name} is missing`)
    else if (found.join() !== members.join())
      differences.push(
        `group ${name} lacks ${members.filter((each) => !found.includes(each)).join(' ') || 'nobody'}` +
          ` and has ${found.filter((each) => !members.includes(each)).join(' ') || 'nobody'} too many`,
      )
  }
  return differences
}
