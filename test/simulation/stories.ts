/* The kinds of story a seed may tell, each with what must be true in the end. */
import fc from 'fast-check'
import { aCalmHistory, aCompany, anAnsweredHistory, anOrder, aSetting, aTroubledHistory } from './chances.ts'
import { pictureOf, wrongsAtRest } from './expectations.ts'
import type { Change, History, Setting } from './history.ts'
import { begin, play, type Life, type Place } from './live.ts'
import { planAndCycle } from './plans.ts'
import { settle, unrest } from './settle.ts'

export type Tale =
  /** With everything that can go wrong: at rest, all is as it should be. */
  | { readonly kind: 'troubled'; readonly history: History }
  /** The same with the real connector and the simulated Slack, as far as these go wrong in that way. */
  | { readonly kind: 'slack'; readonly history: History }
  /** The same with an administrator who keeps plans, takes cycles back, lets them wait and asks for people at once. */
  | { readonly kind: 'answered'; readonly history: History }
  /** Nothing goes wrong: two more cycles are enough. */
  | { readonly kind: 'calm'; readonly history: History }
  /** After any trouble, a plan says what the cycle then does, and writes nothing. */
  | { readonly kind: 'planned'; readonly history: History; readonly changes: readonly Change[] }
  /** In whatever order the feed reports them, everybody ends the same. */
  | {
      readonly kind: 'ordered'
      readonly company: readonly Change[]
      readonly orders: readonly [readonly number[], readonly number[]]
      readonly settings: readonly [Setting, Setting]
    }

export interface Ending {
  readonly wrongs: readonly string[]
  readonly story: readonly string[]
  /** As in `Life`. */
  readonly happened: Readonly<Record<string, number>>
}

const aTale: fc.Arbitrary<Tale> = fc.oneof(
  { weight: 14, arbitrary: fc.record({ kind: fc.constant('troubled' as const), history: aTroubledHistory }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('calm' as const), history: aCalmHistory }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('planned' as const), history: aTroubledHistory, changes: aCompany }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('ordered' as const),
      company: aCompany,
      orders: fc.tuple(anOrder, anOrder),
      settings: fc.tuple(aSetting, aSetting),
    }),
  },
)

/** Slower than the others: one seed of so many tells it. */
const slackEvery = 50
/** Seeds that end in this digit tell of an administrator's answers. */
const answeredDigit = 6

export function taleOf(seed: number): fc.Arbitrary<Tale> {
  if (seed % slackEvery === 0) return fc.record({ kind: fc.constant('slack' as const), history: aTroubledHistory })
  if (seed % 10 === answeredDigit)
    return fc.record({ kind: fc.constant('answered' as const), history: anAnsweredHistory })
  return aTale
}

async function inLife(beginning: Promise<Life>, live: (life: Life) => Promise<readonly string[]>): Promise<Ending> {
  const life = await beginning
  try {
    const wrongs = await live(life)
    return { wrongs, story: life.story, happened: Object.fromEntries(life.happened) }
  } finally {
    await life.world.close()
  }
}

/** Somebody whose next attempt is hours away: what the target will say to others because of it, no plan can know. */
async function hasLongFailures({ world, ports }: Life): Promise<boolean> {
  const { provisioning } = world.store
  const due = await provisioning.escrowDue(world.job.jobId, ports.clock.now(), 1000)
  return (await provisioning.countEscrow(world.job.jobId)) > due.length
}

async function troubled(history: History, place: Place): Promise<Ending> {
  return await inLife(play(history, place), async (life) => {
    await settle(life)
    const wrongs = await wrongsAtRest(life)
    return wrongs.length > 0 ? wrongs : await unrest(life)
  })
}

/** Somebody may need a second one: who is hired again on the day of being deleted waits for the old account to be given up. */
async function calm(history: History): Promise<Ending> {
  return await inLife(play(history), async (life) => {
    await life.cycle()
    await life.cycle()
    await life.decide({ kind: 'approve' })
    await life.cycle()
    await life.decide({ kind: 'approve' })
    await life.cycle()
    const wrongs = await wrongsAtRest(life)
    return wrongs.length > 0 ? wrongs : await unrest(life)
  })
}

async function planned({ history, changes }: Extract<Tale, { kind: 'planned' }>): Promise<Ending> {
  // With several writes on their way it is chance whether a manager is there when the first report is written, or whether
  // the reference follows in a write of its own: the plan would be as right as the cycle, in other words.
  const setting = { ...history.setting, concurrency: 1 }
  return await inLife(play({ ...history, setting }), async (life) => {
    // Who has another id in the target is refused there; how, no plan can know.
    if (life.debts.links) return []
    const wrongs: string[] = []
    // Nor what it says to others of whom it has deactivated without a word.
    if (life.debts.evaluation || (await hasLongFailures(life))) await settle(life)
    // What became of a write that nobody answered is told with the next cycle, in an entry of its own.
    const { store, job } = life.world
    if ((await store.provisioning.openWrites(job.jobId)).length > 0) await life.cycle()
    for (const change of changes) await life.change(change)
    for (let cycle = 0; cycle < 2; cycle += 1) {
      life.world.target.forgetCalls()
      const { sent, planned: said, done } = await planAndCycle(life)
      if (sent.length > 0) wrongs.push(`the plan sent ${JSON.stringify(sent)}`)
      for (const line of said) if (!done.includes(line)) wrongs.push(`planned and not done: ${line}`)
      for (const line of done) if (!said.includes(line)) wrongs.push(`done and not planned: ${line}`)
      await life.decide({ kind: 'restart' })
    }
    return wrongs
  })
}

async function ordered({ company, orders, settings }: Extract<Tale, { kind: 'ordered' }>): Promise<Ending> {
  const pictures: (readonly string[])[] = []
  const wrongs: string[] = []
  const story: string[] = []
  // Of two who want one name, the first in the feed gets it: names are compared where nobody collides.
  const { accountsBefore, groupsBefore } = settings[0]
  const same = { accountsBefore, groupsBefore, namesAreAllotted: false, crowd: 0 }
  for (const [index, order] of orders.entries()) {
    const setting = { ...settings[index === 0 ? 0 : 1], ...same }
    const ending = await inLife(begin({ steps: [], setting }), async (life) => {
      for (const change of company) await life.change(change)
      await life.reorder(order)
      await life.cycle()
      pictures.push(pictureOf(life))
      return await wrongsAtRest(life)
    })
    wrongs.push(...ending.wrongs)
    story.push(...ending.story)
  }
  const [one = [], other = []] = pictures
  if (JSON.stringify(one) !== JSON.stringify(other))
    wrongs.push(`in another order: ${one.join(' ')} became ${other.join(' ')}`)
  return { wrongs, story, happened: {} }
}

/** Plays it to its end. What the engine throws out of turn is a wrong like any other. */
export async function tell(tale: Tale): Promise<Ending> {
  switch (tale.kind) {
    case 'troubled':
    case 'answered':
      return await troubled(tale.history, 'memory')
    case 'slack':
      return await troubled(tale.history, 'slack')
    case 'calm':
      return await calm(tale.history)
    case 'planned':
      return await planned(tale)
    case 'ordered':
      return await ordered(tale)
  }
}
