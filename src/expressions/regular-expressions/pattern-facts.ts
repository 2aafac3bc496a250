/*
 * What can be told about a pattern from its tree: where a match can begin, whether it can be empty, whether a failure may
 * be remembered.
 */
import { everything, nothing, union } from './character-set.ts'
import type { CharacterSet } from './character-set.ts'
import type { PatternNode } from './pattern.ts'

/** Whether the node can match without taking a character. */
export function mayBeEmpty(node: PatternNode): boolean {
  switch (node.type) {
    case 'set':
      return false
    case 'empty':
    case 'reference':
    case 'assertion':
    case 'look':
      return true
    case 'sequence':
      return node.items.every(mayBeEmpty)
    case 'choice':
      return node.items.some(mayBeEmpty)
    case 'group':
    case 'atomic':
      return mayBeEmpty(node.body)
    case 'repeat':
      return node.min === 0 || mayBeEmpty(node.body)
  }
}

/**
 * Whether what follows a place in the pattern depends on more than that place and the position in the text: on what a
 * group took, or on whether a round has taken anything yet. Then a failure may not be remembered.
 */
export function dependsOnPath(node: PatternNode): boolean {
  switch (node.type) {
    case 'empty':
    case 'set':
    case 'assertion':
      return false
    case 'reference':
      return true
    case 'sequence':
    case 'choice':
      return node.items.some(dependsOnPath)
    case 'group':
    case 'look':
    case 'atomic':
      return dependsOnPath(node.body)
    case 'repeat':
      return dependsOnPath(node.body) || (node.max > 1 && mayBeEmpty(node.body))
  }
}

interface First {
  readonly set: CharacterSet
  readonly mayBeEmpty: boolean
}

/** With which characters a match can begin. Looks and assertions take nothing and so say nothing. */
export function firstOf(node: PatternNode): First {
  switch (node.type) {
    case 'set':
      return { set: node.set, mayBeEmpty: false }
    case 'empty':
    case 'assertion':
    case 'look':
      return { set: nothing, mayBeEmpty: true }
    case 'reference':
      return { set: everything, mayBeEmpty: true }
    case 'sequence':
      return firstOfSequence(node.items)
    case 'choice': {
      const firsts = node.items.map(firstOf)
      return { set: union(...firsts.map(({ set }) => set)), mayBeEmpty: firsts.some((first) => first.mayBeEmpty) }
    }
    case 'group':
    case 'atomic':
      return firstOf(node.body)
    case 'repeat': {
      const first = firstOf(node.body)
      return node.max === 0
        ? { set: nothing, mayBeEmpty: true }
        : { set: first.set, mayBeEmpty: first.mayBeEmpty || node.min === 0 }
    }
  }
}

function firstOfSequence(items: readonly PatternNode[]): First {
  const sets: CharacterSet[] = []
  for (const item of items) {
    const first = firstOf(item)
    sets.push(first.set)
    if (!first.mayBeEmpty) return { set: union(...sets), mayBeEmpty: false }
  }
  return { set: union(...sets), mayBeEmpty: true }
}

/** Whether a match can begin only at the start of the text. */
export function beginsAtTextStart(node: PatternNode): boolean {
  switch (node.type) {
    case 'assertion':
      return node.kind === 'textStart'
    case 'sequence': {
      const [first] = node.items
      return first !== undefined && beginsAtTextStart(first)
    }
    case 'choice':
      return node.items.every(beginsAtTextStart)
    case 'group':
    case 'atomic':
      return beginsAtTextStart(node.body)
    case 'repeat':
      return node.min > 0 && beginsAtTextStart(node.body)
    case 'empty':
    case 'set':
    case 'reference':
    case 'look':
      return false
  }
}
