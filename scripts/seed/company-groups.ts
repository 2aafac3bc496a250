/*
 * The company's groups: everybody, those who use Slack, managers, departments nested in divisions, offices, guests, and
 * projects of all sizes.
 */
import type { CompanyGroup, CompanyUser } from './company-objects.ts'
import { latinAddress } from './latin-address.ts'
import type { Random } from './random.ts'
import { companyDomain, departments, projectWords } from './work.ts'

interface GroupPlan {
  readonly displayName: string
  readonly description: string
  readonly kind: 'security' | 'microsoft365'
  readonly members: readonly string[]
}

/** Makes `count` groups, none of them empty; the well-known ones first. */
export function makeGroups(users: readonly CompanyUser[], count: number, random: Random): readonly CompanyGroup[] {
  const groups: CompanyGroup[] = []
  const nicknames = new Set<string>()
  const add = (plan: GroupPlan): void => {
    if (plan.members.length > 0 && groups.length < count) groups.push(makeGroup(plan, nicknames, random))
  }
  const idsWhere = (test: (user: CompanyUser) => boolean): string[] =>
    users.filter(test).map(({ objectId }) => objectId)
  const isGuest = (user: CompanyUser): boolean => user.attributes['userType'] === 'Guest'
  const managers = new Set(users.flatMap(({ manager }) => (manager === null ? [] : [manager])))
  const inDepartment = (name: string) => idsWhere(({ attributes }) => attributes['department'] === name)

  add({ displayName: 'All staff', description: 'Everybody.', kind: 'security', members: idsWhere(() => true) })
  const slackUsers = idsWhere((user) => (isGuest(user) ? random.chance(0.3) : random.chance(0.93)))
  add({ displayName: 'Slack users', description: 'People who have Slack.', kind: 'security', members: slackUsers })
  const chief = users[0]
  add({
    displayName: 'Leadership',
    description: 'The chief and who reports to them.',
    kind: 'microsoft365',
    members: idsWhere((user) => user === chief || (chief !== undefined && user.manager === chief.objectId)),
  })
  const leadership = groups.find(({ displayName }) => displayName === 'Leadership')
  const led = new Set(leadership?.members)
  const managersOutside = idsWhere(({ objectId }) => managers.has(objectId) && !led.has(objectId))
  add({
    displayName: 'Managers',
    description: 'Everybody who leads people; Leadership is part of it.',
    kind: 'security',
    members: leadership === undefined ? managersOutside : [leadership.objectId, ...managersOutside],
  })
  for (const division of ['Products', 'Markets', 'Corporate']) {
    const nested: string[] = []
    for (const { name } of departments.filter((department) => department.division === division)) {
      add({ displayName: name, description: `Department ${name}.`, kind: 'microsoft365', members: inDepartment(name) })
      const group = groups.find(({ displayName }) => displayName === name)
      if (group !== undefined) nested.push(group.objectId)
    }
    add({
      displayName: `${division} division`,
      description: 'Departments as nested groups.',
      kind: 'security',
      members: nested,
    })
  }
  add({ displayName: 'External partners', description: 'Guests.', kind: 'security', members: idsWhere(isGuest) })
  addOffices(users, add)
  addProjects(users, groups, count, random, add)
  return groups
}

function addOffices(users: readonly CompanyUser[], add: (plan: GroupPlan) => void): void {
  const byCity = new Map<string, string[]>()
  for (const { attributes, objectId } of users) {
    const city = attributes['city']
    if (typeof city !== 'string') continue
    const office = byCity.get(city)
    if (office === undefined) byCity.set(city, [objectId])
    else office.push(objectId)
  }
  for (const city of ['東京', 'São Paulo', 'Київ', 'دبي', 'Łódź']) {
    add({
      displayName: `Office ${city}`,
      description: `People in ${city}.`,
      kind: 'security',
      members: byCity.get(city) ?? [],
    })
  }
}

/** Projects from two people to a fifth of the company; every fifth has an earlier project nested. */
function addProjects(
  users: readonly CompanyUser[],
  groups: readonly CompanyGroup[],
  count: number,
  random: Random,
  add: (plan: GroupPlan) => void,
): void {
  for (let number = 0; groups.length < count && users.length > 0; number += 1) {
    const size = Math.max(1, Math.min(users.length, Math.floor(2 + (users.length / 5) * random.next() ** 4)))
    const members = new Set<string>()
    while (members.size < size) members.add(random.pick(users).objectId)
    const nested = number % 5 === 4 ? [random.pick(groups.slice(-5)).objectId] : []
    const word = projectWords[number % projectWords.length] ?? 'Project'
    const round = Math.floor(number / projectWords.length)
    add({
      displayName: `Project ${word}${round === 0 ? '' : ` ${round + 1}`}`,
      description: `Who works on ${word}.`,
      kind: random.chance(0.6) ? 'microsoft365' : 'security',
      members: [...nested, ...members],
    })
  }
}

function makeGroup(
  { displayName, description, kind, members }: GroupPlan,
  nicknames: Set<string>,
  random: Random,
): CompanyGroup {
  const objectId = random.guid()
  const base =
    latinAddress(displayName, 'en')
      .replace(/[^a-z0-9]/gu, '')
      .slice(0, 50) || 'group'
  let mailNickname = base
  for (let number = 2; nicknames.has(mailNickname); number += 1) mailNickname = `${base}${number}`
  nicknames.add(mailNickname)
  const isMicrosoft365 = kind === 'microsoft365'
  return {
    objectId,
    displayName,
    members,
    attributes: {
      objectId,
      displayName,
      description,
      mail: isMicrosoft365 ? `${mailNickname}@groups.${companyDomain}` : null,
      mailNickname,
      mailEnabled: isMicrosoft365,
      securityEnabled: true,
      groupTypes: isMicrosoft365 ? ['Unified'] : [],
      members,
    },
  }
}
