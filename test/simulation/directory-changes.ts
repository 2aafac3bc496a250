/* Makes each change of a history in the directory, and tells the company. */
import type { World } from '../builders/world.ts'
import { filteredDepartment, type Company, type Person, type Team } from './company.ts'
import type { Change, PersonChange, PersonSlot, Setting, TeamChange, TeamSlot } from './history.ts'

export const slotMail = (slot: PersonSlot): string => `${slot.toLowerCase()}@example.com`

export interface DirectoryChanges {
  make(change: Change): Promise<void>
  /** Whoever has the slot now, or had it last. */
  idOf(slot: PersonSlot | TeamSlot): string | undefined
  /** People of whom nothing more is told. */
  gatherCrowd(people: number): Promise<void>
}

export function directoryChanges(world: World, company: Company, setting: Setting): DirectoryChanges {
  const current = new Map<string, string>()
  let serial = 0

  const personOf = (slot: PersonSlot): Person | undefined => company.people.get(current.get(slot) ?? '')
  const teamOf = (slot: TeamSlot): Team | undefined => company.teams.get(current.get(slot) ?? '')
  const next = (): string => {
    serial += 1
    return String(serial)
  }

  async function hire(givenName: string, mail: string, isAssigned: boolean): Promise<string> {
    const surname = `Number${next()}`
    const title = `Title ${next()}`
    const department = serial % 3 === 0 ? 'Ship' : filteredDepartment
    const alias = setting.namesAreAllotted ? { mailNickname: 'same.alias' } : {}
    const attributes = { surname, mail, jobTitle: title, department, ...alias }
    const id = await world.user(`${givenName} ${'x'.repeat(serial)}`, attributes, { isAssigned })
    company.people.set(id, {
      id,
      givenName,
      surname,
      mail,
      title,
      department,
      isEnabled: true,
      presence: 'present',
      isAssigned,
      managerId: null,
      lastOut: 0,
    })
    return id
  }

  async function join(slot: PersonSlot, isAssigned: boolean): Promise<void> {
    const earlier = personOf(slot)
    if (earlier !== undefined && earlier.presence !== 'hardDeleted') return
    current.set(slot, await hire(slot, earlier?.mail ?? slotMail(slot), isAssigned))
  }

  async function changePerson(kind: PersonChange, person: Person): Promise<void> {
    const isThere = person.presence === 'present'
    switch (kind) {
      case 'assign':
        person.isAssigned = true
        return await world.assign(person.id)
      case 'unassign':
        person.isAssigned = false
        return await world.unassign(person.id)
      case 'rename':
        person.surname = `Number${next()}`
        person.mail = `${person.givenName.toLowerCase()}.${next()}@example.com`
        return await world.change(person.id, { surname: person.surname, mail: person.mail })
      case 'retitle':
        person.title = `Title ${next()}`
        return await world.change(person.id, { jobTitle: person.title })
      case 'move':
        person.department = person.department === filteredDepartment ? 'Ship' : filteredDepartment
        return await world.change(person.id, { department: person.department })
      case 'enable':
      case 'disable':
        person.isEnabled = kind === 'enable'
        return await world.change(person.id, { accountEnabled: person.isEnabled })
      case 'softDelete':
        if (!isThere) return
        person.presence = 'softDeleted'
        return await world.softDelete(person.id)
      case 'restore':
        person.presence = 'present'
        return await world.restore(person.id)
      case 'hardDelete':
        person.presence = 'hardDeleted'
        return await world.hardDelete(person.id)
    }
  }

  async function found(slot: TeamSlot, isAssigned: boolean): Promise<void> {
    const earlier = teamOf(slot)
    if (earlier !== undefined && earlier.presence !== 'hardDeleted') return
    const name = earlier === undefined ? `${slot} team` : `${slot} team ${next()}`
    // Whoever is founded again is another group, and another one each time.
    const id = await world.group(earlier === undefined ? name : `${name}${'x'.repeat(serial)}`, [], {
      displayName: name,
    })
    if (isAssigned) await world.assign(id)
    company.teams.set(id, { id, name, presence: 'present', isAssigned, memberIds: new Set(), lastOut: 0 })
    current.set(slot, id)
  }

  async function changeTeam(kind: TeamChange, team: Team, slot: TeamSlot): Promise<void> {
    switch (kind) {
      case 'assignTeam':
        team.isAssigned = true
        return await world.assign(team.id)
      case 'unassignTeam':
        team.isAssigned = false
        return await world.unassign(team.id)
      case 'renameTeam':
        team.name = `${slot} team ${next()}`
        return await world.change(team.id, { displayName: team.name })
      case 'softDeleteTeam':
        if (team.presence !== 'present') return
        team.presence = 'softDeleted'
        return await world.softDelete(team.id)
      case 'restoreTeam':
        team.presence = 'present'
        return await world.restore(team.id)
      case 'hardDeleteTeam':
        team.presence = 'hardDeleted'
        return await world.hardDelete(team.id)
    }
  }

  async function make(change: Change): Promise<void> {
    if (change.kind === 'join') await join(change.person, change.isAssigned)
    else if (change.kind === 'found') await found(change.team, change.isAssigned)
    else if ('team' in change) {
      const team = teamOf(change.team)
      if (team === undefined || team.presence === 'hardDeleted') return
      if (change.kind === 'members') {
        const members = change.members.flatMap((slot) => personOf(slot)?.id ?? [])
        team.memberIds = new Set(members)
        await world.members(team.id, members)
      } else await changeTeam(change.kind, team, change.team)
    } else {
      const person = personOf(change.person)
      if (person === undefined || person.presence === 'hardDeleted') return
      if (change.kind === 'manage') {
        person.managerId = change.manager === null ? null : (personOf(change.manager)?.id ?? null)
        await world.change(person.id, { manager: person.managerId })
      } else await changePerson(change.kind, person)
    }
  }

  return {
    idOf: (slot) => current.get(slot),
    async make(change) {
      await make(change)
      company.note()
    },
    async gatherCrowd(people) {
      for (let index = 0; index < people; index += 1) {
        const id = `C${String.fromCharCode(97 + index)}`
        await hire(id, `${id.toLowerCase()}@example.com`, true)
      }
      company.note()
    },
  }
}
