/* The troubles of one cycle that are still to come: each waits for its point, and for something it can happen to. */
import type { Misfortune, Trouble } from './history.ts'

type OfKind<K extends Misfortune['kind']> = Extract<Misfortune, { readonly kind: K }>

export interface Luck {
  /** The newest point. */
  readonly number: number
  nextNumber(): number
  /** Takes the earliest trouble of this kind whose point has come, if it fits. */
  take<K extends Misfortune['kind']>(kind: K, fits?: (misfortune: OfKind<K>) => boolean): OfKind<K> | undefined
  /** The same for what happens at its own point only. */
  takeAt<K extends Misfortune['kind']>(kind: K, number: number): OfKind<K> | undefined
}

/** What a misfortune is counted as: `write: timeout, took effect`. */
export function nameOf(misfortune: Misfortune): string {
  if (!('fault' in misfortune)) return misfortune.kind
  const { fault } = misfortune
  const effect = 'tookEffect' in fault && fault.tookEffect ? ', took effect' : ''
  return `${misfortune.kind}: ${fault.kind}${effect}`
}

export function createLuck(troubles: readonly Trouble[], onTaken: (misfortune: Misfortune) => void): Luck {
  let number = 0
  const pending = [...troubles].sort((one, other) => one.at - other.at)

  function takeFirst<K extends Misfortune['kind']>(
    kind: K,
    isDue: (trouble: Trouble) => boolean,
    fits: (misfortune: OfKind<K>) => boolean,
  ): OfKind<K> | undefined {
    for (const [index, trouble] of pending.entries()) {
      const { misfortune } = trouble
      if (misfortune.kind !== kind || !isDue(trouble) || !fits(misfortune as OfKind<K>)) continue
      pending.splice(index, 1)
      onTaken(misfortune)
      return misfortune as OfKind<K>
    }
    return undefined
  }

  return {
    get number() {
      return number
    },
    nextNumber() {
      number += 1
      return number
    },
    take: (kind, fits = () => true) => takeFirst(kind, (trouble) => trouble.at <= number, fits),
    takeAt: (kind, at) =>
      takeFirst(
        kind,
        (trouble) => trouble.at === at,
        () => true,
      ),
  }
}
