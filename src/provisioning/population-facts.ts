/*
 * Who has what: how many people have each attribute, and what one of them has. For the lint, which says whom a mistake
 * concerns, and for whoever looks for the attribute that a mapping should read.
 */
import type { AttributeFact, PopulationFacts, SourceAttributes, TargetAttributes } from '../vocabulary/index.ts'

export interface FactsGathering {
  add(attributes: SourceAttributes | TargetAttributes): void
  facts(): PopulationFacts
}

/** An example is something to recognise a value by, not to read it through. */
const exampleLengthMax = 80

/** Attributes in `hidden` have no example: a mapping redacts them (expressions.md 8.1). */
export function gatherFacts(hidden: ReadonlySet<string>): FactsGathering {
  const counts = new Map<string, { people: number; readonly example: string | null }>()
  let people = 0
  return {
    add(attributes) {
      people += 1
      for (const [name, value] of Object.entries(attributes)) {
        if (value === null || value === '' || (typeof value === 'object' && value.length === 0)) continue
        const known = counts.get(name)
        if (known !== undefined) known.people += 1
        else counts.set(name, { people: 1, example: hidden.has(name) ? null : exampleOf(value) })
      }
    },
    facts: () => ({ people, attributes: new Map<string, AttributeFact>(counts) }),
  }
}

function exampleOf(value: Exclude<SourceAttributes[string], null>): string {
  const text =
    typeof value === 'boolean'
      ? value
        ? 'True'
        : 'False'
      : typeof value === 'object'
        ? value.join(', ')
        : String(value)
  const characters = [...text]
  return characters.length <= exampleLengthMax ? text : `${characters.slice(0, exampleLengthMax - 1).join('')}…`
}
