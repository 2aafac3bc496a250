/*
 * Brings one feed of the tenant up to date: reads its pages, looks for whoever seems to be gone, ends the round. Stopped
 * anywhere, it goes on from the last page that was stored.
 */
import type { Mirror } from '../../directory/index.ts'
import { ConnectorError, type Clock, type MirrorFeed, type MirrorFeedName } from '../../vocabulary/index.ts'
import type { GraphClient } from './graph-client.ts'
import { readList } from './read-list.ts'
import { isPersonOrGroup, readPage } from './read-page.ts'
import { findWhereabouts } from './whereabouts.ts'

export interface FollowPorts {
  readonly client: GraphClient
  readonly mirror: Mirror
  readonly clock: Clock
  /** How many may be missing at once because an administrator has said so; `null`: nobody has. */
  readonly confirmedLoss: () => Promise<number | null>
}

/** Up to this many missing are looked for without asking; above, this share of everybody. */
export const believableLoss = 10
const believableShare = 0.2
const batchMax = 200
/** Rounds over everything in one go: a tenant that forgets more often is left alone. */
const fullRoundsMax = 3

/** A reading lacks more than is believable; nobody is taken out because of it. */
export class UnbelievableReadingError extends ConnectorError {
  readonly missing: number
  constructor(what: string, missing: number, all: number, consequence: string) {
    super(
      `The tenant's ${what}: ${String(missing)} of ${String(all)} are suddenly missing. ${consequence} That is more than is believed without being asked, so nothing is taken over and nobody leaves; it is read again. If it is right, say so: muster source confirm --missing ${String(missing)}`,
      { code: 'UnprocessableEntity', scope: 'job', retry: 'nextCycle' },
    )
    this.missing = missing
  }
}

/** The feed, with everything Graph tells of it. `select`: what it has to be asked for. */
export async function followFeed(
  ports: FollowPorts,
  name: MirrorFeedName,
  select: readonly string[],
  onProgress: (feed: MirrorFeed) => void,
): Promise<MirrorFeed> {
  const { client, mirror, clock } = ports
  const beginFull = async (): Promise<MirrorFeed> =>
    mirror.beginRound(name, {
      kind: 'full',
      link: null,
      select,
      expected: await countOf(client, name),
      beganAt: clock.now(),
    })
  let feed = await mirror.feed(name)
  const covers = (each: MirrorFeed): boolean => select.every((property) => each.select.includes(property))
  if (feed === null || !covers(feed)) feed = await beginFull()
  else if (feed.phase === 'done') {
    const { link, select: asked } = feed
    feed = await mirror.beginRound(name, { kind: 'changes', link, select: asked, expected: null, beganAt: clock.now() })
  }
  let fullRounds = 0
  const been = new Set<string>()
  while (feed.phase === 'reading') {
    onProgress(feed)
    refuseCircle(feed, been)
    const read = await readPage(client, feed)
    if (read.kind === 'page') {
      feed = (await mirror.storePage(feed, read.page, read.next)).feed
      continue
    }
    fullRounds += 1
    if (fullRounds > fullRoundsMax) throw circle(name, 'forgets each place as soon as it has named it')
    been.clear()
    feed = await beginFull()
  }
  if (feed.phase === 'comparing') {
    onProgress(feed)
    await compare(ports, feed, beginFull)
    feed = await mirror.endRound(feed, clock.now())
  }
  onProgress(feed)
  return feed
}

function circle(name: MirrorFeedName, found: string): ConnectorError {
  return new ConnectorError(
    `The tenant's feed of ${name} ${found}, so it does not come to an end. Nothing is concluded from that; it is read again.`,
    { code: 'WebExceptionProtocolError', scope: 'job', retry: 'nextCycle' },
  )
}

function refuseCircle({ name, link }: MirrorFeed, been: Set<string>): void {
  if (link === null) return
  if (been.has(link)) throw circle(name, 'leads back to a page that was read')
  been.add(link)
}

/** For progress only: a tenant that does not say is none the worse. */
async function countOf(client: GraphClient, name: MirrorFeedName): Promise<number | null> {
  const reading = await client.read(`/${name}?$top=1&$select=id&$count=true`, { consistencylevel: 'eventual' })
  const count = reading.status === 200 ? reading.body['@odata.count'] : undefined
  return typeof count === 'number' ? count : null
}

/** Whoever seems to be gone is asked for one by one, and groups that are told in two ways are read whole. */
async function compare(ports: FollowPorts, feed: MirrorFeed, beginFull: () => Promise<MirrorFeed>): Promise<void> {
  const { client, mirror, clock, confirmedLoss } = ports
  const { all, unseen } = await mirror.countUnseen(feed)
  if (unseen > Math.max(believableLoss, Math.floor(all * believableShare)) && unseen > ((await confirmedLoss()) ?? 0)) {
    // What was read is not believed, so it is not gone on from either.
    await beginFull()
    const consequence =
      feed.name === 'users'
        ? 'Their accounts would be disabled.'
        : 'Whoever has an account because of them would lose it.'
    throw new UnbelievableReadingError(feed.name, unseen, all, consequence)
  }
  for (let after: string | null = null; ;) {
    const ids: readonly string[] = await mirror.candidates(feed, after, batchMax)
    if (ids.length > 0)
      await mirror.storeWhereabouts(feed, await findWhereabouts(client, clock, feed.name, ids), clock.now())
    after = ids.at(-1) ?? null
    if (after === null || ids.length < batchMax) break
  }
  for (const groupId of await mirror.groupsToRead(feed)) {
    const id = encodeURIComponent(groupId)
    const members = await readList(client, `/groups/${id}/members?$select=id&$top=999`, 'members of a group')
    // Who has gone meanwhile comes as gone in the next round.
    if (members === null) continue
    const memberIds = members
      .filter(isPersonOrGroup)
      .flatMap((each) => (typeof each['id'] === 'string' ? each['id'] : []))
    await mirror.storeMembers(groupId, memberIds)
  }
}
