/*
 * What becomes of a userName (slack.md 3.2, 3.6): cut, lower-cased, cleaned, at most 21 characters, unique among
 * people and channels; an org tries to shorten a taken one.
 */
import type { Knobs } from '../knobs.ts'
import type { Person } from '../workspace/model.ts'
import type { Store } from '../workspace/store.ts'
import { Refusal } from './refusal.ts'
import type { UserWrite } from './user-write.ts'

export const userNameLengthMax = 21
const attemptsMax = 99

export function readUserName(write: UserWrite, before: Person | null, { knobs, store }: Readers): string {
  const asked = askedName(write, before)
  if (asked === undefined) return before?.userName ?? ''
  const name = cleanUserName(asked.text)
  if (name.length > userNameLengthMax) {
    if (asked.isNickName) throw new Refusal('long_nickname')
    throw new Refusal(knobs.longUserNameError[write.verb === 'create' ? 'create' : 'update'])
  }
  if (!/[a-z0-9]/.test(name)) throw new Refusal('username_invalid')
  if (name === before?.userName) return name
  if (knobs.reservedUserNames.includes(name)) {
    throw new Refusal('username_not_allowed', `user=${before?.id ?? store.personByUserName(name)?.id ?? 'USLACKBOT'}`)
  }
  return name
}

interface Readers {
  readonly knobs: Knobs
  readonly store: Store
}

/** nickName is an alias; when both are written it decides (slack.md 3.2). */
function askedName(write: UserWrite, before: Person | null): { text: string; isNickName: boolean } | undefined {
  const isRequired = write.verb !== 'patch'
  if (write.userName === '' || write.nickName === '' || (isRequired && write.userName === undefined)) {
    throw new Refusal('username_empty')
  }
  if (write.nickName !== undefined) {
    const isSameAsName = write.nickName === write.userName
    return { text: write.nickName, isNickName: !isSameAsName }
  }
  if (write.userName !== undefined) return { text: write.userName, isNickName: false }
  if (before === null) throw new Refusal('username_empty')
  return undefined
}

export function cleanUserName(text: string): string {
  const at = text.indexOf('@')
  const local = at === -1 ? text : text.slice(0, at)
  return local.toLowerCase().replace(/[^a-z0-9._-]/gu, '_')
}

/** The name to store, or a refusal when somebody or a channel has it. */
export function freeUserName(name: string, before: Person | null, { knobs, store }: Readers): string {
  if (name === before?.userName || !isTaken(name, store)) return name
  const isOrg = store.settings.plan === 'enterprise'
  const dedupes = knobs.usernameConflict === 'dedupe' || (knobs.usernameConflict === 'byPlan' && isOrg)
  if (!dedupes) throw new Refusal('username_taken')
  for (let attempt = 1; attempt <= attemptsMax; attempt++) {
    const ending = String(attempt)
    const shortened = name.slice(0, userNameLengthMax - ending.length) + ending
    if (!isTaken(shortened, store)) return shortened
  }
  throw new Refusal('truncation_error')
}

function isTaken(name: string, store: Store): boolean {
  return store.personByUserName(name) !== undefined || store.channels.has(name)
}
