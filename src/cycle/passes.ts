/* The passes of a cycle that an object may go through: each object the first, some come again for what had to wait. */
import type { PassOptions } from './object-run.ts'

export const firstPass: PassOptions = { removals: 'hold', memberships: 'later', quietWhenSame: 'onceToldOf' }
export const referencePass: PassOptions = { removals: 'hold', memberships: 'later', quietWhenSame: true }
export const membershipPass: PassOptions = { removals: 'hold', memberships: 'now', quietWhenSame: false }
/** For groups that are looked at without a change of their own. */
export const quietMembershipPass: PassOptions = { ...membershipPass, quietWhenSame: true }
/** Who has come back since is released. */
export const recheckPass: PassOptions = { ...firstPass, quietWhenSame: true }
export const removalPass: PassOptions = { ...firstPass, removals: 'carryOut' }
export const stagePass: PassOptions = { ...firstPass, removals: 'stage' }
