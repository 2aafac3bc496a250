/* May a caller do something? Denied unless a grant says otherwise (issue 6 item 4). */
import type { Action } from './actions.ts'
import type { Grant } from './grants.ts'
import { builtInRoles, ownerRole } from './roles.ts'

/** What the request is about: the whole directory, or one application, which may be the caller's own. */
export type Subject = 'everything' | { readonly id: string; readonly isOwned: boolean }

const reaches = ({ on }: Grant, subject: Subject): boolean => {
  if (on === 'everything') return true
  if (subject === 'everything') return false
  return on === 'owned' ? subject.isOwned : on.servicePrincipalId === subject.id
}

/** The required actions that no grant gives on this subject; empty: it is allowed. */
export function missingActions(
  grants: readonly Grant[],
  required: readonly Action[],
  subject: Subject,
): readonly Action[] {
  const held = grants.filter((grant) => reaches(grant, subject))
  return required.filter((action) => !held.some(({ actions }) => actions.has(action)))
}

/** Whether it makes a difference that the subject is the caller's own: then it is worth finding out. */
export const dependsOnOwner = (grants: readonly Grant[], required: readonly Action[], id: string): boolean =>
  missingActions(grants, required, { id, isOwned: false }).length > 0 &&
  missingActions(grants, required, { id, isOwned: true }).length === 0

/** On which of the applications that a grant names or that the caller owns it may do something; or on all there are. */
export function reachOf(
  grants: readonly Grant[],
  required: readonly Action[],
  ownedIds: ReadonlySet<string>,
): 'everything' | ReadonlySet<string> {
  if (missingActions(grants, required, 'everything').length === 0) return 'everything'
  const named = grants.flatMap(({ on }) => (typeof on === 'object' ? [on.servicePrincipalId] : []))
  const isReached = (id: string): boolean =>
    missingActions(grants, required, { id, isOwned: ownedIds.has(id) }).length === 0
  return new Set([...named, ...ownedIds].filter(isReached))
}

/** Roles that have all of these, for whoever lacks them; with ownership where the subject can be owned. */
export function rolesWith(required: readonly Action[], canBeOwned: boolean): readonly string[] {
  return builtInRoles
    .filter((role) => canBeOwned || role !== ownerRole)
    .filter(({ allowedResourceActions: held }) => required.every((action) => held.includes(action)))
    .map(({ displayName }) => displayName)
}
