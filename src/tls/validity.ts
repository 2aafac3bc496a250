/* How long certificates hold, and when it is said that one will not hold much longer. */

/** Browsers and systems refuse server certificates that hold longer than 398 days. */
export const certificateDays = { authority: 3650, server: 397, soon: 30 } as const

const dayMs = 86_400_000

export type Validity = 'valid' | 'endsSoon' | 'ended'

export function validityOf(expiresAt: number, now: number): Validity {
  if (expiresAt <= now) return 'ended'
  return expiresAt - now < certificateDays.soon * dayMs ? 'endsSoon' : 'valid'
}

/** Whole days that are left; 0 on the last one and after. */
export const daysLeft = (expiresAt: number, now: number): number => Math.max(0, Math.floor((expiresAt - now) / dayMs))
