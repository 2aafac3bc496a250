/* One seed: the tale it draws, how it ends, and, when it ends badly, the smallest tale that ends badly too. */
import fc from 'fast-check'
import { taleOf, tell, type Ending, type Tale } from './stories.ts'

export interface SeedResult {
  readonly seed: number
  readonly kind: Tale['kind']
  readonly wrongs: readonly string[]
  readonly story: readonly string[]
  readonly happened: Ending['happened']
}

export interface Smallest {
  readonly tale: Tale
  readonly ending: Ending
}

/** How long a smaller tale is looked for. */
const shrinkForMs = 60_000

function drawTale(seed: number): Tale {
  const [tale] = fc.sample(fc.noBias(taleOf(seed)), { seed, numRuns: 1 })
  if (tale === undefined) throw new Error(`seed ${String(seed)} draws nothing`)
  return tale
}

async function endOf(tale: Tale): Promise<Ending> {
  try {
    return await tell(tale)
  } catch (error) {
    const words = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return { wrongs: [`thrown: ${words}`], story: [], happened: {} }
  }
}

export async function runSeed(seed: number): Promise<SeedResult> {
  const tale = drawTale(seed)
  return { seed, kind: tale.kind, ...(await endOf(tale)) }
}

/** `null` when the seed ends well. */
export async function shrinkSeed(seed: number): Promise<Smallest | null> {
  const property = fc.asyncProperty(fc.noBias(taleOf(seed)), async (tale) => (await endOf(tale)).wrongs.length === 0)
  const details = await fc.check(property, { seed, numRuns: 1, interruptAfterTimeLimit: shrinkForMs })
  const [tale] = details.counterexample ?? []
  return tale === undefined ? null : { tale, ending: await endOf(tale) }
}
