/*
 * The removals that were held while the objects had their turn: each is judged again by what the source says now, and all of
 * them by how many they are (spec section 8).
 */
import type { RemovalVerdict } from '../provisioning/index.ts'
import type { HeldRemoval } from '../vocabulary/index.ts'
import type { CycleContext } from './cycle-context.ts'
import type { HeldRemovals } from './held-removals.ts'
import type { PassOptions } from './object-run.ts'
import { recheckPass, removalPass, stagePass } from './passes.ts'
import type { PassRunner } from './run-pass.ts'

export async function decideRemovals(
  context: CycleContext,
  held: HeldRemovals,
  passes: PassRunner,
): Promise<RemovalVerdict> {
  async function runHeld(removals: readonly HeldRemoval[], pass: PassOptions): Promise<void> {
    for (const objectType of ['User', 'Group'] as const) {
      const anchors = removals.filter((each) => each.objectType === objectType).map((each) => each.sourceAnchor)
      await passes.runAgain(context, objectType, anchors, pass, false)
    }
  }
  // First what an administrator has agreed to: within the hours of the window it counts as done.
  await runHeld(held.approved(), removalPass)
  let verdict = await held.judge()
  if (verdict.kind === 'tooMany') {
    await runHeld(held.unanswered(), recheckPass)
    verdict = await held.judge()
  }
  await runHeld(held.unanswered(), verdict.kind === 'allowed' ? removalPass : stagePass)
  return verdict
}
