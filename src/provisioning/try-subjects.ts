/*
 * Chooses a few objects to try an expression on when nobody was named: one that has everything it reads, and those that
 * lack something of it, because that is where expressions go wrong.
 */
import { compileExpression } from '../expressions/index.ts'
import type { SourceAttributes, SourceObject } from '../vocabulary/index.ts'

export interface ChosenSubject {
  readonly object: SourceObject
  readonly because: string
}

/** Given to each expression whatever the source holds. */
const computed: ReadonlySet<string> = new Set(['objectId', 'IsSoftDeleted', 'appRoleAssignments'])

function has(attributes: SourceAttributes, name: string): boolean {
  const value = attributes[name]
  return value !== undefined && value !== null && value !== '' && !(typeof value === 'object' && value.length === 0)
}

/** In the order of the candidates; those who are active come before the others. */
export function chooseSubjects(
  expression: string,
  candidates: readonly SourceObject[],
  subjectsMax: number,
): readonly ChosenSubject[] {
  const compiled = compileExpression(expression)
  const reads = compiled.ok ? compiled.value.attributes.filter((name) => !computed.has(name)) : []
  const active = candidates.filter((each) => each.attributes['accountEnabled'] !== false)
  const ordered = [...active, ...candidates.filter((each) => !active.includes(each))]
  const chosen: ChosenSubject[] = []
  const take = (because: string, fits: (object: SourceObject) => boolean): void => {
    const object = ordered.find((each) => fits(each) && !chosen.some((one) => one.object === each))
    if (object !== undefined && chosen.length < subjectsMax) chosen.push({ object, because })
  }
  take(reads.length === 0 ? 'the first there is' : 'has everything the expression reads', ({ attributes }) =>
    reads.every((name) => has(attributes, name)),
  )
  for (const name of reads) take(`has no ${name}`, ({ attributes }) => !has(attributes, name))
  while (chosen.length < Math.min(subjectsMax, ordered.length)) take('one more', () => true)
  return chosen
}
