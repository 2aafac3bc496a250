/*
 * Turns the tree of a pattern into instructions for the matcher (match.ts), and finds out what may be taken for granted
 * about it: where a match can begin, and whether failed attempts may be remembered.
 */
import type { CharacterSet } from './character-set.ts'
import type { AssertionKind, Pattern, PatternNode } from './pattern.ts'
import { beginsAtTextStart, dependsOnPath, firstOf, mayBeEmpty } from './pattern-facts.ts'
import { PatternFailure } from './pattern.ts'

/** What an instruction does; `a` and `b` are its operands. */
export const op = {
  match: 0,
  /** Takes one character of set `a`, forward or backward. */
  set: 1,
  setBackward: 2,
  /** Goes on at `a`, and at `b` when that fails. */
  split: 3,
  jump: 4,
  /** Puts the position into slot `a`. */
  save: 5,
  /** Group `a` took part, from its saved position to here. */
  capture: 6,
  captureBackward: 7,
  assertion: 8,
  /** What group `a` took, here again; `b` is 1 when case does not count. */
  reference: 9,
  referenceBackward: 10,
  /** The instructions behind lead to a match or not, without moving; goes on at `a`. `b` is 1 for "or not". */
  look: 11,
  /** The first match of the instructions behind is the only one; goes on at `a`. */
  atomic: 12,
  /** Goes on at `b` when nothing was taken since slot `a` was saved. */
  leaveIfEmpty: 13,
  /** Sets the counter in slot `a` to zero. */
  zero: 14,
  /** Counted loop `a` goes on with its next round or at `b`, whichever it may and prefers. */
  count: 15,
  /** Counts a round of counted loop `a`. */
  increment: 16,
  /** Goes on at `b` when the round of counted loop `a` took nothing and was not a required one. */
  leaveCounted: 17,
} as const

export interface CountedLoop {
  /** Slot of the rounds counted; the next one holds where the round began. */
  readonly slot: number
  readonly min: number
  readonly max: number
  readonly isGreedy: boolean
}

/** A set made for quick asking: a table for the first 256 units, ranges for the rest. */
export interface SetTest {
  readonly low: Uint8Array
  readonly ranges: CharacterSet
}

export interface Program {
  readonly ops: Int32Array
  readonly a: Int32Array
  readonly b: Int32Array
  readonly sets: readonly SetTest[]
  readonly loops: readonly CountedLoop[]
  readonly assertions: readonly AssertionKind[]
  /** Per instruction: the split's number where a failure may be remembered, otherwise -1. */
  readonly memory: Int32Array
  readonly remembered: number
  /** Position of a group's start among the slots, by group number; its end is the next slot. */
  readonly slotsOfGroup: ReadonlyMap<number, number>
  readonly slotCount: number
  /** Every match begins with a character of this set; null when it may take none. */
  readonly first: SetTest | null
  /** A match can begin only at the start of the text. */
  readonly isAnchored: boolean
}

/** Repetitions are written out while the program stays below this many instructions, and counted beyond. */
const unrolledMax = 1_000
const programMax = 50_000

interface Assembly {
  readonly ops: number[]
  readonly a: number[]
  readonly b: number[]
  readonly sets: CharacterSet[]
  readonly loops: CountedLoop[]
  readonly assertions: AssertionKind[]
  readonly memory: number[]
  readonly slotsOfGroup: Map<number, number>
  slotCount: number
  remembered: number
  /** Inside a look-around or an atomic group a failure is not the whole story, so it is not remembered. */
  depth: number
}

export function assemble({ root, groups }: Pattern): Program {
  const assembly: Assembly = {
    ops: [],
    a: [],
    b: [],
    sets: [],
    loops: [],
    assertions: [],
    memory: [],
    slotsOfGroup: new Map(),
    slotCount: 0,
    remembered: 0,
    depth: 0,
  }
  // Three slots a group: start, end, and where the open one began.
  for (const number of groups.numbers) {
    if (number > 0) assembly.slotsOfGroup.set(number, newSlot(assembly, 3))
  }
  emitNode(assembly, root, false)
  emit(assembly, op.match)
  const mayRemember = !dependsOnPath(root) && assembly.loops.length === 0
  const first = firstOf(root)
  return {
    ops: Int32Array.from(assembly.ops),
    a: Int32Array.from(assembly.a),
    b: Int32Array.from(assembly.b),
    sets: assembly.sets.map(setTest),
    loops: assembly.loops,
    assertions: assembly.assertions,
    memory: mayRemember ? Int32Array.from(assembly.memory) : new Int32Array(assembly.ops.length).fill(-1),
    remembered: mayRemember ? assembly.remembered : 0,
    slotsOfGroup: assembly.slotsOfGroup,
    slotCount: assembly.slotCount,
    first: first.mayBeEmpty || first.set.length === 0 ? null : setTest(first.set),
    isAnchored: beginsAtTextStart(root),
  }
}

function setTest(ranges: CharacterSet): SetTest {
  const low = new Uint8Array(256)
  for (let at = 0; at + 1 < ranges.length; at += 2) {
    for (let unit = ranges[at] ?? 0; unit <= (ranges[at + 1] ?? 0) && unit < 256; unit++) low[unit] = 1
  }
  return { low, ranges }
}

function newSlot(assembly: Assembly, count = 1): number {
  const slot = assembly.slotCount
  assembly.slotCount += count
  return slot
}

function emit(assembly: Assembly, operation: number, a = 0, b = 0): number {
  const at = assembly.ops.length
  if (at >= programMax) throw new PatternFailure(0, 'The pattern is too large once its repetitions are written out.')
  assembly.ops.push(operation)
  assembly.a.push(a)
  assembly.b.push(b)
  assembly.memory.push(operation === op.split && assembly.depth === 0 ? assembly.remembered++ : -1)
  return at
}

function here(assembly: Assembly): number {
  return assembly.ops.length
}

function emitNode(assembly: Assembly, node: PatternNode, backward: boolean): void {
  switch (node.type) {
    case 'empty':
      return
    case 'set':
      emit(assembly, backward ? op.setBackward : op.set, assembly.sets.push(node.set) - 1)
      return
    case 'sequence':
      for (const item of backward ? node.items.toReversed() : node.items) emitNode(assembly, item, backward)
      return
    case 'choice':
      emitChoice(assembly, node.items, backward)
      return
    case 'group':
      emitGroup(assembly, node.number, node.body, backward)
      return
    case 'repeat':
      emitRepeat(assembly, node, backward)
      return
    case 'reference':
      emit(
        assembly,
        backward ? op.referenceBackward : op.reference,
        assembly.slotsOfGroup.get(node.number) ?? 0,
        node.ignoresCase ? 1 : 0,
      )
      return
    case 'assertion':
      emit(assembly, op.assertion, assembly.assertions.push(node.kind) - 1)
      return
    case 'look':
      emitInner(assembly, emit(assembly, op.look, 0, node.isNegative ? 1 : 0), node.body, node.isBehind)
      return
    case 'atomic':
      emitInner(assembly, emit(assembly, op.atomic), node.body, backward)
  }
}

function emitInner(assembly: Assembly, at: number, body: PatternNode, backward: boolean): void {
  assembly.depth++
  emitNode(assembly, body, backward)
  emit(assembly, op.match)
  assembly.depth--
  assembly.a[at] = here(assembly)
}

function emitChoice(assembly: Assembly, items: readonly PatternNode[], backward: boolean): void {
  const jumps: number[] = []
  for (const [index, item] of items.entries()) {
    if (index === items.length - 1) {
      emitNode(assembly, item, backward)
      break
    }
    const split = emit(assembly, op.split)
    assembly.a[split] = here(assembly)
    emitNode(assembly, item, backward)
    jumps.push(emit(assembly, op.jump))
    assembly.b[split] = here(assembly)
  }
  for (const jump of jumps) assembly.a[jump] = here(assembly)
}

function emitGroup(assembly: Assembly, number: number, body: PatternNode, backward: boolean): void {
  const slot = assembly.slotsOfGroup.get(number)
  if (slot === undefined) throw new Error(`Group ${number} has no slot.`)
  emit(assembly, op.save, slot + 2)
  emitNode(assembly, body, backward)
  emit(assembly, backward ? op.captureBackward : op.capture, slot)
}

type Repeat = Extract<PatternNode, { type: 'repeat' }>

function emitRepeat(assembly: Assembly, node: Repeat, backward: boolean): void {
  const { body, min, max } = node
  if (max === 0) return
  const copies = max === Infinity ? min + 1 : max
  if (copies > 1 && copies * sizeOf(body) > unrolledMax) {
    emitCounted(assembly, node, backward)
    return
  }
  for (let copy = 0; copy < min; copy++) emitNode(assembly, body, backward)
  if (max === Infinity) emitLoop(assembly, node, backward)
  else emitOptional(assembly, node, max - min, backward)
}

/** A round that takes nothing is the last one, as in .NET. */
function emitRound(assembly: Assembly, { body }: Repeat, backward: boolean): number | null {
  if (!mayBeEmpty(body)) {
    emitNode(assembly, body, backward)
    return null
  }
  const slot = newSlot(assembly)
  emit(assembly, op.save, slot)
  emitNode(assembly, body, backward)
  return emit(assembly, op.leaveIfEmpty, slot)
}

function emitLoop(assembly: Assembly, node: Repeat, backward: boolean): void {
  const split = emit(assembly, op.split)
  const leave = emitRound(assembly, node, backward)
  emit(assembly, op.jump, split)
  joinSplit(assembly, split, node.isGreedy)
  if (leave !== null) assembly.b[leave] = here(assembly)
}

function emitOptional(assembly: Assembly, node: Repeat, count: number, backward: boolean): void {
  const splits: number[] = []
  const leaves: number[] = []
  for (let copy = 0; copy < count; copy++) {
    splits.push(emit(assembly, op.split))
    if (count === 1) {
      emitNode(assembly, node.body, backward)
      break
    }
    const leave = emitRound(assembly, node, backward)
    if (leave !== null) leaves.push(leave)
  }
  for (const split of splits) joinSplit(assembly, split, node.isGreedy)
  for (const leave of leaves) assembly.b[leave] = here(assembly)
}

/** The split's one way is into the round behind it, the other one out of the loop, which ends here. */
function joinSplit(assembly: Assembly, split: number, isGreedy: boolean): void {
  assembly.a[split] = isGreedy ? split + 1 : here(assembly)
  assembly.b[split] = isGreedy ? here(assembly) : split + 1
}

function emitCounted(assembly: Assembly, node: Repeat, backward: boolean): void {
  const { min, max, isGreedy, body } = node
  const slot = newSlot(assembly, 2)
  const index = assembly.loops.push({ slot, min, max, isGreedy }) - 1
  emit(assembly, op.zero, slot)
  const loop = emit(assembly, op.count, index)
  emit(assembly, op.increment, index)
  emit(assembly, op.save, slot + 1)
  emitNode(assembly, body, backward)
  const leave = emit(assembly, op.leaveCounted, index)
  emit(assembly, op.jump, loop)
  assembly.b[loop] = here(assembly)
  assembly.b[leave] = here(assembly)
}

function sizeOf(node: PatternNode): number {
  switch (node.type) {
    case 'empty':
      return 0
    case 'set':
    case 'reference':
    case 'assertion':
      return 1
    case 'sequence':
    case 'choice':
      return node.items.reduce((size, item) => size + sizeOf(item) + 2, 0)
    case 'group':
    case 'look':
    case 'atomic':
      return sizeOf(node.body) + 2
    case 'repeat': {
      const copies = node.max === Infinity ? node.min + 1 : node.max
      return Math.min(copies * (sizeOf(node.body) + 3), unrolledMax)
    }
  }
}
