/* What may never happen, seen write by write while a history plays; and what a write does, in words. */
import type { TargetWrite } from '../../src/connectors/target.ts'
import type { World } from '../builders/world.ts'
import type { Company } from './company.ts'

export interface Watch {
  /** What should never have been sent, in words. */
  readonly wrongs: readonly string[]
  complain(words: string): void
  /** What is written from now on: what a cycle finds, or what a plan has that somebody has applied. */
  follows(what: 'cycle' | 'plan' | 'undo'): void
  /** Somebody is asked for at once in this cycle; the removal of these has been agreed to. */
  demands(agreed: readonly string[]): void
  /** A cycle begins; whoever has been out of scope at some moment from now on may lose the account. */
  cycleBegins(): Promise<void>
  comes(write: TargetWrite): Promise<void>
  /** The removal has taken effect, or may have. */
  noteRemoval(write: TargetWrite): Promise<void>
}

const hourMs = 3_600_000

export const isRemoval = (write: TargetWrite): write is Exclude<TargetWrite, { kind: 'create' }> =>
  write.kind === 'disable' ||
  write.kind === 'delete' ||
  (write.kind === 'update' &&
    write.changes.some((each) => each.kind === 'set' && each.value === false && each.attribute === 'active'))

export function inWords(write: TargetWrite): string {
  const where = write.kind === 'create' ? write.objectType : `${write.objectType} ${write.anchor}`
  if (write.kind === 'create') {
    const { userName, displayName } = write.attributes
    return `create ${where} ${String(write.attributes['emails[type eq "work"].value'] ?? userName ?? displayName)}`
  }
  if (write.kind !== 'update') return `${write.kind} ${where}`
  const changes = write.changes.map((change) =>
    change.kind === 'set' ? `${change.attribute} = ${JSON.stringify(change.value)}` : `${change.attribute} emptied`,
  )
  const { add = [], remove = [] } = write.members ?? {}
  const members = [...add.map((member) => `+${member}`), ...remove.map((member) => `-${member}`)]
  return `update ${where}: ${[...changes, ...members].join(', ')}`
}

export function createWatch(world: World, company: Company, now: () => number): Watch {
  const wrongs: string[] = []
  let since = 0
  let followed: 'cycle' | 'plan' | 'undo' = 'cycle'
  let isDemanded = false
  /** Whom an administrator has agreed to let go, at the beginning of this cycle. */
  let approved = new Set<string>()
  let removedNow = new Set<string>()
  /** By owner. */
  const removedAt = new Map<string, number>()

  async function ownerOf(write: Exclude<TargetWrite, { kind: 'create' }>): Promise<string | undefined> {
    const { provisioning } = world.store
    const links = await provisioning.linksByTarget(world.job.jobId, write.objectType, [write.anchor])
    return links.get(write.anchor)?.sourceAnchor
  }

  /** Removals above the threshold wait for an administrator (spec section 8). */
  function judgeNumber(owner: string): void {
    const { removalsMax, windowHours } = company.rules
    if (removalsMax === null || approved.has(owner) || followed === 'plan') return
    removedNow.add(owner)
    const lately = [...removedAt].filter(
      ([who, at]) => windowHours !== null && !removedNow.has(who) && now() - at < windowHours * hourMs,
    ).length
    if (removedNow.size + lately > removalsMax)
      wrongs.push(
        `${String(removedNow.size)} removals in one cycle and ${String(lately)} before it, unasked; at most ${String(removalsMax)} are allowed`,
      )
  }

  return {
    wrongs,
    complain: (words) => void wrongs.push(words),
    follows: (what) => void (followed = what),
    demands(agreed) {
      isDemanded = true
      for (const owner of agreed) approved.add(owner)
    },
    async cycleBegins() {
      isDemanded = false
      since = company.moment
      company.note()
      removedNow = new Set()
      const held = await world.store.provisioning.heldRemovals(world.job.jobId)
      approved = new Set(held.filter((each) => each.state === 'approved').map((each) => each.sourceAnchor))
    },
    async comes(write) {
      if (company.rules.isReviewed && followed === 'cycle' && !isDemanded)
        wrongs.push(`${inWords(write)}: it was to wait for an answer`)
      // Taking back is the administrator's own doing: whoever it removes has not left.
      if (!isRemoval(write) || followed === 'undo') return
      const owner = await ownerOf(write)
      if (owner === undefined) {
        wrongs.push(`${inWords(write)}: that account is nobody's`)
        return
      }
      if (!company.hasLeftSince(owner, since)) wrongs.push(`${inWords(write)}: ${owner} never left`)
    },
    async noteRemoval(write) {
      if (!isRemoval(write)) return
      const owner = await ownerOf(write)
      if (owner === undefined) return
      if (followed !== 'undo') judgeNumber(owner)
      removedAt.set(owner, now())
    },
  }
}
