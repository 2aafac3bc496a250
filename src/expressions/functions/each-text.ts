/*
 * How string functions treat their source: null stays null (N1), a list is worked on value by value and stays a list
 * even with one value (T3), anything else becomes text first.
 */
import type { Evaluate, Run } from '../run.ts'
import { spread, toText } from '../values.ts'
import type { Site, Value } from '../values.ts'
import type { Argument } from './definition.ts'

export function eachText(source: Argument, site: Site, change: (text: string, run: Run) => string): Evaluate {
  const { evaluate } = source
  return (run) => {
    const value = evaluate(run)
    return typeof value === 'string' ? change(value, run) : changeOther(value, null, site, (text) => change(text, run))
  }
}

/** The same for functions that make `""` of null. */
export function eachTextOrEmpty(source: Argument, site: Site, change: (text: string, run: Run) => string): Evaluate {
  const { evaluate } = source
  return (run) => {
    const value = evaluate(run)
    return typeof value === 'string' ? change(value, run) : changeOther(value, '', site, (text) => change(text, run))
  }
}

/** The same for a value that is there already. */
export function changeEach(value: Value, site: Site, change: (text: string) => string): Value {
  return typeof value === 'string' ? change(value) : changeOther(value, null, site, change)
}

function changeOther(value: Value, ofNull: string | null, site: Site, change: (text: string) => string): Value {
  const values = spread(value)
  if (values !== null) return values.length === 0 ? ofNull : values.map(change)
  const text = toText(value, site)
  return text === null ? ofNull : change(text)
}
