/* What the store remembers of each write: one image with one entry of the log, compared with what the target has seen. */
import type { Life } from './live.ts'

/** Every write that changed something has one image, with what was there before. Reads the writes that are still recorded. */
export async function unrememberedWrites({ world, target }: Life): Promise<readonly string[]> {
  const { images } = await world.store.provisioning.beforeImages({ jobId: world.job.jobId, limit: 100_000 })
  const told = new Map<string, string[]>()
  for (const { targetAnchor, image } of images.toReversed()) {
    const changes = changesIn(image.before, image.after, image.membersAdded, image.membersRemoved)
    if (changes !== '{}') told.set(targetAnchor, [...(told.get(targetAnchor) ?? []), `${image.kind} ${changes}`])
  }
  // Whom a deactivation has dropped from a group is told with it.
  const dropped = new Set(
    images.flatMap(({ targetAnchor, image }) =>
      image.membershipsLost.map((group) => `${group.targetAnchor} ${targetAnchor}`),
    ),
  )
  const done = new Map<string, Alternatives[]>()
  for (const { write, outcome, before, receipt } of target.writes) {
    if (outcome === 'refused' || receipt === undefined) continue
    const { anchor } = receipt
    const { members: earlier, ...was } = before?.attributes ?? {}
    const { members: later, ...is } = write.kind === 'delete' ? {} : (receipt.object?.attributes ?? {})
    const left = asList(earlier).filter((member) => !asList(later).includes(member))
    const come = asList(later).filter((member) => !asList(earlier).includes(member))
    const isDropped = (member: string): boolean => dropped.has(`${anchor} ${member}`)
    // Not once more with a write that was never answered for.
    const kept = left.filter((member) => outcome !== 'lost' || !isDropped(member))
    // But with one that was, and came too late to do it: the target does not say whether it did.
    const { remove = [] } = (write.kind === 'update' ? write.members : undefined) ?? {}
    const asked = [...new Set([...left, ...remove.filter((member) => outcome === 'done' && isDropped(member))])]
    const changes = [...new Set([left, kept, asked].map((gone) => changesIn(was, is, come, gone)))]
    const theirs = done.get(anchor) ?? []
    const last = theirs.at(-1)
    // Whether an account that stays there inactive was deleted before, nobody can see: it is done again, and told once.
    if (write.kind === 'delete' && was['active'] === false && last?.[0]?.startsWith('delete') === true) last.push(null)
    done.set(anchor, [...theirs, changes.map((each) => (each === '{}' ? null : `${write.kind} ${each}`))])
  }
  return [...new Set([...told.keys(), ...done.keys()])].flatMap((anchor) => {
    const [mine, theirs] = [told.get(anchor) ?? [], done.get(anchor) ?? []]
    return agree(mine, theirs) ? [] : [JSON.stringify({ anchor, told: mine, done: theirs }, null, 1)]
  })
}

/** In which words a write may be told; `null`: it may be left out. */
type Alternatives = (string | null)[]

function agree(told: readonly string[], done: readonly Alternatives[]): boolean {
  const [first, ...others] = done
  if (first === undefined) return told.length === 0
  return first.some((each) => (each === null ? agree(told, others) : told[0] === each && agree(told.slice(1), others)))
}

const writeActions: ReadonlySet<string> = new Set(['create', 'update', 'disable', 'delete'])

/**
 * Every entry of a write that was done has its image. What was to be deleted and was gone already needs none, and neither
 * does an account that was taken over as it was: nothing was sent.
 */
export async function entriesWithoutImage({ world }: Life): Promise<readonly string[]> {
  const { jobId } = world.job
  const { images } = await world.store.provisioning.beforeImages({ jobId, limit: 100_000 })
  const { entries } = await world.store.provisioning.queryLog({ jobId, limit: 100_000 })
  const imageOf = new Map(images.map(({ entryId, image }) => [entryId, image]))
  return entries.flatMap(({ id, targetIdentity, modifiedProperties, ...entry }) => {
    const { status } = entry.provisioningStatusInfo
    const action = entry.provisioningAction
    const isDone = (status === 'success' || status === 'warning') && writeActions.has(action)
    const image = imageOf.get(id)
    if (isDone && image === undefined && action !== 'delete' && modifiedProperties.length > 0)
      return [`${action} ${targetIdentity.id}: an entry without an image`]
    return image !== undefined && (!isDone || image.kind !== action)
      ? [`${action} ${targetIdentity.id} (${status}): the image of a ${image.kind}`]
      : []
  })
}

const asList = (value: unknown): readonly string[] => (Array.isArray(value) ? (value as readonly string[]) : [])

function changesIn(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
  come: readonly string[],
  left: readonly string[],
): string {
  const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .sort()
    .filter((name) => JSON.stringify(before[name] ?? null) !== JSON.stringify(after[name] ?? null))
    .map((name) => [name, [before[name] ?? null, after[name] ?? null]])
  return JSON.stringify({
    ...Object.fromEntries(changed),
    ...(come.length > 0 ? { come: [...come].sort() } : {}),
    ...(left.length > 0 ? { left: [...left].sort() } : {}),
  })
}
