/*
 * Texts that a pattern may be found in, short and plain ones first, for whoever wants to see an example. Whether it really is
 * found there is asked of the matcher: what looks around, or at word boundaries, is not followed.
 */
import type { CharacterSet } from './character-set.ts'
import { contains } from './character-set.ts'
import type { PatternNode } from './pattern.ts'

/** More would only be slower: an example is one. */
const textsMax = 12
/** A pattern that wants longer ones has no example that anybody would read. */
const lengthMax = 200

const plainUnits = [...'aA0xX1bB9 -_.@'].map((character) => character.charCodeAt(0))

function unitOf(set: CharacterSet): string | null {
  const plain = plainUnits.find((unit) => contains(set, unit))
  if (plain !== undefined) return String.fromCharCode(plain)
  for (let at = 0; at + 1 < set.length; at += 2) {
    const [from = 0, to = 0] = [set[at], set[at + 1]]
    // Neither control characters nor halves of pairs.
    const printable = Math.max(from, 0x21)
    if (printable <= to && (printable < 0xd800 || printable > 0xdfff)) return String.fromCharCode(printable)
  }
  return null
}

function joined(heads: readonly string[], tails: readonly string[]): readonly string[] {
  const texts: string[] = []
  // The first with the first, then in turn, so that each is met before there are too many.
  for (let at = 0; at < Math.max(heads.length, tails.length) && texts.length < textsMax; at += 1) {
    const head = heads[at % heads.length]
    const tail = tails[at % tails.length]
    if (head !== undefined && tail !== undefined && head.length + tail.length <= lengthMax) texts.push(head + tail)
  }
  return texts
}

const repeated = (text: string, times: number): readonly string[] =>
  text.length * times <= lengthMax ? [text.repeat(times)] : []

export function exampleTexts(root: PatternNode): readonly string[] {
  const groups = new Map<number, string>()
  function of(node: PatternNode): readonly string[] {
    switch (node.type) {
      case 'empty':
      case 'assertion':
      case 'look':
        return ['']
      case 'set': {
        const unit = unitOf(node.set)
        return unit === null ? [] : [unit]
      }
      case 'sequence':
        return node.items.reduce<readonly string[]>((heads, item) => joined(heads, of(item)), [''])
      case 'choice': {
        const texts = node.items.map(of)
        return [...texts.flatMap((each) => each.slice(0, 1)), ...texts.flatMap((each) => each.slice(1))].slice(
          0,
          textsMax,
        )
      }
      case 'group': {
        const texts = of(node.body)
        const [first] = texts
        if (first !== undefined) groups.set(node.number, first)
        return texts
      }
      case 'reference':
        return [groups.get(node.number) ?? '']
      case 'atomic':
        return of(node.body)
      case 'repeat': {
        const texts = of(node.body)
        const once = Math.min(Math.max(node.min, 1), node.max)
        return [
          ...texts.flatMap((text) => repeated(text, once)),
          ...(once === node.min ? [] : texts.slice(0, 1).flatMap((text) => repeated(text, node.min))),
        ].slice(0, textsMax)
      }
    }
  }
  return of(root)
}
