/*
 * Plays a history: each change is made in the directory and told to the company, each cycle runs in the real engine. What
 * may never happen is watched while it plays.
 */
import type { TargetWrite } from '../../src/connectors/target.ts'
import { withUserNames } from '../../src/provisioning/index.ts'
import { ConnectorError, type Cycle, type TargetObject } from '../../src/vocabulary/index.ts'
import { aWorld, anAccount, type World } from '../builders/world.ts'
import { Company, type Person, type Team } from './company.ts'
import type { Change, History, PersonChange, PersonSlot, TeamChange, TeamSlot, Trouble } from './history.ts'

const minuteMs = 60_000

export interface Life {
  readonly world: World
  readonly company: Company
  /** Accounts and groups that were there before Muster. */
  readonly before: readonly TargetObject[]
  /** What should never have been sent, in words. */
  readonly wrongs: readonly string[]
  change(change: Change): Promise<void>
  /** Makes the feed report everybody anew, in this order. */
  reorder(order: readonly number[]): Promise<void>
  /** Runs a cycle, through all its troubles, to its end. */
  cycle(troubles: readonly Trouble[]): Promise<Cycle>
}

const slotMail = (slot: PersonSlot): string => `${slot.toLowerCase()}@example.com`

function accountsBefore({ setting }: History): readonly TargetObject[] {
  const groups = setting.groupsBefore.map((slot): TargetObject => ({
    objectType: 'Group',
    anchor: `G-${slot}`,
    displayName: `${slot} team`,
    attributes: { displayName: `${slot} team`, members: ['U-STRANGER'] },
  }))
  return [
    anAccount({ anchor: 'U-STRANGER' }),
    anAccount({ anchor: 'U-SLEEPER', attributes: { active: false } }),
    { objectType: 'Group', anchor: 'G-STRANGER', displayName: 'Strangers', attributes: { displayName: 'Strangers' } },
    ...setting.accountsBefore.map((slot, index) =>
      anAccount({ anchor: `U-${slot}`, mail: slotMail(slot), attributes: { active: index % 2 === 0 } }),
    ),
    ...groups,
  ]
}

export async function begin(history: History): Promise<Life> {
  const { setting } = history
  const before = accountsBefore(history)
  const world = await aWorld({
    assignEverybody: false,
    pageSizeMax: setting.pageSize,
    schema: (schema) => (setting.namesAreAllotted ? withUserNames(schema, { mode: 'allotted', avoided: [] }) : schema),
    target: { objects: before, capabilities: { list: setting.canList, concurrencyMax: setting.concurrency } },
  })
  const company = new Company()
  const wrongs: string[] = []
  const current = new Map<string, string>()
  let serial = 0

  const personOf = (slot: PersonSlot): Person | undefined => company.people.get(current.get(slot) ?? '')
  const teamOf = (slot: TeamSlot): Team | undefined => company.teams.get(current.get(slot) ?? '')
  const next = (): string => {
    serial += 1
    return String(serial)
  }

  async function join(slot: PersonSlot, isAssigned: boolean): Promise<void> {
    const earlier = personOf(slot)
    if (earlier !== undefined && earlier.presence !== 'hardDeleted') return
    const surname = `Number${next()}`
    const mail = earlier?.mail ?? slotMail(slot)
    const title = `Title ${next()}`
    const alias = setting.namesAreAllotted ? { mailNickname: 'same.alias' } : {}
    const attributes = { surname, mail, jobTitle: title, ...alias }
    const id = await world.user(`${slot} ${'x'.repeat(serial)}`, attributes, { isAssigned })
    const person: Person = {
      id,
      givenName: slot,
      surname,
      mail,
      title,
      isEnabled: true,
      presence: 'present',
      isAssigned,
      managerId: null,
      lastOut: 0,
    }
    company.people.set(id, person)
    current.set(slot, id)
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
    const id = await world.group(name, [])
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

  async function change(request: Change): Promise<void> {
    if (request.kind === 'join') await join(request.person, request.isAssigned)
    else if (request.kind === 'found') await found(request.team, request.isAssigned)
    else if ('team' in request) {
      const team = teamOf(request.team)
      if (team === undefined || team.presence === 'hardDeleted') return
      if (request.kind === 'members') {
        const members = request.members.flatMap((slot) => personOf(slot)?.id ?? [])
        team.memberIds = new Set(members)
        await world.members(team.id, members)
      } else await changeTeam(request.kind, team, request.team)
    } else {
      const person = personOf(request.person)
      if (person === undefined || person.presence === 'hardDeleted') return
      if (request.kind === 'manage') {
        person.managerId = request.manager === null ? null : (personOf(request.manager)?.id ?? null)
        await world.change(person.id, { manager: person.managerId })
      } else await changePerson(request.kind, person)
    }
    company.note()
  }

  /** Nobody loses an account without a cause, and what Muster has not linked is not its business. */
  async function watch(write: TargetWrite, since: number): Promise<void> {
    if (write.kind === 'create') return
    const links = await world.store.provisioning.linksByTarget(world.job.jobId, write.objectType, [write.anchor])
    const link = links.get(write.anchor)
    if (write.kind === 'update') return
    if (link === undefined) wrongs.push(`${write.kind} of ${write.anchor}, which is nobody's`)
    else if (!company.hasLeftSince(link.sourceAnchor, since))
      wrongs.push(`${write.kind} of ${link.sourceAnchor} (${write.anchor}), who never left`)
  }

  async function makeTrouble(trouble: Trouble, write: TargetWrite, stop: AbortController): Promise<void> {
    const { target, store } = world
    const isThis = (candidate: TargetWrite): boolean => candidate === write
    switch (trouble.kind) {
      case 'refused': {
        const code = trouble.retry === 'backoff' ? 'UnprocessableEntity' : 'InternalServerError'
        return target.failNext('write', failure(code, 'object', trouble.retry), 1, isThis)
      }
      case 'answerLost':
        return target.loseNextAnswer(failure('Timeout', 'object', 'nextCycle'), isThis)
      case 'outage': {
        const error = failure('Timeout', 'job', 'nextCycle')
        return trouble.tookEffect ? target.loseNextAnswer(error, isThis) : target.failNext('write', error, 1, isThis)
      }
      case 'stop':
        return stop.abort(new Error('stopped'))
      case 'crash':
        return await store.jobs.breakLeases()
      case 'meanwhile':
        return await change(trouble.change)
      case 'cannotAsk':
    }
  }

  async function cycle(troubles: readonly Trouble[]): Promise<Cycle> {
    const since = company.moment
    company.note()
    await world.clock.advance(40 * minuteMs)
    for (const trouble of troubles)
      if (trouble.kind === 'cannotAsk') world.target.failNext(trouble.call, failure('Timeout', 'object', 'nextCycle'))
    let pending = troubles
    for (let attempt = 0; attempt < 10; attempt += 1) {
      const stop = new AbortController()
      const now = pending
      pending = []
      const end = await world.runRaw({
        stop: stop.signal,
        onWrite: async (write, number) => {
          await watch(write, since)
          for (const trouble of now)
            if (trouble.kind !== 'cannotAsk' && trouble.atWrite === number) await makeTrouble(trouble, write, stop)
        },
      })
      world.target.clearFaults()
      if (end.kind === 'ended') return end.cycle
      await world.clock.advance(minuteMs)
    }
    throw new Error('the cycle never ended')
  }

  async function reorder(order: readonly number[]): Promise<void> {
    const ids = [...company.people.keys(), ...company.teams.keys()]
    const placed = ids.map((id, index) => ({ id, place: order[index % order.length] ?? 0 }))
    placed.sort((one, other) => one.place - other.place)
    await world.store.directory.transaction((transaction) => transaction.touch(placed.map(({ id }) => id)))
  }

  return { world, company, before, wrongs, change, reorder, cycle }
}

function failure(code: string, scope: 'object' | 'job', retry: 'backoff' | 'nextCycle'): ConnectorError {
  return new ConnectorError(`The target answers ${code}.`, { code, scope, retry })
}

/** Plays all of it, then lets everything that waits have its turn. */
export async function play(history: History): Promise<Life> {
  const life = await begin(history)
  for (const step of history.steps) {
    if (step.kind === 'change') await life.change(step.change)
    else if (step.kind === 'cycle') await life.cycle(step.troubles)
    else await life.world.restart()
  }
  return life
}

/** Three days without trouble: whatever failed is due again and done. */
export async function settle(life: Life): Promise<void> {
  for (let day = 0; day < 3; day += 1) {
    await life.world.clock.advance(25 * 60 * minuteMs)
    await life.cycle([])
  }
}
