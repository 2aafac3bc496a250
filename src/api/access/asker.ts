/* What the caller of one request may: its grants, looked up once and only as far as the question needs. */
import {
  dependsOnOwner,
  missingActions,
  operatorGrants,
  ownerGrants,
  permissionGrants,
  reachOf,
  roleGrants,
  type Action,
  type Grant,
} from '../../access/index.ts'
import type { Store } from '../../store/store.ts'
import type { Caller } from '../../vocabulary/index.ts'

/** The whole directory, or one object under the ids that can be named in a scope or be owned; none when it is not there. */
export type About = 'everything' | readonly string[]

export interface Asker {
  readonly caller: Caller
  /** The actions the caller lacks for it; empty: it is allowed. What is not there is allowed to whoever may it everywhere. */
  missing(required: readonly Action[], about: About): Promise<readonly Action[]>
  /** On which objects the caller may it. */
  reach(required: readonly Action[]): Promise<'everything' | ReadonlySet<string>>
}

export function askerOf({ access, directory }: Pick<Store, 'access' | 'directory'>, caller: Caller): Asker {
  const grants = once(() => grantsOf(access, caller))
  const owned = once(async () => new Set('objectId' in caller ? await directory.ownedBy(caller.objectId) : []))

  async function missingOn(required: readonly Action[], id: string): Promise<readonly Action[]> {
    const held = await grants()
    const isOwned = dependsOnOwner(held, required, id) && (await owned()).has(id)
    return missingActions(held, required, { id, isOwned })
  }

  return {
    caller,
    async missing(required, about) {
      const everywhere = missingActions(await grants(), required, 'everything')
      if (about === 'everything' || everywhere.length === 0) return everywhere
      let least = everywhere
      for (const id of about) {
        const missing = await missingOn(required, id)
        if (missing.length < least.length) least = missing
      }
      return least
    },
    async reach(required) {
      const held = await grants()
      const reach = reachOf(held, required, new Set())
      if (reach === 'everything' || !held.some(({ on }) => on === 'owned')) return reach
      return reachOf(held, required, await owned())
    },
  }
}

/** What somebody holds who is not asking. */
export async function grantsOf(access: Store['access'], caller: Caller): Promise<readonly Grant[]> {
  switch (caller.kind) {
    case 'operator':
      return operatorGrants
    case 'application':
      return [...permissionGrants(caller.permissions), ...(await rolesOf(access, caller.objectId))]
    case 'person':
      return [...ownerGrants, ...(await rolesOf(access, caller.objectId))]
    case 'anonymous':
      return []
    default:
      return caller satisfies never
  }
}

async function rolesOf(access: Store['access'], principalId: string): Promise<readonly Grant[]> {
  const assignments = await access.assignmentsOf(principalId)
  return assignments.length === 0 ? [] : roleGrants(assignments, await access.customRoles())
}

function once<T>(read: () => Promise<T>): () => Promise<T> {
  let reading: Promise<T> | null = null
  return () => (reading ??= read())
}
