/*
 * Who leaves does not wait behind those who join: in a long cycle removals are carried out as soon as they are seen in the
 * feed, also in the part that the cycle has not come to, as long as there are not too many of them (spec section 8). Who has
 * an account and changes while the cycle goes on does not wait for its end either.
 */
import type { SourceConnector } from '../connectors/source.ts'
import { scopeObject, type CompiledSchema, type RemovalVerdict } from '../provisioning/index.ts'
import type { Clock, JobSettings, SourceObject, StopSignal } from '../vocabulary/index.ts'
import type { Compute } from './give-way.ts'
import type { Ledger } from './ledger.ts'

/** Fewer objects are done within a burst of any target, so that nobody waits long. */
const longCycleFrom = 20
/** How soon a change that comes meanwhile is looked for. */
const lookAgainMs = 400

export interface LeaversFirstOptions {
  readonly source: SourceConnector
  readonly ledger: Ledger
  readonly schema: CompiledSchema
  readonly settings: JobSettings
  readonly clock: Clock
  readonly compute: Compute
  readonly pageSize: number
  /** Judges so many removals more than those that wait and those carried out already. */
  readonly judge: (more: number) => Promise<RemovalVerdict>
  /** People as they are now; who is gone for good is among them. */
  readonly read: (anchors: readonly string[]) => Promise<readonly SourceObject[]>
  /** Carries removals out. */
  readonly remove: (leavers: readonly SourceObject[]) => Promise<void>
  /** Takes people who have an account as they are now. */
  readonly renew: (anchors: readonly string[]) => Promise<void>
}

export interface LeaversFirst {
  /** Whose removals have been carried out so far. */
  readonly gone: ReadonlySet<string>
  /** In a cycle of so many objects somebody would wait. */
  isWorthIt(objectsKnown: number): boolean
  /** Removes the leavers of these objects when they may go now; gives back who is left to be taken in turn. */
  firstOf(objects: readonly SourceObject[], objectsKnown: number): Promise<readonly SourceObject[]>
  /** Looks through the feed behind the watermark, and at what comes meanwhile, until stopped. */
  watch(watermark: string, objectsKnown: number, stop: StopSignal): Promise<void>
}

export function createLeaversFirst(options: LeaversFirstOptions): LeaversFirst {
  const { source, ledger, schema, settings, clock, compute, judge } = options
  const removed = new Set<string>()
  const isWorthIt = (objectsKnown: number): boolean => objectsKnown > longCycleFrom

  async function isLeaving(object: SourceObject): Promise<boolean> {
    const mapping = schema.objectMappings.get(object.objectType)
    if (object.objectType !== 'User' || mapping === undefined || !mapping.enabled) return false
    const scoped = await compute(() => scopeObject(object, mapping, settings))
    return scoped.kind === 'decided' && !scoped.decision.inScope
  }

  let earlier: Promise<void> = Promise.resolve()

  /** One lot after the other: who goes on afterwards, goes on when these leavers are gone, in a plan as in the run. */
  function removeLeavers(objects: readonly SourceObject[]): Promise<void> {
    const mine = earlier.then(() => removeTheseLeavers(objects))
    // Each caller hears of its own failure.
    earlier = mine.catch(() => undefined)
    return mine
  }

  async function removeTheseLeavers(objects: readonly SourceObject[]): Promise<void> {
    const people = objects.filter((object) => object.objectType === 'User' && !removed.has(object.anchor))
    if (people.length === 0) return
    const leaving: SourceObject[] = []
    for (const each of people) if (await isLeaving(each)) leaving.push(each)
    const links = await ledger.linksBySource(
      'User',
      leaving.map((each) => each.anchor),
    )
    const leavers = leaving.filter(({ anchor }) => links.get(anchor)?.isActive === true && !removed.has(anchor))
    if (leavers.length === 0 || (await judge(leavers.length)).kind === 'tooMany') return
    for (const { anchor } of leavers) removed.add(anchor)
    await options.remove(leavers)
  }

  /** What changes during the cycle lies behind everything it has before it. */
  async function renewLinked(objects: readonly SourceObject[]): Promise<void> {
    const staying: string[] = []
    for (const each of objects) if (each.objectType === 'User' && !(await isLeaving(each))) staying.push(each.anchor)
    const links = await ledger.linksBySource('User', staying)
    if (links.size > 0) await options.renew([...links.keys()])
  }

  /** Whoever has an account and leaves: quicker than the feed when there are fewer of them than changes. */
  async function lookThroughLinks(stop: StopSignal): Promise<void> {
    for (let after: string | null = null; !stop.aborted;) {
      const links = await ledger.listLinks('User', after, options.pageSize)
      const active = links.filter((link) => link.isActive).map((link) => link.sourceAnchor)
      if (active.length > 0) await removeLeavers(await options.read(active))
      after = links.at(-1)?.sourceAnchor ?? null
      if (links.length < options.pageSize) return
    }
  }

  async function lookThroughFeed(watermark: string, stop: StopSignal): Promise<void> {
    for await (const page of source.readChanges({ watermark, pageSize: options.pageSize })) {
      if (stop.aborted) return
      await removeLeavers(page.objects)
    }
  }

  return {
    gone: removed,
    isWorthIt,
    async firstOf(objects, objectsKnown) {
      if (!isWorthIt(objectsKnown)) return objects
      await removeLeavers(objects)
      const inTurn: SourceObject[] = []
      // Whoever is in scope again by now is taken like everybody.
      for (const object of objects) if (!removed.has(object.anchor) || !(await isLeaving(object))) inTurn.push(object)
      return inTurn
    },
    async watch(watermark, objectsKnown, stop) {
      // Before what is there already is looked through: what comes meanwhile is not missed.
      let position = await source.newestWatermark()
      if ((await ledger.countManaged()) < objectsKnown) await lookThroughLinks(stop)
      else await lookThroughFeed(watermark, stop)
      while (!stop.aborted) {
        for await (const page of source.readChanges({ watermark: position, pageSize: options.pageSize })) {
          if (stop.aborted) return
          await removeLeavers(page.objects)
          await renewLinked(page.objects)
          position = page.watermark
        }
        await clock.sleep(lookAgainMs, stop).catch((error: unknown) => {
          if (!stop.aborted) throw error
        })
      }
    },
  }
}
