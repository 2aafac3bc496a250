/* What must be true at the end of every history, as a list of what is wrong in words: empty when all is well. */
import type { Link, TargetObject } from '../../src/vocabulary/index.ts'
import { managerAttribute, workEmail } from '../builders/world.ts'
import type { Life } from './live.ts'
import { entriesWithoutImage, unrememberedWrites } from './remembered-writes.ts'

async function allLinks({ world }: Life, objectType: Link['objectType']): Promise<readonly Link[]> {
  return await world.store.provisioning.listLinks(world.job.jobId, { objectType, after: null, limit: 1000 })
}

function withMail(accounts: readonly TargetObject[], mail: string): readonly TargetObject[] {
  return accounts.filter((account) => String(account.attributes[workEmail]).toLowerCase() === mail)
}

/** Everyone in scope exists once with the mapped values, and nobody else of Muster's is active. */
export async function wrongPeople(life: Life): Promise<readonly string[]> {
  const { target, company, renumbered } = life
  const wrong: string[] = []
  const accounts = target.objects('User')
  const links = await allLinks(life, 'User')
  const linkOf = new Map(links.map((link) => [link.sourceAnchor, link]))
  if (new Set(links.map((link) => link.targetAnchor)).size !== links.length) wrong.push('two people share one account')
  for (const person of company.people.values()) {
    const who = `${person.id} (${person.mail})`
    const link = linkOf.get(person.id)
    const account = accounts.find((each) => each.anchor === link?.targetAnchor)
    if (!company.isInScope(person)) {
      // Whose account got another id while its person left is nobody's any more (spec 7.2 row 9): the links were made anew.
      if (account?.attributes['active'] === true && !renumbered.has(account.anchor))
        wrong.push(`${who} is out of scope and active`)
      continue
    }
    if (account === undefined) {
      wrong.push(`${who} is in scope and has no account`)
      continue
    }
    if (withMail(accounts, person.mail).length !== 1) wrong.push(`${who} has several accounts`)
    const expected: Record<string, unknown> = {
      active: true,
      [workEmail]: person.mail,
      'name.familyName': person.surname,
      title: company.expectedTitle(person),
    }
    const manager = company.people.get(person.managerId ?? '')
    if (manager !== undefined && company.isInScope(manager))
      expected[managerAttribute] = linkOf.get(manager.id)?.targetAnchor
    for (const [attribute, value] of Object.entries(expected)) {
      const held = account.attributes[attribute]
      if (held !== value) wrong.push(`${who}: ${attribute} is ${String(held)} instead of ${String(value)}`)
    }
  }
  return wrong
}

export async function wrongTeams(life: Life): Promise<readonly string[]> {
  const { target, company, before, debts } = life
  const wrong: string[] = []
  const groups = target.objects('Group')
  const links = await allLinks(life, 'Group')
  const anchorOf = new Map((await allLinks(life, 'User')).map((link) => [link.sourceAnchor, link.targetAnchor]))
  for (const team of company.teams.values()) {
    const link = links.find((each) => each.sourceAnchor === team.id)
    const group = groups.find((each) => each.anchor === link?.targetAnchor)
    if (!company.isTeamInScope(team)) {
      if (link !== undefined || group !== undefined) wrong.push(`${team.id} is out of scope and there`)
      continue
    }
    if (group === undefined) {
      wrong.push(`${team.id} is in scope and missing`)
      continue
    }
    if (group.displayName !== team.name) wrong.push(`${team.id} is named ${group.displayName} instead of ${team.name}`)
    const held = group.attributes['members']
    const earlier = before.find((each) => each.anchor === group.anchor)?.attributes['members']
    const expected = [
      ...company.expectedMembers(team).map((id) => anchorOf.get(id) ?? `nobody (${id})`),
      // Whoever was put there by hand stays.
      ...asList(earlier),
    ]
    // With the links it was forgotten whom Muster had put in: who is not to be there any more may stay.
    const members = (typeof held === 'object' ? held : []).filter((each) => !debts.links || expected.includes(each))
    if (JSON.stringify([...members].sort()) !== JSON.stringify([...expected].sort()))
      wrong.push(`${team.id} has the members ${String(held)} instead of ${expected.join(',')}`)
  }
  return wrong
}

/** Who never was in scope keeps what they had; nothing that is there belongs to nobody. */
export async function touchedStrangers(life: Life): Promise<readonly string[]> {
  const { target, before, strangers } = life
  const linked = new Set(
    [...(await allLinks(life, 'User')), ...(await allLinks(life, 'Group'))].map((link) => link.targetAnchor),
  )
  const everWritten = new Set(target.writes.flatMap(({ write }) => (write.kind === 'create' ? [] : [write.anchor])))
  return before.flatMap((object) => {
    if (everWritten.has(object.anchor) && !strangers.has(object.anchor)) return []
    const now = target.object(object.objectType, object.anchor)
    if (now === undefined) return [`${object.anchor} is gone`]
    const isSame = JSON.stringify(now) === JSON.stringify(object)
    return isSame || linked.has(object.anchor) ? [] : [`${object.anchor} was changed`]
  })
}

/**
 * Nobody changed the target behind Muster's back, it showed what it held (an image cannot tell more than it shows), and no two
 * processes wrote beside each other. What Slack held before a write is not written down here.
 */
const isWitnessed = ({ place, debts, happened }: Life): boolean =>
  place === 'memory' &&
  !debts.evaluation &&
  !debts.links &&
  !['write: deactivates', 'write: stale'].some((what) => happened.has(what))

/** Everything that is wrong with the target now, and that went wrong on the way. */
export async function wrongsAtRest(life: Life): Promise<readonly string[]> {
  return [
    ...life.wrongs,
    ...(await wrongPeople(life)),
    ...(await wrongTeams(life)),
    ...(await touchedStrangers(life)),
    ...(await entriesWithoutImage(life)),
    ...(isWitnessed(life) ? await unrememberedWrites(life) : []),
  ]
}

/** The whole target, as far as histories that differ only in order must agree: people by address instead of by id. */
export function pictureOf({ target }: Life): readonly string[] {
  const people = target.objects('User')
  const nameOf = new Map(people.map((account) => [account.anchor, String(account.attributes[workEmail])]))
  const named = (value: unknown): unknown => (typeof value === 'string' ? (nameOf.get(value) ?? value) : value)
  const pictured = (object: TargetObject) =>
    Object.fromEntries(
      Object.entries(object.attributes)
        .map(([attribute, value]): [string, unknown] => [
          attribute,
          typeof value === 'object' ? value.map(named).sort() : named(value),
        ])
        .sort(([one], [other]) => (one < other ? -1 : 1)),
    )
  return [...people, ...target.objects('Group')].map((object) => JSON.stringify(pictured(object))).sort()
}

const asList = (value: unknown): readonly string[] => (Array.isArray(value) ? (value as readonly string[]) : [])
