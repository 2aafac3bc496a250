/* The later rounds of a delta: what the journal has since the last one, an object once a page, as it is now. */
import type { DirectoryJournalEntry, DirectoryObject } from '../../store/store.ts'
import type { JsonObject } from '../../vocabulary/index.ts'
import { deltaItem, linkItems, removedItem, type DeltaPage, type DeltaRequest } from './delta-objects.ts'

/** Entries of the journal on a page; relations stop it earlier. */
const entriesMax = 500
const linksMax = 2000

/** What a page's entries say of one object, the later ones over the earlier. */
interface Changed {
  readonly attributes: Set<string>
  isNew: boolean
  /** As whoever asks knows it. */
  managerBefore: string | null
  /** By id: came, or went. */
  readonly members: Map<string, boolean>
  readonly owners: Map<string, boolean>
}

export async function changesPage(request: DeltaRequest & { readonly isMinimal: boolean }): Promise<DeltaPage> {
  const { directory, objectType, token } = request
  // Asked first: what is written meanwhile has a greater number, and is told in the next round.
  const { newest } = await directory.journalRange()
  const entries = await directory.journalAfter(objectType, token.since, entriesMax)
  const taken = withinRoom(entries)
  const isLast = entries.length < entriesMax && taken.length === entries.length
  const last = taken.at(-1)?.number ?? token.since
  const changed = merged(taken.filter(({ objectId }) => token.ids?.includes(objectId.toLowerCase()) ?? true))
  const objects = new Map((await directory.objects([...changed.keys()])).map((object) => [object.objectId, object]))
  const items: JsonObject[] = []
  for (const [objectId, change] of changed) {
    const object = objects.get(objectId)
    const item = object === undefined ? null : await changedItem(request, object, change)
    if (item !== null) items.push(item)
  }
  return { items, next: { ...token, since: isLast ? Math.max(last, newest) : last }, isLast }
}

function withinRoom(entries: readonly DirectoryJournalEntry[]): readonly DirectoryJournalEntry[] {
  let links = 0
  const end = entries.findIndex((entry) => {
    links += entry.membersAdded.length + entry.membersRemoved.length
    return links > linksMax
  })
  return end < 0 ? entries : entries.slice(0, Math.max(end, 1))
}

function merged(entries: readonly DirectoryJournalEntry[]): ReadonlyMap<string, Changed> {
  const byObject = new Map<string, Changed>()
  for (const entry of entries) {
    const change = byObject.get(entry.objectId) ?? {
      attributes: new Set(),
      isNew: false,
      managerBefore: null,
      members: new Map<string, boolean>(),
      owners: new Map<string, boolean>(),
    }
    byObject.set(entry.objectId, change)
    if (entry.attributes === 'all') change.isNew = true
    else {
      // The first change of the manager is the one that says whom the reader knows.
      if (!change.attributes.has('manager')) change.managerBefore = entry.managerBefore
      for (const name of entry.attributes) change.attributes.add(name)
    }
    for (const id of entry.membersRemoved) change.members.set(id, false)
    for (const id of entry.membersAdded) change.members.set(id, true)
    for (const id of entry.ownersRemoved) change.owners.set(id, false)
    for (const id of entry.ownersAdded) change.owners.set(id, true)
  }
  return byObject
}

/** `null` when nothing that is followed has changed. */
async function changedItem(
  request: DeltaRequest & { readonly isMinimal: boolean },
  object: DirectoryObject,
  change: Changed,
): Promise<JsonObject | null> {
  const { tracked, isMinimal } = request
  if (object.presence !== 'present') return change.isNew ? removedItem(object) : null
  const isTouched = (names: readonly string[] | undefined): boolean =>
    names?.some((name) => change.attributes.has(name)) ?? false
  const touched = tracked.properties.filter(({ codec }) => isTouched(codec?.names))
  const links = await linkChanges(request, object, change)
  if (!change.isNew && touched.length === 0 && Object.keys(links).length === 0) return null
  const shown = isMinimal && !change.isNew ? touched : tracked.properties
  return { ...deltaItem(object, shown, change.attributes), ...links }
}

async function linkChanges(
  { directory, tracked }: DeltaRequest,
  { attributes }: DirectoryObject,
  { isNew, managerBefore, members, owners, ...change }: Changed,
): Promise<JsonObject> {
  const found: Record<string, JsonObject[string]> = {}
  if (tracked.manager && (isNew || change.attributes.has('manager'))) {
    const { manager } = attributes
    const changes = new Map<string, boolean>()
    if (managerBefore !== null) changes.set(managerBefore, false)
    if (typeof manager === 'string') changes.set(manager, true)
    found['manager@delta'] = await relation(changes)
  }
  if (tracked.members && members.size > 0) found['members@delta'] = await relation(members)
  if (tracked.owners && owners.size > 0) found['owners@delta'] = await relation(owners)
  return Object.fromEntries(Object.entries(found).filter(([, items]) => Array.isArray(items) && items.length > 0))

  async function relation(changes: ReadonlyMap<string, boolean>): Promise<readonly JsonObject[]> {
    const ids = [...changes]
    return await linkItems(
      directory,
      ids.filter(([, isIn]) => isIn).map(([id]) => id),
      ids.filter(([, isIn]) => !isIn).map(([id]) => id),
    )
  }
}
