/*
 * When references and members are written that had to wait: beside the objects as soon as they can be, each kind on a lane
 * and a budget of its own (slack.md 6.3); the rest when all objects have had their turn.
 */
import type { ChangePage } from '../connectors/source.ts'
import type { ObjectTypeName } from '../vocabulary/index.ts'
import type { CycleContext } from './cycle-context.ts'
import type { StillToWrite } from './still-to-write.ts'
import type { Ledger } from './ledger.ts'
import { membershipPass, quietMembershipPass, referencePass } from './passes.ts'
import type { PassRunner } from './run-pass.ts'
import type { SideLane } from './side-lane.ts'

/** Links read at once. */
const atOnce = 500

export interface LateWork {
  notePage(page: Pick<ChangePage, 'isLast'>): void
  /** Objects of this type are about to have their turn. */
  noteBatch(objectType: ObjectTypeName): void
  /** Begins what can be written by now, and does not wait for it. */
  beginBeside(context: CycleContext): void
  /** Writes all that is left. */
  finish(context: CycleContext): Promise<void>
}

export function createLateWork({
  toWrite,
  lanes,
  passes,
  ledger,
  isResumed,
}: {
  readonly toWrite: StillToWrite
  readonly lanes: { readonly references: SideLane; readonly memberships: SideLane }
  readonly passes: PassRunner
  readonly ledger: Ledger
  /** Of the groups that the first half of the cycle had in mind its memory is gone. */
  readonly isResumed: boolean
}): LateWork {
  let isLastPage = false
  /** All users of the feed have had their turn, so that groups need not wait with their members. */
  let usersAreDone = false

  const writeReferences = (context: CycleContext): Promise<void> =>
    passes.runAll(context, 'User', toWrite.references, referencePass)
  const writeMemberships = (context: CycleContext): Promise<void> =>
    passes.runAll(context, 'Group', toWrite.memberships, membershipPass)

  return {
    notePage({ isLast }) {
      isLastPage = isLast
    },
    noteBatch(objectType) {
      if (objectType === 'Group') usersAreDone = isLastPage
    },
    beginBeside(context) {
      if (toWrite.references.size > 0) lanes.references.start(() => writeReferences(context))
      if (usersAreDone && toWrite.memberships.size > 0) lanes.memberships.start(() => writeMemberships(context))
    },
    async finish(context) {
      if (isResumed) for (const anchor of await allLinkedGroups(ledger)) toWrite.membershipsToCheck.add(anchor)
      await toWrite.addOverdue()
      await lanes.references.settle()
      await writeReferences(context)
      await lanes.memberships.settle()
      const onlyToCheck = [...toWrite.membershipsToCheck].filter((anchor) => !toWrite.memberships.has(anchor))
      await writeMemberships(context)
      await passes.runAgain(context, 'Group', onlyToCheck, quietMembershipPass, false)
    },
  }
}

async function allLinkedGroups(ledger: Ledger): Promise<readonly string[]> {
  const anchors: string[] = []
  let after: string | null = null
  for (;;) {
    const page = await ledger.listLinks('Group', after, atOnce)
    anchors.push(...page.map((link) => link.sourceAnchor))
    const last = page.at(-1)
    if (last === undefined) return anchors
    after = last.sourceAnchor
  }
}
