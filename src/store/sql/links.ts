/*
 * Links between source and target objects, and the members Muster has put into groups. Members are rows of their own, in
 * order of anchor: a large group changes by a few rows, and a target anchor finds its groups.
 */
import type { Link, ObjectTypeName } from '../../vocabulary/index.ts'
import type { Lease, ProvisioningStore } from '../store.ts'
import { checkLease } from './leases.ts'
import { groupRows } from './grouped-rows.ts'
import { fromLink, toLink } from './link-rows.ts'
import type { Database, Session } from './session.ts'
import type { Key, Row } from './tables.ts'

type LinkReads = Pick<
  ProvisioningStore,
  'linksBySource' | 'linksByTarget' | 'listLinks' | 'countLinks' | 'countSynchronized' | 'groupsWithMember'
>

export function createLinkReads({ committed, dialect }: Database): LinkReads {
  const { queries, isOneOf } = dialect
  const selectLinks = queries.selectFrom('link').selectAll()

  async function withMembers(jobId: string, rows: readonly Row<'link'>[]): Promise<readonly Link[]> {
    if (rows.length === 0) return []
    const members = await committed.all(
      queries
        .selectFrom('link_member')
        .select(['object_type', 'source_anchor', 'member_anchor'])
        .where('job_id', '=', jobId)
        .where('object_type', 'in', [...new Set(rows.map((row) => row.object_type))])
        .where(
          isOneOf(
            'source_anchor',
            rows.map((row) => row.source_anchor),
          ),
        )
        .orderBy('member_anchor'),
    )
    const byOwner = groupRows(members, keyOf, (row) => row.member_anchor)
    return rows.map((row) => toLink(row, byOwner.get(keyOf(row)) ?? []))
  }

  return {
    async linksBySource(jobId, objectType, sourceAnchors) {
      if (sourceAnchors.length === 0) return new Map()
      const rows = await committed.all(
        selectLinks
          .where('job_id', '=', jobId)
          .where('object_type', '=', objectType)
          .where(isOneOf('source_anchor', sourceAnchors)),
      )
      return new Map((await withMembers(jobId, rows)).map((link) => [link.sourceAnchor, link]))
    },

    async linksByTarget(jobId, objectType, targetAnchors) {
      if (targetAnchors.length === 0) return new Map()
      const rows = await committed.all(
        selectLinks
          .where('job_id', '=', jobId)
          .where('object_type', '=', objectType)
          .where(isOneOf('target_anchor', targetAnchors)),
      )
      return new Map((await withMembers(jobId, rows)).map((link) => [link.targetAnchor, link]))
    },

    async listLinks(jobId, { objectType, after, limit }) {
      let page = selectLinks.where('job_id', '=', jobId).where('object_type', '=', objectType)
      if (after !== null) page = page.where('source_anchor', '>', after)
      return withMembers(jobId, await committed.all(page.orderBy('source_anchor').limit(limit)))
    },

    async countLinks(jobId) {
      const rows = await committed.all(
        queries
          .selectFrom('link')
          .select((eb) => [
            'object_type',
            eb.fn.countAll<number>().as('count'),
            eb.fn.sum<number>('is_active').as('active'),
          ])
          .where('job_id', '=', jobId)
          .groupBy('object_type')
          .orderBy('object_type'),
      )
      return rows.map((row) => ({
        objectType: row.object_type as ObjectTypeName,
        count: row.count,
        active: Number(row.active),
      }))
    },

    async countSynchronized(jobId) {
      const rows = await committed.all(
        queries
          .selectFrom('synchronized_entry')
          .select((eb) => ['object_type', eb.fn.countAll<number>().as('count')])
          .where('job_id', '=', jobId)
          .groupBy('object_type')
          .orderBy('object_type'),
      )
      return rows.map((row) => ({ objectType: row.object_type as ObjectTypeName, count: row.count }))
    },

    async groupsWithMember(jobId, targetAnchor) {
      const rows = await committed.all(
        queries
          .selectFrom('link_member as m')
          .innerJoin('link as l', (join) =>
            join
              .onRef('l.job_id', '=', 'm.job_id')
              .onRef('l.object_type', '=', 'm.object_type')
              .onRef('l.source_anchor', '=', 'm.source_anchor'),
          )
          .selectAll('l')
          .where('m.job_id', '=', jobId)
          .where('m.member_anchor', '=', targetAnchor)
          .orderBy('l.source_anchor'),
      )
      return withMembers(jobId, rows)
    },
  }
}

export async function putLinks(session: Session, jobId: string, links: readonly Link[]): Promise<void> {
  if (links.length === 0) return
  await session.put(
    'link',
    links.map((link) => fromLink(jobId, link)),
  )
  await session.put(
    'synchronized_entry',
    links.map((link) => ({ job_id: jobId, object_type: link.objectType, source_anchor: link.sourceAnchor })),
  )
  const groups = links.filter((link) => link.objectType === 'Group')
  if (groups.length === 0) return
  const wanted = groups.flatMap((link) => [...new Set(link.members)].map((anchor) => memberRow(jobId, link, anchor)))
  const wantedKeys = new Set(wanted.map(memberKeyOf))
  const present = await membersOf(session, jobId, groups)
  const presentKeys = new Set(present.map(memberKeyOf))
  await session.remove(
    'link_member',
    present.filter((row) => !wantedKeys.has(memberKeyOf(row))),
  )
  await session.put(
    'link_member',
    wanted.filter((row) => !presentKeys.has(memberKeyOf(row))),
  )
}

export async function deleteLinks(
  session: Session,
  jobId: string,
  owners: readonly Pick<Link, 'objectType' | 'sourceAnchor'>[],
): Promise<void> {
  await deleteOwned(session, 'link_member', jobId, owners)
  await deleteOwned(session, 'link', jobId, owners)
}

/** Deletes the rows of these source objects, a statement for each type of object. */
export async function deleteOwned(
  session: Session,
  table: 'link' | 'link_member' | 'escrow' | 'held_removal' | 'allotted_name' | 'open_write',
  jobId: string,
  owners: readonly Pick<Link, 'objectType' | 'sourceAnchor'>[],
): Promise<void> {
  const { queries, isOneOf } = session.dialect
  for (const [objectType, anchors] of anchorsByType(owners)) {
    await session.run(
      queries
        .deleteFrom(table)
        .where('job_id', '=', jobId)
        .where('object_type', '=', objectType)
        .where(isOneOf('source_anchor', anchors)),
    )
  }
}

export async function forgetMember(session: Session, jobId: string, memberAnchor: string): Promise<void> {
  await session.run(
    session.dialect.queries
      .deleteFrom('link_member')
      .where('job_id', '=', jobId)
      .where('member_anchor', '=', memberAnchor),
  )
}

async function membersOf(
  session: Session,
  jobId: string,
  owners: readonly Pick<Link, 'objectType' | 'sourceAnchor'>[],
): Promise<readonly Row<'link_member'>[]> {
  const { queries, isOneOf } = session.dialect
  const found: (readonly Row<'link_member'>[])[] = []
  for (const [objectType, anchors] of anchorsByType(owners)) {
    found.push(
      await session.all(
        queries
          .selectFrom('link_member')
          .selectAll()
          .where('job_id', '=', jobId)
          .where('object_type', '=', objectType)
          .where(isOneOf('source_anchor', anchors)),
      ),
    )
  }
  return found.flat()
}

function anchorsByType(
  owners: readonly Pick<Link, 'objectType' | 'sourceAnchor'>[],
): ReadonlyMap<string, readonly string[]> {
  return groupRows(
    owners,
    (owner) => owner.objectType,
    (owner) => owner.sourceAnchor,
  )
}

function memberRow(jobId: string, link: Link, memberAnchor: string): Row<'link_member'> {
  return {
    job_id: jobId,
    object_type: link.objectType,
    source_anchor: link.sourceAnchor,
    member_anchor: memberAnchor,
  }
}

function keyOf(row: Pick<Key<'link'>, 'object_type' | 'source_anchor'>): string {
  return `${row.object_type} ${row.source_anchor}`
}

/** The type holds no blank and the owner's length is named, so that no two keys are spelt alike. */
function memberKeyOf(row: Row<'link_member'>): string {
  return `${row.object_type} ${String(row.source_anchor.length)} ${row.source_anchor} ${row.member_anchor}`
}

/** Nothing is counted as ever synchronized until it is linked again. */
export async function resetSynchronized(database: Database, lease: Lease): Promise<void> {
  const { queries } = database.dialect
  await database.transaction(async (session) => {
    await checkLease(session, lease)
    await session.run(queries.deleteFrom('synchronized_entry').where('job_id', '=', lease.jobId))
  })
}
