/*
 * The company some weeks later: people joined, left, were promoted, moved to another manager, married. It is a second
 * file for trying a change feed.
 */
import type { SourceAttributes } from '../../src/vocabulary/index.ts'
import { employee, placeIn } from './company.ts'
import type { Company, CompanyGroup, CompanyUser } from './company-objects.ts'
import { createPeopleMaker } from './people.ts'
import { createRandom, type Random } from './random.ts'
import { departments } from './work.ts'

export interface CompanyChanges {
  readonly joined: readonly string[]
  readonly left: readonly string[]
  /** Got another title, another manager, another surname, or were disabled or enabled. */
  readonly changed: readonly string[]
}

export interface NewerCompany {
  readonly company: Company
  readonly changes: CompanyChanges
}

/** `changes` people are affected: a fifth joined, a fifth left, the others changed. Groups follow. */
export function ageCompany(
  company: Company,
  options: { readonly changes: number; readonly seed: number },
): NewerCompany {
  const random = createRandom(options.seed ^ 0x5eed)
  const fifth = Math.floor(options.changes / 5)
  const shuffled = shuffle(company.users.slice(1), random)
  const left = new Set(shuffled.slice(0, fifth).map(({ objectId }) => objectId))
  const chosen = shuffled.slice(fifth, fifth + options.changes - 2 * fifth)
  const changed = new Set(chosen.map(({ objectId }) => objectId))
  const managerOf = new Map(company.users.map(({ objectId, manager }) => [objectId, manager]))

  const stayed = company.users
    .filter(({ objectId }) => !left.has(objectId))
    .map((user) => withManager(user, nextManager(user.manager, left, managerOf)))
    .map((user) => (changed.has(user.objectId) ? changeUser(user, random, managerOf) : user))
  const joined = makeJoiners(stayed, fifth, random)
  const joinedIds = joined.map(({ objectId }) => objectId)
  return {
    company: { users: [...stayed, ...joined], groups: company.groups.map((group) => ageGroup(group, left, joinedIds)) },
    changes: { joined: joinedIds, left: [...left], changed: [...changed] },
  }
}

/** Whoever reported to a person who left reports to that person's manager. */
function nextManager(
  manager: string | null,
  left: ReadonlySet<string>,
  managerOf: ReadonlyMap<string, string | null>,
): string | null {
  let next = manager
  while (next !== null && left.has(next)) next = managerOf.get(next) ?? null
  return next
}

function changeUser(user: CompanyUser, random: Random, managerOf: ReadonlyMap<string, string | null>): CompanyUser {
  const { attributes } = user
  if (attributes['userType'] === 'Guest')
    return withAttributes(user, { accountEnabled: attributes['accountEnabled'] === false })
  const kind = random.below(10)
  if (kind < 5) {
    const department = departments.find(({ name }) => name === attributes['department'])
    const titles = (department?.titles ?? ['Chief of Staff', 'Advisor']).filter(
      (title) => title !== attributes['jobTitle'],
    )
    return withAttributes(user, { jobTitle: random.pick(titles) })
  }
  // Up to the manager's manager: the tree stays a tree.
  const above = user.manager === null ? null : (managerOf.get(user.manager) ?? null)
  if (kind < 7 && above !== null) return withManager(user, above)
  if (kind < 9) return withAttributes(user, { accountEnabled: attributes['accountEnabled'] === false })
  const surname = `${typeof attributes['surname'] === 'string' ? `${attributes['surname']}-` : ''}Bergström`
  return withAttributes(user, { surname, displayName: `${String(attributes['givenName'])} ${surname}` })
}

function makeJoiners(stayed: readonly CompanyUser[], count: number, random: Random): readonly CompanyUser[] {
  const [chief] = stayed
  if (chief === undefined) return []
  const taken = new Set(stayed.map(({ attributes }) => String(attributes['mail']).replaceAll("'", '')))
  const people = createPeopleMaker(random, taken)
  return Array.from({ length: count }, (_, index) => {
    const department = random.pick(departments)
    const colleagues = stayed.filter(({ attributes }) => attributes['department'] === department.name)
    const { title, manager } = placeIn(department, colleagues, chief, random)
    return employee(people.makeEmployee(500_000 + index), department, title, manager)
  })
}

function ageGroup(group: CompanyGroup, left: ReadonlySet<string>, joined: readonly string[]): CompanyGroup {
  const stayed = group.members.filter((id) => !left.has(id))
  const isForAll = group.displayName === 'All staff' || group.displayName === 'Slack users'
  const members = isForAll ? [...stayed, ...joined] : stayed
  return { ...group, members, attributes: { ...group.attributes, members } }
}

function withManager(user: CompanyUser, manager: string | null): CompanyUser {
  return user.manager === manager ? user : { ...user, manager, attributes: { ...user.attributes, manager } }
}

function withAttributes(user: CompanyUser, changes: SourceAttributes): CompanyUser {
  return { ...user, attributes: { ...user.attributes, ...changes } }
}

function shuffle<Item>(items: readonly Item[], random: Random): Item[] {
  const keyed = items.map((item) => ({ item, key: random.next() }))
  return keyed.sort((first, second) => first.key - second.key).map(({ item }) => item)
}
