/*
 * Makes up the people and groups a workspace begins with (slack.md 10.2, knob seed): the same seed, the same company.
 */
import { randomOf } from './ids.ts'
import type { Profile, Role } from './model.ts'
import type { GroupSeed, PersonSeed } from './workspace-seed.ts'

/** How many of each there are. Guests and deactivated accounts are among the members, bots come on top. */
export interface CompanyShape {
  readonly groups: number
  readonly guests: number
  readonly deactivated: number
  readonly bots: number
}

const givenNames =
  'Ana Ben Chen Dana Emil Fatima Goran Hana Ivo Jana Kofi Lea Mira Noor Oleg Priya Quinn Rosa Sami Tara Umar Vera Wen Ximena Yara Zoe Aiko Bruno Chloe Diego Elif Femi Greta Hugo Ines Jonas Kaya Luca Maya Nils Olu Petra Rafael Sofia Tomas Una Viktor Wanda'.split(
    ' ',
  )
const familyNames =
  'Ames Berg Costa Diaz Ek Fox Gray Holm Ito Jung Kaya Lind Moss Nunes Okafor Park Quist Rossi Sato Tran Ueda Vega Wolf Xu Young Zeman Adeyemi Brandt Cho Demir Engel Farah Gomez Haddad Ivanov Joshi Kowalski Larsen Mensah Novak Olsen Petrov Quiroga Rahman Silva Torres Urban Varga Weber Yilmaz'.split(
    ' ',
  )
const teams = [
  { department: 'Engineering', titles: ['Software Engineer', 'Staff Engineer', 'Engineering Manager', 'SRE'] },
  { department: 'Design', titles: ['Product Designer', 'UX Researcher', 'Content Designer'] },
  { department: 'Sales', titles: ['Account Executive', 'Sales Engineer', 'Regional Lead'] },
  { department: 'Customer Success', titles: ['Support Specialist', 'Success Manager', 'Trainer'] },
  { department: 'Finance', titles: ['Accountant', 'Controller', 'Payroll Specialist'] },
  { department: 'People', titles: ['Recruiter', 'HR Partner', 'People Analyst'] },
  { department: 'Marketing', titles: ['Campaign Manager', 'Copywriter', 'Events Lead'] },
  { department: 'Operations', titles: ['Office Manager', 'Logistics Planner', 'Buyer'] },
] as const
const places = [
  { locality: 'Lisbon', region: '', country: 'PT', timezone: 'Europe/Lisbon' },
  { locality: 'Berlin', region: '', country: 'DE', timezone: 'Europe/Berlin' },
  { locality: 'Austin', region: 'TX', country: 'US', timezone: 'America/Chicago' },
  { locality: 'Osaka', region: '', country: 'JP', timezone: 'Asia/Tokyo' },
  { locality: 'Nairobi', region: '', country: 'KE', timezone: 'Africa/Nairobi' },
  { locality: 'Toronto', region: 'ON', country: 'CA', timezone: 'America/Toronto' },
] as const
const groupSubjects = ['Launch', 'Research', 'On-call', 'Reviewers', 'Welcome', 'Security', 'Newsletter', 'Travel']
const botNames = ['Deploy Bot', 'Standup Bot', 'Ticket Bot', 'Calendar Bot', 'Survey Bot', 'Backup Bot']
const extensionDigits = 10_000
const membersPerGroupMax = 40

/** With `shape` they have profiles and managers; without they are plain members, as many as asked. */
export function companyMembers(count: number, seed: number, shape: CompanyShape | null): readonly PersonSeed[] {
  const random = randomOf(seed + 2)
  const taken = new Set<string>()
  const managers: string[] = []
  return Array.from({ length: count }, (_, index) => {
    const plain = plainMember(index, random, taken)
    if (shape === null) return plain
    const managerIndex = Math.floor(random() * managers.length)
    const manager = managers[managerIndex]
    const detailed = {
      ...plain,
      displayName: plain.givenName,
      ...detailsOf(index, random),
      ...(manager === undefined ? {} : { manager }),
    }
    // Some of the earliest lead the others, so that managers come before their people.
    if (index < Math.max(1, count / 12)) managers.push(plain.userName)
    return { ...detailed, ...stateOf(index, count, shape) }
  })
}

function plainMember(
  index: number,
  random: () => number,
  taken: Set<string>,
): PersonSeed & { readonly givenName: string; readonly familyName: string } {
  const givenName = pick(givenNames, random)
  const familyName = pick(familyNames, random)
  const base = `${givenName}.${familyName}`.toLowerCase()
  const userName = taken.has(base) ? `${base}${index + 1}` : base
  taken.add(userName)
  return { userName, email: `${userName}@acme.example`, givenName, familyName }
}

function detailsOf(index: number, random: () => number): Partial<PersonSeed> {
  const team = pick(teams, random)
  const { timezone, locality, region, country } = pick(places, random)
  const extension = String(Math.floor(random() * extensionDigits)).padStart(4, '0')
  const profile: Partial<Profile> = {
    department: team.department,
    employeeNumber: String(1000 + index),
    costCenter: `CC-${100 + teams.indexOf(team)}`,
    organization: 'Acme',
    locality,
    country,
    ...(region === '' ? {} : { region }),
    ...(random() < 0.7 ? { primaryPhone: `+1 202 555 ${extension}` } : {}),
    ...(random() < 0.3 ? { preferredLanguage: 'en_US' } : {}),
    userType: 'Employee',
  }
  return { title: pick(team.titles, random), timezone, profile }
}

/** The last ones: guests, and before them those who have left. */
function stateOf(index: number, count: number, { guests, deactivated }: CompanyShape): Partial<PersonSeed> {
  const fromEnd = count - index
  if (fromEnd <= guests) {
    const role: Role = fromEnd % 3 === 0 ? 'single_channel_guest' : 'multi_channel_guest'
    return { role, ...(fromEnd % 2 === 0 ? { guestExpiration: '2027-06-30T00:00:00+0000' } : {}) }
  }
  return fromEnd <= guests + deactivated ? { active: false } : {}
}

export function companyBots(count: number): readonly PersonSeed[] {
  return Array.from({ length: count }, (_, index) => {
    const name = botNames[index % botNames.length] ?? ''
    const userName = `${name.toLowerCase().replace(' ', '')}${index < botNames.length ? '' : index}`
    const [givenName = '', familyName = ''] = name.split(' ')
    return { userName, email: `bot-${index + 2}@slack-bots.example`, role: 'bot', givenName, familyName }
  })
}

/** A group for each department first, then some across them. */
export function companyGroups(count: number, members: readonly PersonSeed[], seed: number): readonly GroupSeed[] {
  const random = randomOf(seed + 3)
  const eligible = members.filter(({ active, role }) => active !== false && role !== 'single_channel_guest')
  return Array.from({ length: count }, (_, index) => {
    const department = teams[index]?.department
    if (department !== undefined) {
      const inside = eligible.filter(({ profile }) => profile?.department === department)
      return { displayName: department, members: inside.map(({ userName }) => userName) }
    }
    const number = Math.floor((index - teams.length) / groupSubjects.length) + 1
    const subject = groupSubjects[(index - teams.length) % groupSubjects.length] ?? ''
    const share = (random() * membersPerGroupMax) / Math.max(membersPerGroupMax, eligible.length)
    const chosen = eligible.filter(() => random() < share)
    return {
      displayName: number === 1 ? subject : `${subject} ${number}`,
      members: chosen.map(({ userName }) => userName),
    }
  })
}

function pick<T>(list: readonly T[], random: () => number): T {
  const chosen = list[Math.floor(random() * list.length)]
  if (chosen === undefined) throw new Error('Nothing can be picked from an empty list.')
  return chosen
}
