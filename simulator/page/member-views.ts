/*
 * People, groups and the audit trail in the form the workspace page shows them.
 */
import type { GroupView, Simulator } from '../simulator.ts'
import type { Person } from '../workspace/model.ts'
import { isGuest, rankOf, roleNames } from '../workspace/rights.ts'
import type { AuditEntry } from '../workspace/audit-trail.ts'
import { profileOf } from './profile-fields.ts'
import type { ProfileSection } from './profile-fields.ts'

export const memberStates = ['all', 'active', 'deactivated', 'guests', 'bots', 'admins'] as const
export type MemberState = (typeof memberStates)[number]

export interface MemberRow {
  readonly id: string
  readonly name: string
  readonly displayName: string
  readonly userName: string
  readonly email: string
  readonly title: string
  readonly role: Person['role']
  readonly roleName: string
  readonly active: boolean
}

export interface MemberPage {
  readonly total: number
  readonly start: number
  readonly counts: Readonly<Record<MemberState, number>>
  readonly rows: readonly MemberRow[]
}

export interface HistoryLine {
  readonly at: number
  readonly action: string
  readonly actor: string
  readonly entity: string
  readonly entityId: string
  readonly details: readonly string[]
}

export interface MemberDetail extends MemberRow {
  readonly sections: readonly ProfileSection[]
  readonly groups: readonly { readonly id: string; readonly displayName: string }[]
  readonly history: readonly HistoryLine[]
  readonly isErased: boolean
  readonly scim: { readonly v1: unknown; readonly v2: unknown }
}

export interface GroupRow {
  readonly id: string
  readonly displayName: string
  readonly size: number
  readonly sizeMax: number
  readonly isLinkedToChannels: boolean
}

const pageSizeMax = 500
const historyMax = 50

export function pageOfMembers(query: URLSearchParams, simulator: Simulator): MemberPage {
  const search = (query.get('search') ?? '').trim().toLowerCase()
  const state = memberStates.find((name) => name === query.get('state')) ?? 'all'
  const group = query.get('group')
  const ids = group === null ? null : new Set(simulator.group(group)?.memberIds ?? [])
  const found = simulator
    .people()
    .filter(
      (person) => (ids === null || ids.has(person.id)) && (search === '' || searchedText(person).includes(search)),
    )
  const counts = Object.fromEntries(
    memberStates.map((name) => [name, found.filter((person) => isIn(name, person, simulator)).length]),
  ) as Record<MemberState, number>
  const wanted = found.filter((person) => isIn(state, person, simulator))
  const start = wholeOf(query.get('start'), 0)
  const count = Math.min(wholeOf(query.get('count'), 50), pageSizeMax)
  return { total: wanted.length, start, counts, rows: wanted.slice(start, start + count).map(memberRow) }
}

function wholeOf(text: string | null, usual: number): number {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : usual
}

function searchedText({ id, givenName, familyName, displayName, userName, email, title, profile }: Person): string {
  return [id, givenName, familyName, displayName, userName, email, title, profile?.department].join(' ').toLowerCase()
}

function isIn(state: MemberState, { active, role }: Person, { settings }: Simulator): boolean {
  switch (state) {
    case 'all':
      return true
    case 'active':
      return active && role !== 'bot'
    case 'deactivated':
      return !active
    case 'guests':
      return isGuest(role)
    case 'bots':
      return role === 'bot'
    case 'admins':
      return rankOf(role, settings.plan) > rankOf('member', settings.plan)
  }
}

function memberRow(person: Person): MemberRow {
  const { id, displayName, userName, email, title, role, active } = person
  return {
    id,
    name: nameOf(person),
    displayName: displayName === '' ? userName : displayName,
    userName,
    email,
    title,
    role,
    roleName: roleNames[role],
    active,
  }
}

function nameOf({ givenName, familyName, userName }: Person): string {
  const name = `${givenName} ${familyName}`.trim()
  return name === '' ? userName : name
}

export function memberDetail(person: Person, simulator: Simulator): MemberDetail {
  const nameOfId = (id: string): string | undefined => {
    const other = simulator.person(id)
    return other === undefined ? undefined : nameOf(other)
  }
  return {
    ...memberRow(person),
    sections: profileOf(person, simulator.settings, nameOfId),
    groups: simulator
      .groups()
      .filter(({ memberIds }) => memberIds.includes(person.id))
      .map(({ id, displayName }) => ({ id, displayName })),
    history: history(
      simulator.audit().filter(({ entityId }) => entityId === person.id),
      simulator,
      historyMax,
    ),
    isErased: person.isErased,
    scim: { v1: simulator.scimShape(person.id, 'v1'), v2: simulator.scimShape(person.id, 'v2') },
  }
}

/** Newest first. */
export function history(
  entries: readonly AuditEntry[],
  simulator: Simulator,
  countMax: number,
): readonly HistoryLine[] {
  return entries
    .slice(-countMax)
    .toReversed()
    .map(({ at, action, actorId, entityId, details }) => {
      const actor = actorId === null ? undefined : simulator.person(actorId)
      const entity = simulator.person(entityId)
      return {
        at,
        action,
        actor: actor === undefined ? 'Workspace' : nameOf(actor),
        entity: entity === undefined ? '' : nameOf(entity),
        entityId,
        details,
      }
    })
}

export function groupRow(group: GroupView, sizeMax: number): GroupRow {
  const { id, displayName, memberIds, isLinkedToChannels } = group
  return { id, displayName, size: memberIds.length, sizeMax, isLinkedToChannels }
}
