/*
 * What a bench is and answers. A bench is a file of this folder that exports `name` and `run`.
 */

export interface BenchFigure {
  readonly name: string
  /** The bench's own median over its runs. */
  readonly value: number
  readonly unit: string
  /** In words, e.g. `at least 1000`; `null` for a figure that is only watched. */
  readonly goal: string | null
  readonly met: boolean
}

export interface Bench {
  readonly name: string
  readonly run: () => Promise<readonly BenchFigure[]>
}

/** A figure of which nobody needs fractions. */
export const wholeFigure = (
  name: string,
  value: number,
  unit: string,
  goal: string | null,
  met: boolean,
): BenchFigure => ({ name, value: Math.round(value), unit, goal, met })
