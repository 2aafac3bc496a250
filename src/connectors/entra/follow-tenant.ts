/*
 * Keeps the directory in step with the tenant: people, then groups, then assignments. One reading at a time; whoever asks
 * meanwhile waits for it.
 */
import type { Mirror } from '../../directory/index.ts'
import {
  ConnectorError,
  type Clock,
  type MirrorFeed,
  type ObjectTypeName,
  type TenantState,
} from '../../vocabulary/index.ts'
import { followAssignments } from './follow-assignments.ts'
import { followFeed } from './follow-feed.ts'
import type { GraphClient } from './graph-client.ts'
import { selectFor } from './property-names.ts'

export interface TenantOptions {
  readonly client: GraphClient
  readonly mirror: Mirror
  readonly clock: Clock
  /** Id or domain, as it was set. */
  readonly tenant: string
  /** The enterprise application whose assignments count; `null`: those made in Muster do. */
  readonly application: string | null
  /** A reading is good for so long: asked again meanwhile, the tenant is not. */
  readonly freshForMs: number
  /** Source attributes that the mappings, filters and matching of all jobs read. */
  readonly needed: () => Promise<Readonly<Record<ObjectTypeName, readonly string[]>>>
  /** Muster's own applications, which get these assignments. */
  readonly servicePrincipalIds: () => Promise<readonly string[]>
}

export interface Tenant {
  /** Resolves when the mirror is as the tenant was a moment ago; throws a `ConnectorError` about the whole job otherwise. */
  catchUp(): Promise<void>
  /** Everything was read once. */
  isComplete(): Promise<boolean>
  select(objectType: ObjectTypeName): Promise<readonly string[]>
  state(): Promise<TenantState>
  /** So many may be missing in the next reading. */
  confirm(missing: number): Promise<void>
}

/** The name under which the confirmation of an administrator is kept until it is used. */
const confirmedName = 'confirmedLoss'

export function followTenant(options: TenantOptions): Tenant {
  const { client, mirror, clock, tenant } = options
  let underWay: Promise<void> | null = null
  let last: { readonly at: number; readonly error: string | null } | null = null
  let readThrough = Number.NEGATIVE_INFINITY
  let assignments: TenantState['assignments'] = null
  let phase: TenantState['phase'] = 'waiting'

  const follow = {
    client,
    mirror,
    clock,
    confirmedLoss: async () => {
      const text = await mirror.value(confirmedName)
      return text === null || text === '' ? null : Number(text)
    },
  }
  const select = async (objectType: ObjectTypeName): Promise<readonly string[]> =>
    selectFor(objectType, (await options.needed())[objectType])

  /** A mirror is of one tenant: people of another must never take the place of its people. */
  async function refuseOtherTenant(): Promise<void> {
    const id = (await client.claims())?.['tid']
    const found = typeof id === 'string' ? id : tenant
    const known = await mirror.value('tenant')
    if (known === null) await mirror.setValue('tenant', found)
    else if (known !== found)
      throw new ConnectorError(
        `This is the tenant ${found}, and the directory mirrors ${known}. People of one must not take the place of the other's: set MUSTER_ENTRA_TENANT back, or name a fresh folder with MUSTER_DATA (or another DATABASE_URL).`,
        { code: 'UnprocessableEntity', scope: 'job', retry: 'never' },
      )
  }

  async function read(): Promise<void> {
    await refuseOtherTenant()
    const note = ({ name }: MirrorFeed): void => {
      phase = name
    }
    await followFeed(follow, 'users', await select('User'), note)
    await followFeed(follow, 'groups', await select('Group'), note)
    if (options.application !== null) {
      phase = 'assignments'
      const { application, count } = await followAssignments(
        follow,
        options.application,
        await options.servicePrincipalIds(),
      )
      assignments = { id: application.id, displayName: application.displayName, count, readAt: clock.now() }
    }
    if ((await follow.confirmedLoss()) !== null) await mirror.setValue(confirmedName, '')
  }

  async function readOnce(): Promise<void> {
    const beganAt = clock.now()
    try {
      await read()
      readThrough = beganAt
      last = { at: clock.now(), error: null }
    } catch (error) {
      last = { at: clock.now(), error: error instanceof Error ? error.message : String(error) }
      throw error
    } finally {
      phase = 'waiting'
    }
  }

  return {
    select,
    async catchUp() {
      if (underWay === null && clock.now() - readThrough < options.freshForMs) return
      underWay ??= readOnce().finally(() => {
        underWay = null
      })
      await underWay
    },
    async isComplete() {
      const feeds = await Promise.all([mirror.feed('users'), mirror.feed('groups')])
      return feeds.every((feed) => feed?.isComplete === true)
    },
    async state() {
      const [users, groups] = await Promise.all([mirror.feed('users'), mirror.feed('groups')])
      return {
        tenant: (await mirror.value('tenant')) ?? tenant,
        phase,
        feeds: [users, groups].flatMap((feed) => feed ?? []),
        assignments,
        application: options.application,
        lastReadAt: last?.at ?? null,
        error: last?.error ?? null,
        confirmedLoss: await follow.confirmedLoss(),
      }
    },
    confirm: (missing) => mirror.setValue(confirmedName, String(missing)),
  }
}
