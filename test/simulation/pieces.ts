/*
 * Writes in pieces that can be compared: what a plan has and what the target has seen, in the same words, with people and
 * groups by their ids in the source.
 */
import type { PlannedWrite, TargetValue, TargetWrite } from '../../src/vocabulary/index.ts'
import { managerAttribute, type World } from '../builders/world.ts'

/** Source anchors of accounts and groups, by their anchor in the target. */
export type Names = Map<string, string>

export async function nameLinks({ store, job }: World, names: Names): Promise<void> {
  for (const objectType of ['User', 'Group'] as const) {
    const links = await store.provisioning.listLinks(job.jobId, { objectType, after: null, limit: 1000 })
    for (const link of links) names.set(link.targetAnchor, link.sourceAnchor)
  }
}

/** One write in pieces: what it does to whom, references and members each by itself. */
function piecesOf(write: TargetWrite, who: string, names: ReadonlyMap<string, string>): readonly string[] {
  const told = (anchor: TargetValue | undefined): string => names.get(String(anchor)) ?? String(anchor)
  if (write.kind === 'disable' || write.kind === 'delete') return [`${write.kind} ${who}`]
  const values: readonly (readonly [string, TargetValue | undefined])[] =
    write.kind === 'create'
      ? Object.entries(write.attributes)
      : write.changes.map((change) => [change.attribute, change.kind === 'set' ? change.value : undefined])
  const plain = values.filter(([name]) => name !== managerAttribute).map(([name, value]) => `${name}=${String(value)}`)
  const managers = values
    .filter(([name]) => name === managerAttribute)
    .map(([, value]) => `${who} under ${told(value)}`)
  const members = write.kind === 'update' ? write.members : undefined
  return [
    ...(plain.length > 0 || write.kind === 'create' ? [`${write.kind} ${who} ${plain.sort().join(', ')}`] : []),
    ...managers,
    ...(members?.add ?? []).map((member) => `${who} gets ${told(member)}`),
    ...(members?.remove ?? []).map((member) => `${who} loses ${told(member)}`),
  ]
}

export function plannedPieces(writes: readonly PlannedWrite[], names: Names): readonly string[] {
  return writes.flatMap(({ write, image, newcomers }) =>
    piecesOf(write, image.sourceAnchor, new Map([...names, ...Object.entries(newcomers)])),
  )
}

interface SeenWrite {
  readonly write: TargetWrite
  readonly receipt?: { readonly anchor: string }
}

/** Whoever was made and is not linked (the answer was lost) is nobody here. */
export function sentPieces(writes: readonly SeenWrite[], names: Names): readonly string[] {
  return writes.flatMap(({ write, receipt }) => {
    const anchor = write.kind === 'create' ? receipt?.anchor : write.anchor
    return piecesOf(write, names.get(anchor ?? '') ?? '(nobody)', names)
  })
}

export interface Applied {
  readonly planned: readonly string[]
  readonly sent: readonly string[]
}

const withoutOwner = (piece: string): string => piece.replace(/^create \S+ /, 'create ')

/** What was sent and not planned: a create whose answer was lost is compared without its owner. */
export function unplanned({ planned, sent }: Applied): readonly string[] {
  const known = new Set([...planned, ...planned.map(withoutOwner)])
  return sent.filter((piece) => !known.has(piece) && !(piece.includes('(nobody)') && known.has(withoutOwner(piece))))
}
