/*
 * What the company is, said without the engine: who is there, who is entitled, and therefore what the target has to hold.
 * Every expectation of the simulation is computed from here.
 */

export interface Person {
  readonly id: string
  /** `Pa`, `Pe`, ...: the same for a person who was deleted for good and is hired again under another id. */
  readonly givenName: string
  surname: string
  mail: string
  title: string
  department: string
  isEnabled: boolean
  presence: 'present' | 'softDeleted' | 'hardDeleted'
  isAssigned: boolean
  managerId: string | null
  /** When this person was last seen out of scope. */
  lastOut: number
}

export interface Team {
  readonly id: string
  name: string
  presence: 'present' | 'softDeleted' | 'hardDeleted'
  isAssigned: boolean
  memberIds: ReadonlySet<string>
  lastOut: number
}

/** The department that the scoping filter leaves in. */
export const filteredDepartment = 'Sales'
export const titleMark = 'The '

export class Company {
  readonly people = new Map<string, Person>()
  readonly teams = new Map<string, Team>()
  /** Counts the changes. */
  moment = 0
  /** What administrators have decided. */
  readonly rules = {
    titleIsMarked: false,
    filterIsOn: false,
    syncAll: false,
    removalsMax: null as number | null,
    windowHours: null as number | null,
    isReviewed: false,
  }

  isTeamInScope(team: Team): boolean {
    return team.presence === 'present' && (team.isAssigned || this.rules.syncAll)
  }

  /** Spec section 3: active, and assigned directly or as a direct member of an assigned group. */
  isInScope(person: Person): boolean {
    if (person.presence !== 'present' || !person.isEnabled) return false
    if (this.rules.filterIsOn && person.department !== filteredDepartment) return false
    if (person.isAssigned || this.rules.syncAll) return true
    return [...this.teams.values()].some(
      (team) => team.presence === 'present' && team.isAssigned && team.memberIds.has(person.id),
    )
  }

  /** To be called after each change. */
  note(): void {
    this.moment += 1
    for (const person of this.people.values()) if (!this.isInScope(person)) person.lastOut = this.moment
    for (const team of this.teams.values()) if (!this.isTeamInScope(team)) team.lastOut = this.moment
  }

  /** Whether there has been a reason, since that moment, to take the account away. */
  hasLeftSince(id: string, moment: number): boolean {
    const subject = this.people.get(id) ?? this.teams.get(id)
    return subject === undefined || subject.lastOut >= moment
  }

  expectedTitle(person: Person): string {
    return this.rules.titleIsMarked ? `${titleMark}${person.title}` : person.title
  }

  expectedMembers(team: Team): readonly string[] {
    return [...team.memberIds].filter((id) => {
      const person = this.people.get(id)
      return person !== undefined && this.isInScope(person)
    })
  }
}
