/*
 * Saves what the provisioning of many objects leaves behind, in one transaction under the lease. First the outcomes are
 * summed up, later ones winning over earlier ones of the same object; then each table is written once.
 */
import type {
  AllottedName,
  DeferredReference,
  ErrorCode,
  EscrowEntry,
  HeldRemoval,
  Link,
  OpenWrite,
  PlannedWriteEnd,
} from '../../vocabulary/index.ts'
import type { Lease, Outcome } from '../store.ts'
import { checkLease } from './leases.ts'
import { deleteLinks, deleteOwned, forgetMember, putLinks } from './links.ts'
import { fromEscrowEntry, fromHeldRemoval } from './link-rows.ts'
import { appendLogEntries, type NewLogEntry } from './log.ts'
import { putNames } from './names.ts'
import { putOpenWrites } from './open-writes.ts'
import { noteEnds } from './plans.ts'
import type { Database, Session } from './session.ts'
import { clearDeferred, putDeferred } from './waiting.ts'

type Owner = Pick<Link, 'objectType' | 'sourceAnchor'>

/** The last word on each object. */
interface Sum {
  readonly logEntries: NewLogEntry[]
  readonly links: Map<string, { readonly owner: Owner; readonly link: Link | null }>
  readonly escrow: Map<string, { readonly owner: Owner; readonly entry: EscrowEntry | null }>
  readonly holds: Map<string, { readonly owner: Owner; readonly held: HeldRemoval | null }>
  readonly openWrites: Map<string, { readonly owner: Owner; readonly write: OpenWrite | null }>
  readonly releasedNames: Map<string, Owner>
  readonly names: Map<string, AllottedName>
  readonly clearedOwners: Map<string, Pick<DeferredReference, 'ownerType' | 'ownerAnchor'>>
  readonly deferred: Map<string, DeferredReference[]>
  readonly planned: PlannedWriteEnd[]
}

export async function saveOutcomes(database: Database, lease: Lease, outcomes: readonly Outcome[]): Promise<void> {
  if (outcomes.length === 0) return
  await database.transaction(async (session) => {
    await checkLease(session, lease)
    let sum = emptySum()
    for (const outcome of outcomes) {
      addOutcome(sum, outcome)
      if (outcome.forgetMember === undefined) continue
      // It concerns the links as they are by now: what came before is written first, what comes after may add the member.
      await writeSum(session, lease.jobId, sum)
      await forgetMember(session, lease.jobId, outcome.forgetMember)
      sum = emptySum()
    }
    await writeSum(session, lease.jobId, sum)
  })
}

function emptySum(): Sum {
  return {
    logEntries: [],
    links: new Map(),
    escrow: new Map(),
    holds: new Map(),
    openWrites: new Map(),
    releasedNames: new Map(),
    names: new Map(),
    clearedOwners: new Map(),
    deferred: new Map(),
    planned: [],
  }
}

function addOutcome(sum: Sum, outcome: Outcome): void {
  const { logEntry, link, escrow, deferred, addDeferred, hold, releaseHold, names, releaseNames, planned } = outcome
  if (logEntry !== null) sum.logEntries.push({ entry: logEntry, image: outcome.beforeImage })
  if (link?.kind === 'put') sum.links.set(keyOf(link.link), { owner: link.link, link: link.link })
  if (link?.kind === 'delete') sum.links.set(keyOf(link), { owner: link, link: null })
  if (escrow?.kind === 'put') sum.escrow.set(keyOf(escrow.entry), { owner: escrow.entry, entry: escrow.entry })
  if (escrow?.kind === 'clear') sum.escrow.set(keyOf(escrow), { owner: escrow, entry: null })
  if (deferred !== undefined) {
    const key = `${deferred.ownerType} ${deferred.ownerAnchor}`
    sum.clearedOwners.set(key, deferred)
    sum.deferred.set(key, [...deferred.references])
  }
  for (const reference of addDeferred ?? []) {
    const key = `${reference.ownerType} ${reference.ownerAnchor}`
    sum.deferred.set(key, [...(sum.deferred.get(key) ?? []), reference])
  }
  if (releaseHold !== undefined) sum.holds.set(keyOf(releaseHold), { owner: releaseHold, held: null })
  if (hold !== undefined) sum.holds.set(keyOf(hold), { owner: hold, held: hold })
  const { openWrite } = outcome
  if (openWrite?.kind === 'put') {
    const { image } = openWrite.write
    sum.openWrites.set(keyOf(image), { owner: image, write: openWrite.write })
  }
  if (openWrite?.kind === 'close') sum.openWrites.set(keyOf(openWrite), { owner: openWrite, write: null })
  if (releaseNames !== undefined) sum.releasedNames.set(keyOf(releaseNames), releaseNames)
  sum.planned.push(...(planned ?? []))
  for (const name of names ?? []) sum.names.set(`${name.attribute} ${keyOf(name)}`, name)
}

async function writeSum(session: Session, jobId: string, sum: Sum): Promise<void> {
  const links = [...sum.links.values()]
  await deleteLinks(
    session,
    jobId,
    links.filter(({ link }) => link === null).map(({ owner }) => owner),
  )
  await putLinks(
    session,
    jobId,
    links.flatMap(({ link }) => link ?? []),
  )

  const escrow = [...sum.escrow.values()]
  await deleteOwned(
    session,
    'escrow',
    jobId,
    escrow.filter(({ entry }) => entry === null).map(({ owner }) => owner),
  )
  await session.put(
    'escrow',
    escrow.flatMap(({ entry }) => (entry === null ? [] : fromEscrowEntry(jobId, entry))),
  )

  if (links.some(({ link }) => link === null)) {
    const toldAt = sum.logEntries.map(({ entry }) => Date.parse(entry.activityDateTime))
    await makeDueWhoMayLink(session, jobId, Math.max(0, ...toldAt))
  }

  await clearDeferred(session, jobId, [...sum.clearedOwners.values()])
  await putDeferred(session, jobId, [...sum.deferred.values()].flat())

  const holds = [...sum.holds.values()]
  await deleteOwned(
    session,
    'held_removal',
    jobId,
    holds.filter(({ held }) => held === null).map(({ owner }) => owner),
  )
  await session.put(
    'held_removal',
    holds.flatMap(({ held }) => (held === null ? [] : fromHeldRemoval(jobId, held))),
  )

  const openWrites = [...sum.openWrites.values()]
  await deleteOwned(
    session,
    'open_write',
    jobId,
    openWrites.filter(({ write }) => write === null).map(({ owner }) => owner),
  )
  await putOpenWrites(
    session,
    jobId,
    openWrites.flatMap(({ write }) => write ?? []),
  )

  await deleteOwned(session, 'allotted_name', jobId, [...sum.releasedNames.values()])
  await putNames(session, jobId, [...sum.names.values()])

  await noteEnds(session, sum.planned)
  await appendLogEntries(session, sum.logEntries)
}

/** Whoever failed because the account was linked to somebody else may find it free now. */
async function makeDueWhoMayLink(session: Session, jobId: string, at: number): Promise<void> {
  const code: ErrorCode = 'DuplicateSourceEntries'
  await session.run(
    session.dialect.queries
      .updateTable('escrow')
      .set({ next_attempt_at: at })
      .where('job_id', '=', jobId)
      .where('error_code', '=', code),
  )
}

function keyOf(owner: Owner): string {
  return `${owner.objectType} ${owner.sourceAnchor}`
}
